"""Air at stations: the city's box for its stations; background, stacks and fugitive sources at a park's boundary."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from qingyuan.gateway.simulator.province import plume
from qingyuan.gateway.simulator.province.layout import Layout, Park, offset_m
from qingyuan.gateway.simulator.province.period import Floats, Period, memory
from qingyuan.gateway.simulator.province.stacks import Stacks
from qingyuan.gateway.simulator.province.tables import H2S, NH3, NMHC, NOX, SMOKE, SO2
from qingyuan.gateway.simulator.province.weather import Weather
from qingyuan.vocabulary.factors import AIR_SIX

DIGITS = {"SO2": 0, "NO2": 0, "CO": 2, "O3": 0, "PM10": 0, "PM2.5": 0}
SCALE = {"CO": 0.001}                                       # sent in mg/m³
FLOOR = {"SO2": 1.0, "NO2": 2.0, "CO": 150.0, "O3": 1.0, "PM10": 4.0, "PM2.5": 2.0}
BACKGROUND = {NMHC: 380.0, H2S: 1.2, NH3: 13.0}             # µg/m³
NO2_OF_NOX, FINE_OF_SMOKE = 0.45, 0.6
AREA_HEIGHT, AREA_SPREAD = 6.0, 350.0                       # m: tanks and basins
SUBURB = 0.75                                               # of the city's own air at a park
Air = Mapping[str, Floats]


def city_station(draw: np.random.Generator, air: Air, city: int) -> dict[str, Floats]:
    """What a station in a city measures: the box, a factor of its place, and noise. By factor code, as sent."""
    out = {}
    for symbol, code in AIR_SIX.items():
        series = air[symbol][:, city]
        own = np.exp(0.09 * draw.normal() + 0.06 * memory(draw, len(series), 1, 3)[:, 0])
        out[code] = np.maximum(series * own, FLOOR[symbol]) * SCALE.get(symbol, 1.0)
    out[AIR_SIX["PM10"]] = np.maximum(out[AIR_SIX["PM10"]], out[AIR_SIX["PM2.5"]] * 1.1)
    return out


def fugitive(seed: int, period: Period, park: Park, weather: Weather, column: int) -> dict[str, Floats]:
    """Emission of a park's tank farm and sewage works in g/s: more when it is warm and the wind blows."""
    draw = np.random.default_rng([seed, 8, int(park.row.key[1:])])
    warm = np.exp(0.045 * (weather.degrees[:, column] - 20)) * (0.8 + 0.1 * weather.speed[:, column])
    return {factor: mean * warm * np.exp(0.25 * memory(draw, period.rows, 1, 6)[:, 0])
            for factor, mean in park.row.fugitive.items()}


def boundary(layout: Layout, park: Park, stacks: Stacks, area: Air, weather: Weather, column: int) -> dict[str, Floats]:
    """Share of the park's own sources at its boundary stations in µg/m³, shape (rows, stations), by factor."""
    origin = park.place.lon, park.place.lat
    receptors = np.array([offset_m(origin, b.lon, b.lat) for b in park.boundary])
    own = [n for n, stack in enumerate(layout.stacks) if park.place.id in stack.place.belongs]
    sources = np.array([offset_m(origin, layout.stacks[n].place.lon, layout.stacks[n].place.lat) for n in own])
    u, v = weather.u[:, column, None, None], weather.v[:, column, None, None]
    speed, mixing = np.hypot(u, v), weather.mixing[:, column, None, None]
    category = plume.stability(speed, weather.sun[:, None, None])
    heights = np.array([layout.stacks[n].type.height for n in own])[None, :, None]
    top = plume.at_height(speed, heights, category)
    gas = (stacks.flow * (273 + stacks.degrees) / 273)[:, own][:, :, None]
    air_degrees = weather.degrees[:, column, None, None]
    lifted = heights + plume.rise(top, stacks.degrees[:, own][:, :, None], air_degrees, gas)
    along, aside = _turned(receptors[None, None] - sources[None, :, None], u, v, speed)
    per_gram = plume.concentration(along, aside, np.zeros(1), lifted, speed=top, category=category, mixing=mixing)
    tank_along, tank_aside = _turned(receptors[None, None], u, v, speed)
    tanks = plume.concentration(tank_along, tank_aside, np.zeros(1), np.full(1, AREA_HEIGHT),
                                speed=plume.at_height(speed, np.full(1, AREA_HEIGHT), category), category=category,
                                mixing=mixing, initial=AREA_SPREAD)[:, 0]
    from_stacks = {factor: 1e6 * np.einsum("rs,rsb->rb", stacks.grams_s(factor)[:, own], per_gram)
                   for factor in (SO2, NOX, SMOKE)}
    return from_stacks | {factor: 1e6 * grams[:, None] * tanks for factor, grams in area.items()}


def _turned(way: Floats, u: Floats, v: Floats, speed: Floats) -> tuple[Floats, Floats]:
    """Metres along the wind and aside of it, of a way in metres east and north (last axis)."""
    return (way[..., 0] * u + way[..., 1] * v) / speed, (way[..., 1] * u - way[..., 0] * v) / speed


def boundary_station(draw: np.random.Generator, air: Air, city: int, own: Air, station: int) -> dict[str, Floats]:
    """What a boundary station measures, by factor code, as sent (CO and NMHC in mg/m³, the others in µg/m³)."""
    add = {"SO2": own[SO2], "NO2": NO2_OF_NOX * own[NOX], "PM10": own[SMOKE], "PM2.5": FINE_OF_SMOKE * own[SMOKE]}
    out = {}
    for symbol, code in AIR_SIX.items():
        series = SUBURB * air[symbol][:, city] + (add[symbol][:, station] if symbol in add else 0.0)
        noise = np.exp(0.05 * memory(draw, len(series), 1, 3)[:, 0])
        out[code] = np.maximum(series * noise, FLOOR[symbol]) * SCALE.get(symbol, 1.0)
    out[AIR_SIX["PM10"]] = np.maximum(out[AIR_SIX["PM10"]], out[AIR_SIX["PM2.5"]] * 1.1)
    for factor, level in BACKGROUND.items():
        series = level + own[factor][:, station]
        out[factor] = series * np.exp(0.07 * memory(draw, len(series), 1, 4)[:, 0])
    out[NMHC] = out[NMHC] / 1000
    return out
