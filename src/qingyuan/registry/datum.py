"""From the coordinate systems in use to the one of the map.

GCJ-02 and BD-09 are shifted by hundreds of metres against WGS84; their formulas are known from many independent
programs and were never published. CGCS2000 and WGS84 differ by centimetres and are taken as one.
"""

from __future__ import annotations

from math import atan2, cos, hypot, pi, radians, sin, sqrt

from qingyuan.registry.kinds import CoordinateSystem

AXIS_M, ECCENTRICITY = 6_378_245.0, 0.00669342162296594323       # Krasovsky 1940, which GCJ-02 uses
BD_STEP = pi * 3000 / 180
ROUNDS = 6                                                       # of the inversion; the rest is below 1 mm


def to_wgs84(lon: float, lat: float, system: CoordinateSystem) -> tuple[float, float]:
    """Longitude and latitude on WGS84 in degrees; what is not known to be shifted stays as it is."""
    if system is CoordinateSystem.BD09:
        lon, lat = _bd09_to_gcj02(lon, lat)
    if system in (CoordinateSystem.BD09, CoordinateSystem.GCJ02):
        return _gcj02_to_wgs84(lon, lat)
    return lon, lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The shifted place of a point."""
    east, north = _waves(lon - 105, lat - 35)
    slope = radians(lat)
    flat = 1 - ECCENTRICITY * sin(slope) ** 2
    north = north * 180 / (AXIS_M * (1 - ECCENTRICITY) / (flat * sqrt(flat)) * pi)
    east = east * 180 / (AXIS_M / sqrt(flat) * cos(slope) * pi)
    return lon + east, lat + north


def _gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon, lat
    for _ in range(ROUNDS):
        there = wgs84_to_gcj02(x, y)
        x, y = x + lon - there[0], y + lat - there[1]
    return x, y


def _bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    far, angle = hypot(x, y) - 0.00002 * sin(y * BD_STEP), atan2(y, x) - 0.000003 * cos(x * BD_STEP)
    return far * cos(angle), far * sin(angle)


def _waves(x: float, y: float) -> tuple[float, float]:
    """Shift in metres to the east and to the north at x, y degrees from 105° E, 35° N."""
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
             + (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
             + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3)
    east = (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
            + (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
            + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3)
    return east, north
