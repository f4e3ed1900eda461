"""City air as one well-mixed box a city: own emission, dilution by the boundary layer, exchange with the wind.

dC/dt = E/h − (C − C_up)·u/L − k·C, solved exactly over each hour; C_up is a background with a part of what left the
cities upwind in the hour before.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from qingyuan.gateway.simulator.province.period import Floats, Period, bump, memory
from qingyuan.gateway.simulator.province.weather import Weather

LENGTH = 25_000.0                # m, across a city
REACH_KM = 90.0                  # over which a neighbour's air is felt
FELT = 0.5                       # share of it that arrives at most


class Species(NamedTuple):
    """Emission in µg/(m²·s) at midday, share from traffic, background µg/m³, how episodes move it, loss a day."""

    emission: float
    traffic: float
    background: float
    episode: float
    loss: float


SPECIES: Mapping[str, Species] = MappingProxyType({
    "SO2": Species(0.09, 0.1, 5.0, 0.25, 0.7), "NO2": Species(0.55, 0.75, 11.0, 0.30, 2.0),
    "CO": Species(6.5, 0.6, 430.0, 0.30, 0.05), "PM2.5": Species(0.30, 0.3, 24.0, 0.55, 0.2),
    "coarse": Species(0.36, 0.35, 20.0, 0.45, 1.2)})


def make(seed: int, period: Period, weather: Weather, columns: list[int], where: Floats) -> dict[str, Floats]:
    """Concentrations in µg/m³ of a city's air, shape (rows, cities), by pollutant; O3 follows NO2 and the sun.

    `columns` are the cities' weather columns, `where` their longitudes and latitudes in degrees, shape (cities, 2).
    """
    draw = np.random.default_rng([seed, 6])
    cities = len(columns)
    u, v = weather.u[:, columns], weather.v[:, columns]
    height = weather.mixing[:, columns]
    exchange = np.hypot(u, v) / LENGTH
    upwind = _upwind(where, u, v)
    episode = memory(draw, period.rows, 1, 30)
    size = np.exp(0.2 * draw.normal(0, 1, cities))
    clock = period.clock[:, None]
    traffic = 0.35 + 0.9 * bump(clock, 8, 1.8) + 0.9 * bump(clock, 18.5, 2.2)
    industry = 0.8 + 0.3 * bump(clock, 13, 5)
    air = {}
    for name, species in SPECIES.items():
        source = species.emission * size * (species.traffic * traffic + (1 - species.traffic) * industry) / height
        background = species.background * np.exp(species.episode * episode) + 0 * source
        air[name] = _box(source, background, exchange, species.loss / 86400, upwind)
    sunny = np.maximum(weather.sun, 0)[:, None]
    warm = np.clip((weather.degrees[:, columns] - 5) / 20, 0.2, 1.6)
    afternoon = _smooth(np.broadcast_to(sunny, warm.shape) * warm)
    air["O3"] = np.maximum(3, 62 + 150 * afternoon - 0.85 * air["NO2"])
    air["PM10"] = air["PM2.5"] + air.pop("coarse")
    return air


def _smooth(series: Floats) -> Floats:
    """What the last hours leave over: half of it is gone after two hours."""
    out = np.array(series)
    for row in range(1, len(out)):
        out[row] = 0.7 * out[row - 1] + 0.3 * series[row]
    return out


def _upwind(where: Floats, u: Floats, v: Floats) -> Floats:
    """Weight with which each city (last axis) gives air to each (middle axis), shape (rows, cities, cities)."""
    scale = np.array([111.2 * np.cos(np.radians(MIDDLE)), 111.2])
    towards = (where[:, None, :] - where[None, :, :]) * scale          # from giver to taker, km
    distance = np.hypot(towards[..., 0], towards[..., 1])
    unit = towards / np.maximum(distance, 1.0)[..., None]
    speed = np.hypot(u, v)[:, :, None]
    along = (u[:, :, None] * unit[..., 0] + v[:, :, None] * unit[..., 1]) / speed
    weight = np.maximum(along - 0.6, 0) / 0.4 * np.exp(-distance / REACH_KM) * (distance > 0)
    return FELT * weight / np.maximum(weight.sum(axis=2, keepdims=True), 1.0)


MIDDLE = 32.5                    # degrees north; enough for distances between cities


def _box(source: Floats, background: Floats, exchange: Floats, loss: float, upwind: Floats) -> Floats:
    out = np.empty_like(background)
    now = background[0]
    for row in range(len(out)):
        arriving = upwind[row]
        coming = background[row] * (1 - arriving.sum(axis=1)) + arriving @ now
        rate = exchange[row] + loss
        steady = (source[row] + exchange[row] * coming) / rate
        out[row] = now = steady + (now - steady) * np.exp(-rate * 3600)
    return out
