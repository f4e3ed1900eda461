"""Everything after the ledgers is a function: deleted, rebuilt, equal; other rules append, never replace."""

import json
import shutil
from itertools import pairwise
from pathlib import Path

import homes
import pytest

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Ledger
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.feed import publications
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.rebuild import Part, UnknownEngine, rebuild
from qingyuan.standards import TABLES, load

pytestmark = pytest.mark.xdist_group("home")
NOON = parse_cst("20200401120000") or 0
SIX = {"a21026": "6", "a21004": "40", "a21005": "0.8", "a05024": "60", "a34002": "70", "a34004": "35"}


def content(path: Path) -> list[str]:
    lake = Lake(path / "lake")
    out = [str(r) for t in ("observation", "flag") for r in lake.read(t, all_versions=True).to_pylist()]
    return out + [json.dumps(f.row()) for t in rows.TABLES for f in rows.figures(lake.read(t, all_versions=True))]


def test_a_deleted_lake_comes_back_equal_to_the_last_digit_and_instant(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(demo_home, copy)
    before = content(copy)
    shutil.rmtree(copy / "lake")
    report = rebuild(Home.open(copy))
    assert report.equal
    assert not report.had_lake
    assert report.differing_publications == []
    assert sorted(content(copy)) == sorted(before)


def test_a_rebuild_beside_a_lake_finds_it_equal(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(demo_home, copy)
    report = rebuild(Home.open(copy))
    assert (report.equal, report.had_lake, report.corrections, report.differing_publications) == (True, True, 0, [])
    assert report.publications > 5


def test_working_off_in_pieces_equals_working_off_at_once(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON - HOUR_US, speed="72000")      # an hour of data each 50 ms
    for i in range(30):
        made.send(made.frame(NOON + i % 20 * HOUR_US, {**SIX, "a34004": str(30 + i)}, qn=i))
        made.settle()
        if i % 7 == 0:
            homes.run(made.home)
    made.close()
    homes.run(made.home)
    pieces = content(made.home.path)
    shutil.rmtree(made.home.path / "lake")
    report = rebuild(made.home)
    assert report.differing_publications == []
    assert sorted(content(made.home.path)) == sorted(pieces)


def test_other_rules_append_corrections_and_keep_what_was_published(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, SIX))
    made.close()
    points = [dict(row) for row in TABLES.rows("air_breakpoints")]
    for row in points:
        if (row["standard"], row["pollutant"], row["iaqi"]) == ("HJ 633-2012", "PM10", "100"):
            row["concentration"] = "100"
    homes.run(made.home, tables=load({"air_breakpoints": points}))      # an earlier release with another table
    report = rebuild(made.home)
    assert not report.equal
    assert report.corrections > 0
    assert len(report.differing_publications) == 1
    found = [f for f in rows.figures(Lake(made.home.path / "lake").read("figure", all_versions=True))
             if f.name == "aqi.realtime" and f.subject == "S1"]
    old, new = sorted(found, key=lambda f: f.version)
    assert (old.value, old.reason, new.value, new.reason) == ("70", "first", "60", "software")
    assert old.rules != new.rules
    leaves = [p["reason"] for _, p in publications(Ledger(made.home.ledger_path("office")))]
    assert leaves == ["tick", "software"]
    again = rebuild(made.home)
    assert again.corrections == 0


def test_a_part_limits_what_is_compared(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "home"
    shutil.copytree(demo_home, copy)
    assert rebuild(Home.open(copy), Part(site="nobody")).equal


def test_an_engine_of_another_release_is_refused(demo_home: Path) -> None:
    with pytest.raises(UnknownEngine, match="--engine local"):
        rebuild(Home.open(demo_home), engine="spark")


def test_each_publication_names_cut_rules_and_software(demo_home: Path) -> None:
    office = Ledger(Home.open(demo_home).ledger_path("office"))
    cuts = [p["cut"] for _, p in publications(office)]
    assert all(a["gw1"] <= b["gw1"] and a["office"] <= b["office"] for a, b in pairwise(cuts))
    leaf = next(parse(s.data) for s in office.leaves() if parse(s.data).kind is Kind.PUBLICATION)
    assert set(leaf.payload) >= {"tick_us", "figures_root", "figures_count", "cut", "rules", "software", "reason"}
