"""Coordinates that cannot be right: each doubt, the shifted systems, and the coordinates of the shared data."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from qingyuan.registry import CoordinateSystem, EntryKind, Site, parse, payload
from qingyuan.registry.coordinates import Suspicion, area_of, doubts, place_doubt
from qingyuan.registry.datum import to_wgs84, wgs84_to_gcj02

NANJING = (118.78, 32.06)


def site(name: str, lon: float | None = None, lat: float | None = None, **more: object) -> Site:
    place = {} if lon is None else {"lon": lon, "lat": lat}
    found = parse(payload(EntryKind.SITE, name, {"kind": "air", "city": "南京", "mn": f"M{name}", "origin": "measured",
                                                 **place, **more})).record
    assert isinstance(found, Site)
    return found


def test_each_doubt_is_told() -> None:
    nanjing = area_of("南京")
    assert nanjing is not None
    found = doubts([site("missing"), site("outside", 120.3, 31.5), site("twin1", *NANJING), site("twin2", *NANJING),
                    site("fine", 118.8, 32.1)])
    assert [(s.id, d.suspicion) for s, d in found] == [
        ("missing", Suspicion.MISSING), ("outside", Suspicion.OUTSIDE), ("twin1", Suspicion.SHARED),
        ("twin2", Suspicion.SHARED)]
    assert next(d.others for s, d in found if s.id == "twin1") == ("twin2",)
    swapped = place_doubt(32.06, 118.78, CoordinateSystem.WGS84, nanjing)
    nowhere = place_doubt(3.0, 118.78, CoordinateSystem.WGS84, nanjing)
    assert swapped is not None
    assert nowhere is not None
    assert (swapped.suspicion, nowhere.suspicion) == (Suspicion.SWAPPED, Suspicion.IMPOSSIBLE)


def test_outlets_of_one_enterprise_may_stand_at_one_place() -> None:
    assert doubts([site("a", *NANJING, belongs=["E1"]), site("b", *NANJING, belongs=["E1"])]) == []


def test_a_point_that_was_shifted_is_put_back_and_one_that_says_so_is_no_doubt() -> None:
    shifted = wgs84_to_gcj02(*NANJING)
    assert 300 < 111_195 * max(abs(shifted[0] - NANJING[0]), abs(shifted[1] - NANJING[1])) < 800
    back = to_wgs84(*shifted, CoordinateSystem.GCJ02)
    assert back == pytest.approx(NANJING, abs=1e-8)
    # Tian'anmen as printed for both systems by public converters
    assert to_wgs84(116.404, 39.915, CoordinateSystem.BD09) == pytest.approx((116.3913, 39.9071), abs=2e-4)
    assert to_wgs84(*NANJING, CoordinateSystem.UNKNOWN) == NANJING


def test_a_shifted_point_beside_a_border_is_told_with_the_system_that_puts_it_right() -> None:
    zhuhai = area_of("珠海")
    assert zhuhai is not None
    found = place_doubt(113.5814, 22.2618, CoordinateSystem.UNKNOWN, zhuhai)
    assert found is not None
    assert (found.suspicion, found.system) == (Suspicion.SHIFTED, CoordinateSystem.GCJ02)
    assert place_doubt(113.5814, 22.2618, CoordinateSystem.GCJ02, zhuhai) is None


@pytest.mark.parametrize(("city", "code", "province", "name"), [
    ("南京", "", "", "南京市"), ("昆山", "", "江苏省", "昆山市"), ("", "3205", "", "苏州市"),
    ("", "320583", "", "昆山市"),
    ("吴江", "", "", "吴江区"), ("鼓楼区", "", "", None), ("nowhere", "", "", None), ("", "", "", None)])
def test_the_area_of_a_site_is_found_by_code_or_by_a_name_that_is_not_shared(
        city: str, code: str, province: str, name: str | None) -> None:
    found = area_of(city, code, province)
    assert (found and found.name) == name


@pytest.mark.shared
def test_faults_of_the_legacy_sections_are_caught_and_the_sound_ones_left_alone(shared: Path) -> None:
    """Thirteen rows: three are marked as faults of their source, and one more lies in another county than its name."""
    places = ("连云港", "南京", "宜兴", "徐州", "扬州", "无锡", "泗洪", "盱眙", "苏州", "中卫", "九江", "邳")
    with (shared / "data/water/jiangsu_legacy_section_coords.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        city = next(place for place in places if place in row["section"]).replace("邳", "邳州")
        doubt = place_doubt(float(row["lon"]), float(row["lat"]), CoordinateSystem.UNKNOWN, area_of(city))
        if doubt:
            found[row["section"]] = doubt.suspicion
    assert len(rows) == 13
    assert {row["section"] for row in rows if "error" in row["note"]} <= set(found)
    assert found == {"江苏连云港大兴桥": Suspicion.OUTSIDE, "宁夏中卫新墩": Suspicion.SWAPPED,
                     "江西九江河西水厂": Suspicion.IMPOSSIBLE, "江苏邳苍艾山西大桥": Suspicion.OUTSIDE}


@pytest.mark.shared
def test_every_way_of_spoiling_the_sound_sections_is_caught(shared: Path) -> None:
    """Each of the nine sound coordinates with lon and lat exchanged, moved by two degrees or put at the pole."""
    sound = {"江苏南京林山": "南京", "江苏宜兴兰山嘴": "宜兴", "江苏徐州小红圈": "徐州", "江苏徐州李集桥": "徐州",
             "江苏扬州三江营": "扬州", "江苏无锡沙渚": "无锡", "江苏泗洪大屈": "泗洪", "江苏盱眙淮河大桥": "盱眙",
             "江苏苏州西山": "苏州"}
    with (shared / "data/water/jiangsu_legacy_section_coords.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["section"] in sound]
    assert len(rows) == len(sound)
    for row in rows:
        lon, lat, area = float(row["lon"]), float(row["lat"]), area_of(sound[row["section"]])
        spoilt = [place_doubt(*pair, CoordinateSystem.UNKNOWN, area)
                  for pair in ((lon, lat), (lat, lon), (lon, lat + 2), (lon + 2, lat), (lon, 90.0))]
        assert [d and d.suspicion for d in spoilt] == [None, Suspicion.SWAPPED, Suspicion.OUTSIDE, Suspicion.OUTSIDE,
                                                       Suspicion.IMPOSSIBLE]


@pytest.mark.shared
def test_national_air_stations_give_few_false_alarms(shared: Path) -> None:
    """All 139 stations of Jiangsu: one has no coordinate, two pairs stand at one place, nothing else is doubted.

    In the country twelve of 1,956 stations whose city is known are doubted: one really lies three degrees off
    (漳州党校), three stand in the seat of their prefecture beyond its border, eight are on the coast.
    """
    with (shared / "data/air/cnemc_site_list.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    stations = [site(row["site_code"], *((float(row["lon"]), float(row["lat"])) if row["lon"] else ()),
                     city=row["city"], province=row["province"]) for row in rows]
    jiangsu = {row["site_code"] for row in rows if row["prefecture"] and row["province"] == "江苏省"}
    found = doubts(stations)
    assert len(jiangsu) == 139
    assert [(s.id, d.suspicion) for s, d in found if s.id in jiangsu] == [
        ("1202A", Suspicion.MISSING), ("2998A", Suspicion.SHARED), ("2999A", Suspicion.SHARED),
        ("3008A", Suspicion.SHARED), ("3009A", Suspicion.SHARED)]
    count = Counter(d.suspicion for _, d in found)
    assert (count[Suspicion.MISSING], count[Suspicion.OUTSIDE], count[Suspicion.SHIFTED]) == (10, 7, 5)
    assert ("3216A", Suspicion.OUTSIDE) in {(s.id, d.suspicion) for s, d in found}
