"""The outline of a park: a simple closed polygon on the earth, or a sentence that says what is wrong with it."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from qingyuan.registry import CoordinateSystem, EntryError, EntryKind, Scene, fold, parse, payload
from qingyuan.registry.files import FileError, read_entries
from qingyuan.registry.outline import MOST, geometry

RING = [[118.8, 32.2], [118.83, 32.2], [118.84, 32.23], [118.8, 32.24], [118.8, 32.2]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def park(outline: Any, **more: Any) -> dict[str, Any]:
    return payload(EntryKind.PARK, "k", {"name": "园", "outline": outline, **more})


def circle(corners: int) -> list[list[float]]:
    points = [[118 + math.cos(math.tau * n / corners), 32 + math.sin(math.tau * n / corners)] for n in range(corners)]
    return [*points, points[0]]


def test_an_outline_is_kept_with_its_coordinate_system() -> None:
    found = parse(park(polygon(RING), coordinate_system="CGCS2000")).record
    assert found.outline == tuple(tuple(place) for place in RING)
    assert found.coordinate_system is CoordinateSystem.CGCS2000
    assert geometry(found.outline) == polygon(RING)
    assert parse(park(None)).record.outline == ()
    assert len(parse(park(polygon(circle(MOST - 1)))).record.outline) == MOST


@pytest.mark.parametrize(("outline", "words"), [
    ("POLYGON ((0 0))", "is no polygon in GeoJSON; give a type Polygon"),
    ({"type": "MultiPolygon", "coordinates": [[RING]]}, "is no polygon in GeoJSON"),
    ({"type": "Polygon"}, "is no polygon in GeoJSON"),
    (polygon(), "is no polygon in GeoJSON"), (polygon("ring"), "is no polygon in GeoJSON"),
    (polygon(RING, RING), "has a hole or more than one part; give the outer ring only"),
    (polygon(RING[:2] + RING[:1]), "has fewer than three corners"),
    (polygon(RING[:-1]), "is not closed; name the first corner again at the end"),
    (polygon(circle(MOST)), f"has more than {MOST} corners"),
    (polygon([RING[0], RING[2], RING[1], RING[3], RING[0]]), "crosses itself"),
    (polygon([[118, 32], [119, 32], [120, 32], [118, 32]]), "crosses itself"),
    (polygon([[118, 32]] * 4), "crosses itself"),
    (polygon([*RING[:2], RING[1], *RING[1:]]), None),
    (polygon([RING[0], [32.2, 118.83], *RING[2:]]), "corner 2: 118.83 is outside ±90 degrees; check whether longitude"),
    (polygon([RING[0], [181, 32], *RING[2:]]), "corner 2: 181 is outside ±180 degrees"),
    (polygon([RING[0], [118, 32, 4], *RING[2:]]), "corner 2 is not a longitude and a latitude"),
    (polygon([RING[0], [118, "32"], *RING[2:]]), "corner 2 is not a longitude and a latitude"),
    (polygon([RING[0], [118, True], *RING[2:]]), "corner 2 is not a longitude and a latitude"),
    (polygon([RING[0], [118, math.nan], *RING[2:]]), "corner 2 is not a longitude and a latitude"),
    (polygon([RING[0], [118, math.inf], *RING[2:]]), "corner 2: inf is outside"),
    (polygon([RING[0], [10**400, 32], *RING[2:]]), "is outside ±180 degrees"),
])
def test_what_is_no_outline_is_told(outline: Any, words: str | None) -> None:
    if words is None:                                   # a corner named twice in a row is the same place
        assert parse(park(outline)).record.outline
        return
    with pytest.raises(EntryError, match=re.escape(words)) as caught:
        park(outline)
    assert (caught.value.entry, caught.value.field) == ("park k", "outline")


def test_a_table_holds_an_outline_in_one_cell() -> None:
    cell = '"{""type"": ""Polygon"", ""coordinates"": [[[1,1],[2,1],[2,2],[1,1]]]}"'
    text = f"entry,id,name,outline\npark,k,园,{cell}\n"
    entry = read_entries("k.csv", text.encode(), lambda _mn, _password: "")[0]
    assert parse(entry.payload).record.outline == ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0))
    with pytest.raises(FileError, match="field outline"):
        read_entries("k.csv", b"entry,id,name,outline\npark,k,x,POLYGON\n", lambda _mn, _password: "")


@pytest.mark.parametrize("scene", list(Scene))
def test_cameras_of_a_place_are_found_by_its_id(scene: Scene) -> None:
    registry = fold([(n, payload(EntryKind.CAMERA, name, {"place": place, "sees": scene.value, "origin": "simulated"}))
                     for n, (name, place) in enumerate([("c2", "s1"), ("c1", "s1"), ("c3", "k1")])])
    assert [(camera.id, camera.sees) for camera in registry.cameras_at("s1")] == [("c1", scene), ("c2", scene)]
    assert registry.cameras_at("none") == []
