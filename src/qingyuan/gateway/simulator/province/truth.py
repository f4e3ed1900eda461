"""What was put in: emission of every source by hour, weather, flow of rivers, and every mishap with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from qingyuan.gateway.simulator.province import outfalls, stacks
from qingyuan.gateway.simulator.province.incidents import Incident
from qingyuan.gateway.simulator.province.period import WARM, Floats
from qingyuan.gateway.simulator.province.world import World
from qingyuan.numerics.time import HOUR_US, iso_utc

FORM = "qingyuan simulated province, truth 1"
KG_H = 3.6                       # g/s to kg/h


def truth(world: World) -> dict[str, Any]:
    """Plain JSON values; times are UTC, emissions kg in the hour, as they really were."""
    period = world.period
    return {
        "form": FORM, "seed": world.seed, "start": iso_utc(period.start_us), "hours": period.hours,
        "sources": [*_stacks(world), *_outfalls(world), *_areas(world)],
        "incidents": [_incident(incident, period.start_us) for incident in world.incidents],
        "weather": [_weather(world, park.place.id) for park in world.layout.parks],
        "rivers": [{"river": river.row.key, "section": place.id, "km": km,
                    "discharge_m3s": _plain(reach.discharge[:, number])}
                   for river, reach in zip(world.layout.rivers, world.rivers, strict=True)
                   for number, (place, km) in enumerate(zip(river.sections, river.row.sections_km, strict=True))],
        "parks": [{"id": park.place.id, "name_zh": park.place.name_zh, "name_en": park.place.name_en,
                   "city": park.place.city, "coordinate_system": "CGCS2000", "outline": [list(p) for p in park.outline],
                   "boundary": [place.id for place in park.boundary]} for park in world.layout.parks],
    }


def _plain(series: Floats) -> list[float]:
    return [float(f"{value:.7g}") for value in series[WARM:]]


def _stacks(world: World) -> list[dict[str, Any]]:
    return [{"site": stack.place.id, "kind": "stack", "industry": stack.industry, "belongs": list(stack.place.belongs),
             "lon": stack.place.lon, "lat": stack.place.lat, "height_m": stack.type.height,
             "limit_mg_m3": dict(stack.type.limit), "reference_o2": stack.type.reference_o2,
             "running": [bool(on) for on in world.stacks.running[WARM:, n]],
             "kg": {f: _plain(world.stacks.grams_s(f)[:, n] * KG_H) for f in stacks.POLLUTANTS}}
            for n, stack in enumerate(world.layout.stacks)]


def _outfalls(world: World) -> list[dict[str, Any]]:
    return [{"site": outfall.place.id, "kind": "outfall", "belongs": list(outfall.place.belongs),
             "lon": outfall.place.lon, "lat": outfall.place.lat, "river": outfall.river, "km": outfall.km,
             "limit_mg_l": dict(outfall.type.limit), "flow_l_s": _plain(world.outfalls.flow[:, n]),
             "kg": {f: _plain(world.outfalls.grams_s(f)[:, n] * KG_H) for f in outfalls.POLLUTANTS}}
            for n, outfall in enumerate(world.layout.outfalls)]


def _areas(world: World) -> list[dict[str, Any]]:
    return [{"site": None, "kind": "area", "belongs": [park.place.id], "lon": park.place.lon, "lat": park.place.lat,
             "kg": {factor: _plain(grams * KG_H) for factor, grams in area.items()}}
            for park, area in zip(world.layout.parks, world.fugitive, strict=True)]


def _weather(world: World, place: str) -> dict[str, Any]:
    sky, column = world.weather, world.places[place]
    series = {"u_ms": sky.u, "v_ms": sky.v, "degrees_c": sky.degrees, "humidity_percent": sky.humidity,
              "pressure_kpa": sky.pressure, "mixing_m": sky.mixing}
    return {"place": place, **{name: _plain(np.asarray(one[:, column])) for name, one in series.items()}}


def _incident(incident: Incident, start_us: int) -> dict[str, Any]:
    begin, end = (iso_utc(start_us + hour * HOUR_US) for hour in (incident.first, incident.end))
    return {"what": str(incident.what), "site": incident.site, "factors": list(incident.factors), "begin": begin,
            "end": end, "size": incident.size}
