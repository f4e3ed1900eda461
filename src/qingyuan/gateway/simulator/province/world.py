"""The whole province of a seed and a period: what really happens, then what each monitor makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province import boxes, incidents, layout, outfalls, rivers, stacks, stations, weather
from qingyuan.gateway.simulator.province.incidents import Incident, Mishap
from qingyuan.gateway.simulator.province.layout import Layout, Place
from qingyuan.gateway.simulator.province.outfalls import Outfalls
from qingyuan.gateway.simulator.province.period import WARM, Floats, Period
from qingyuan.gateway.simulator.province.rivers import Reach
from qingyuan.gateway.simulator.province.stacks import Stacks
from qingyuan.gateway.simulator.province.weather import Weather

REAL = (Mishap.EXCEEDANCE, Mishap.SUBSTITUTED, Mishap.OVER_RANGE)
OVER = 10.0                      # what an analyser at the end of its range really sees, in usual values


@dataclass(frozen=True)
class World:
    """Arrays have WARM hours before the period."""

    seed: int
    period: Period
    layout: Layout
    incidents: tuple[Incident, ...]
    places: dict[str, int]               # site id -> weather column
    weather: Weather
    stacks: Stacks
    outfalls: Outfalls
    rivers: list[Reach]
    air: dict[str, Floats]               # city boxes, µg/m³
    fugitive: list[dict[str, Floats]]    # by park: factor -> g/s
    boundary: list[dict[str, Floats]]    # by park: share of its own sources, µg/m³


def make(seed: int, period: Period) -> World:
    """Everything, in the order of causes."""
    land = layout.build(seed)
    points = [*land.air, *(place for park in land.parks for place in (park.place, *park.boundary)),
              *(stack.place for stack in land.stacks), *(place for river in land.rivers for place in river.sections)]
    places = {place.id: column for column, place in enumerate(points)}
    sky = weather.make(seed, period, np.array([place.lat for place in points]))
    plan = incidents.plan(seed, period.hours, land)
    gas, waste = stacks.make(seed, period, land), outfalls.make(seed, period, land)
    _happen(plan, land, gas, waste)
    reaches = rivers.make(seed, period, land, waste, sky, places)
    cities = city_columns(land)
    where = np.array([(land.air[first].lon, land.air[first].lat) for first in cities.values()])
    air = boxes.make(seed, period, sky, list(cities.values()), where)
    areas = [stations.fugitive(seed, period, park, sky, places[park.place.id]) for park in land.parks]
    own = [stations.boundary(land, park, gas, area, sky, places[park.place.id])
           for park, area in zip(land.parks, areas, strict=True)]
    return World(seed, period, land, tuple(plan), places, sky, gas, waste, reaches, air, areas, own)


def city_columns(land: Layout) -> dict[str, int]:
    """City -> weather column of its first air station, in the order of the boxes."""
    out: dict[str, int] = {}
    for column, place in enumerate(land.air):
        out.setdefault(place.city, column)
    return out


def _happen(plan: list[Incident], land: Layout, gas: Stacks, waste: Outfalls) -> None:
    """What incidents change in the world itself."""
    for incident in plan:
        when = slice(WARM + incident.first, WARM + incident.end)
        for values, places in ((gas.values, [s.place for s in land.stacks]),
                               (waste.values, [o.place for o in land.outfalls])):
            column = _index(places, incident.site)
            if column is not None and incident.what in REAL:
                for factor in filter(incident.concerns, values):
                    values[factor][when, column] *= OVER if incident.what is Mishap.OVER_RANGE else incident.size
        column = _index([s.place for s in land.stacks], incident.site)
        if column is not None and incident.what is Mishap.STOPPED:
            _stop(gas, when, column)


def _stop(gas: Stacks, when: slice, column: int) -> None:
    gas.running[when, column] = False
    gas.oxygen[when, column] = stacks.AMBIENT_O2
    gas.humidity[when, column] = 2.0
    gas.degrees[when, column] = 30.0
    for series in (gas.load, gas.flow, gas.pressure, *gas.values.values()):
        series[when, column] = 0.0


def _index(places: list[Place], site: str) -> int | None:
    return next((n for n, place in enumerate(places) if place.id == site), None)
