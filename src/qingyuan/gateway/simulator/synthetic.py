"""A made-up but plausible fleet: hourly six-pollutant series of N stations in Jiangsu's 13 cities, from a seed.

Everything is invented: a regional weather episode, a share of it a city has for itself, a daily course (traffic
peaks, ozone at noon), station factors, noise, and some faults. Marked as simulated wherever the numbers go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qingyuan.gateway.simulator.source import Reading, Source, Station, plain
from qingyuan.numerics.time import HOUR_US, parse_cst
from qingyuan.registry import CoordinateSystem, Origin
from qingyuan.vocabulary.factors import AIR_SIX

FIRST = parse_cst("20250115000000") or 0

# city, approximate longitude and latitude of its centre in degrees
CITIES = (("南京", 118.78, 32.05), ("无锡", 120.30, 31.57), ("徐州", 117.20, 34.26), ("常州", 119.97, 31.78),
          ("苏州", 120.62, 31.30), ("南通", 120.86, 32.01), ("连云港", 119.18, 34.60), ("淮安", 119.02, 33.60),
          ("盐城", 120.13, 33.38), ("扬州", 119.42, 32.39), ("镇江", 119.45, 32.20), ("泰州", 119.91, 32.49),
          ("宿迁", 118.30, 33.95))

EPISODE_HOURS, EPISODE_SPREAD = 30.0, 0.45     # how long the weather remembers itself, and how much it varies (log)
CITY_SHARE = 0.35                              # of the variance a city has for itself
MISSING, MARKED = 0.01, 0.004                  # share of values left out; of values that carry a mark
MARKS = ("D", "M", "C")


class Course(NamedTuple):
    """One pollutant: mean in its unit, decimals, how strongly episodes move it, and its course over the day."""

    mean: float
    digits: int
    episode: float
    day: tuple[tuple[float, float, float], ...]   # (height, hour of the peak, width in hours)


COURSES = {
    "SO2": Course(8, 0, 0.4, ((0.3, 10, 3),)),
    "NO2": Course(33, 0, 0.6, ((0.35, 8, 2.5), (0.45, 19, 3))),
    "CO": Course(0.7, 1, 0.6, ((0.2, 8, 3), (0.2, 20, 3))),
    "O3": Course(55, 0, -0.3, ((0.9, 15, 3.5), (-0.4, 7, 3))),
    "PM10": Course(72, 0, 0.9, ((0.15, 9, 3), (0.2, 20, 4))),
    "PM2.5": Course(43, 0, 1.0, ((0.1, 9, 3), (0.2, 22, 5))),
}


def load(*, stations: int, hours: int, seed: int, start_us: int | None = None, edition: str = "2017") -> Source:
    """A simulated fleet over a period (default: from 2025-01-15)."""
    start_us = FIRST if start_us is None else start_us
    draw = np.random.default_rng(seed)
    fleet = [_station(n, seed, draw) for n in range(stations)]
    values = _values(draw, [CITIES.index(_city(n)) for n in range(stations)], start_us, hours)
    readings = list(_readings(draw, fleet, values, start_us))
    return Source(f"simulated-{seed}", "Simulated fleet", Origin.SIMULATED, fleet, readings, start_us, hours, edition)


def _city(number: int) -> tuple[str, float, float]:
    return CITIES[number % len(CITIES)]


def _station(number: int, seed: int, draw: np.random.Generator) -> Station:
    name, lon, lat = _city(number)
    east, north = draw.normal(0, 0.08, 2)
    return Station(f"SIM{seed}-{number + 1:04}", f"{name}模拟{number // len(CITIES) + 1}号", name,
                   f"Simulated {number + 1}", "江苏省", round(lon + float(east), 4), round(lat + float(north), 4),
                   CoordinateSystem.WGS84)


def _memory(draw: np.random.Generator, shape: tuple[int, int], hours: float) -> NDArray[np.float64]:
    """Standard normal series along the first axis that forget themselves within `hours`."""
    keep = float(np.exp(-1 / hours))
    noise = draw.normal(0, 1, shape)
    out = np.empty(shape)
    out[0] = noise[0]
    for step in range(1, shape[0]):
        out[step] = keep * out[step - 1] + np.sqrt(1 - keep * keep) * noise[step]
    return out


def _values(draw: np.random.Generator, city: list[int], start_us: int, hours: int) -> NDArray[np.float64]:
    """Concentrations, shape (hours, stations, 6)."""
    region = _memory(draw, (hours, 1), EPISODE_HOURS)
    cities = _memory(draw, (hours, len(CITIES)), EPISODE_HOURS / 3)
    weather = np.sqrt(1 - CITY_SHARE) * region + np.sqrt(CITY_SHARE) * cities
    clock = (start_us // HOUR_US + 8 + np.arange(hours)) % 24
    out = np.empty((hours, len(city), len(COURSES)))
    for number, course in enumerate(COURSES.values()):
        level = np.exp(EPISODE_SPREAD * course.episode * weather[:, city])
        place = np.exp(draw.normal(0, 0.12, len(city)))
        noise = np.exp(0.12 * _memory(draw, (hours, len(city)), 3))
        out[:, :, number] = course.mean * _day(course, clock)[:, None] * level * place * noise
    fine, coarse = list(COURSES).index("PM2.5"), list(COURSES).index("PM10")
    out[:, :, coarse] = np.maximum(out[:, :, coarse], out[:, :, fine] * 1.15)
    _faults(draw, out)
    return out


def _day(course: Course, clock: NDArray[np.int64]) -> NDArray[np.float64]:
    shape = np.ones(len(clock))
    for height, peak, width in course.day:
        away = np.abs((clock - peak + 12) % 24 - 12)
        shape += height * np.exp(-0.5 * (away / width) ** 2)
    return np.maximum(shape, 0.1)


def _faults(draw: np.random.Generator, values: NDArray[np.float64]) -> None:
    """One stuck instrument, one spike and one negative reading in every 25 stations."""
    hours, stations, factors = values.shape
    for station in range(0, stations, 25):
        factor = int(draw.integers(factors))
        if hours > 12:
            begin = int(draw.integers(hours - 12))
            values[begin:begin + 8, station, factor] = values[begin, station, factor]
        values[int(draw.integers(hours)), station, int(draw.integers(factors))] *= 12
        values[int(draw.integers(hours)), station, 0] = -2.0


def _readings(draw: np.random.Generator, fleet: list[Station], values: NDArray[np.float64],
              start_us: int) -> Iterator[Reading]:
    digits = [course.digits for course in COURSES.values()]
    codes = [AIR_SIX[symbol] for symbol in COURSES]
    rounded = np.stack([np.round(values[:, :, n], d) for n, d in enumerate(digits)], axis=2)
    lots = draw.random(rounded.shape)
    for hour, station in np.ndindex(rounded.shape[:2]):
        found = []
        for n, code in enumerate(codes):
            lot = lots[hour, station, n]
            if lot >= MISSING:
                mark = MARKS[int(lot * 1e6) % len(MARKS)] if lot < MISSING + MARKED else "N"
                found.append((code, plain(float(rounded[hour, station, n]), digits[n]), mark))
        yield Reading(fleet[station].id, start_us + hour * HOUR_US, tuple(found))
