"""Boundaries of prefectures read from the package file, held against areas and places that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qingyuan.gateway.simulator.synthetic import CITIES
from qingyuan.vocabulary import regions
from qingyuan.vocabulary.boundaries import Area, cities, counties, inside, prefectures

KM_A_DEGREE = 111.195


def area_km2(polygons: list) -> float:
    total = 0.0
    for rings in polygons:
        for n, ring in enumerate(rings):
            x = ring[:, 0] * KM_A_DEGREE * np.cos(np.radians(ring[:, 1].mean()))
            y = ring[:, 1] * KM_A_DEGREE
            size = abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2
            total += -size if n else size
    return total


# official areas in km²; coast and lakes are drawn with some freedom
@pytest.mark.parametrize(("code", "official"), [("320100", 6587), ("320200", 4627), ("320300", 11765),
                                                ("320800", 10030), ("321100", 3840), ("321300", 8524)])
def test_areas_are_those_of_the_year_books(code: str, official: float) -> None:
    assert math.isclose(area_km2(prefectures("320000")[code]), official, rel_tol=0.05)


def test_thirteen_closed_prefectures_hold_their_own_centre_and_no_other() -> None:
    shapes = prefectures("320000")
    assert len(shapes) == 13
    assert all((ring[0] == ring[-1]).all() for polygons in shapes.values() for rings in polygons for ring in rings)
    for city, lon, lat in CITIES:
        found = regions.region(city)
        assert found is not None
        assert [code for code, polygons in shapes.items() if inside(polygons, lon, lat)] == [found.code]


def test_every_shape_of_the_file_is_read_to_its_end_and_differences_too() -> None:
    every = {code: shape for first in range(11, 66) for code, shape in prefectures(f"{first}0000").items()}
    assert len(every) > 350
    points = np.vstack([ring for polygons in every.values() for rings in polygons for ring in rings])
    assert points.min(axis=0)[0] > 73
    assert points.max(axis=0)[0] < 136
    assert math.isclose(area_km2(every["110000"]), 16410, rel_tol=0.05)


def test_a_hole_is_outside() -> None:
    def square(size: float) -> np.ndarray:
        return size * np.array([(-1.0, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])

    rings = [square(2), square(1)]
    assert inside([rings], 1.5, 0.3)
    assert not inside([rings], 0.5, 0.3)
    assert not inside([rings], 2.5, 0.3)


def test_distance_to_an_outline_is_that_to_its_nearest_edge() -> None:
    square = np.array([(-1.0, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)])
    area = Area("000000", "square", "nowhere", [[square]])
    assert math.isclose(area.distance_km(0.3, 3), 2 * KM_A_DEGREE, rel_tol=1e-9)
    assert math.isclose(area.distance_km(0.2, 0), 0.8 * KM_A_DEGREE, rel_tol=1e-9)
    assert area.holds(0.2, 0)
    assert not area.holds(0.3, 3)


def test_a_county_lies_in_its_prefecture() -> None:
    kunshan = next(area for area in counties() if area.name == "昆山市")
    assert [area.name for area in cities() if area.holds(120.953, 31.388)] == ["苏州市"]
    assert kunshan.holds(120.953, 31.388)
    assert (kunshan.code, kunshan.province) == ("320583", "江苏省")
