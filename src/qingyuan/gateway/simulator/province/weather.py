"""Weather of every hour: one wind field for the province with a share of its own for each place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province.period import Floats, Period, bump, memory

CALMEST = 0.4                    # m/s
MIDDLE = 32.5                    # degrees north


@dataclass(frozen=True)
class Weather:
    """Columns are places. Wind is what blows at 10 m, towards the east (u) and the north (v), in m/s."""

    u: Floats
    v: Floats
    degrees: Floats              # air temperature, °C
    humidity: Floats             # relative, %
    pressure: Floats             # kPa
    mixing: Floats               # height of the boundary layer, m
    sun: Floats                  # share of the clearest noon, 0 to 1, shape (rows,)

    @property
    def speed(self) -> Floats:
        """Wind speed, m/s."""
        return np.hypot(self.u, self.v)

    @property
    def coming_from(self) -> Floats:
        """Direction the wind comes from, degrees clockwise from north, 0 to 360."""
        return np.degrees(np.arctan2(-self.u, -self.v)) % 360


def make(seed: int, period: Period, latitudes: Floats) -> Weather:
    """Weather at places of given latitudes (degrees)."""
    draw = np.random.default_rng([seed, 2])
    rows, places = period.rows, len(latitudes)
    clock = period.clock
    cloud = 1 / (1 + np.exp(-1.2 * memory(draw, rows, 1, 14)))
    sun = (1 - 0.75 * cloud[:, 0]) * np.maximum(0, np.sin(np.pi * (clock - 6) / 12))
    u, v = _wind(draw, rows, places, sun[:, None])
    season = 15.5 - 12.5 * np.cos(2 * np.pi * (period.day_of_year - 20) / 365)
    spell = memory(draw, rows, 1, 40)
    degrees = (season + 3 * spell + (2.5 + 4.5 * (1 - cloud)) * (bump(clock, 14.5, 4.5) - 0.45)[:, None]
               - 0.7 * (latitudes - MIDDLE) + 0.2 * memory(draw, rows, places, 4))
    humidity = np.clip(72 + 18 * (cloud - 0.5) - 2.6 * (degrees - season - 3 * spell)
                       + 2 * memory(draw, rows, places, 6), 18, 99)
    pressure = 101.6 - 0.012 * (degrees - season) - 0.35 * spell + 0.02 * memory(draw, rows, places, 8)
    mixing = np.clip(180 + 55 * np.hypot(u, v) + 1050 * sun[:, None], 120, 2000)
    return Weather(u, v, degrees, humidity, pressure, mixing, sun)


def _wind(draw: np.random.Generator, rows: int, places: int, sun: Floats) -> tuple[Floats, Floats]:
    """A wandering flow from the south-east, stronger by day, with a small part of its own at each place."""
    flow = [mean + 2.0 * memory(draw, rows, 1, 18) + 0.45 * memory(draw, rows, places, 5) for mean in (-0.9, 1.1)]
    u, v = (0.8 + 0.5 * sun) * flow[0], (0.8 + 0.5 * sun) * flow[1]
    lift = np.maximum(1, CALMEST / np.maximum(np.hypot(u, v), 1e-6))
    return u * lift, v * lift
