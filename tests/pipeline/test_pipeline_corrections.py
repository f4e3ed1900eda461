"""Other rules append corrections: after all that they rest on, before all that follows; what was published stays."""

import shutil
from pathlib import Path

import homes
import pytest
from rebuilds import AQI, NOON, SIX, Evidence, alter, aqi, content

from qingyuan.cli.main import run as cli
from qingyuan.evidence import verify_bundle
from qingyuan.gateway.committer import Committer
from qingyuan.lake import Lake, LakeDamaged
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import explain, write_bundle
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.follow import run_once
from qingyuan.pipeline.rebuild import Part, rebuild
from qingyuan.registry import Register
from qingyuan.standards import TABLES, load

pytestmark = pytest.mark.xdist_group("home")


def under_other_rules(path: Path) -> homes.Station:
    """A home whose lake an earlier release with another table made."""
    made = homes.Station(path)
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, SIX))
    made.close()
    points = [dict(row) for row in TABLES.rows("air_breakpoints")]
    for row in points:
        if (row["standard"], row["pollutant"], row["iaqi"]) == ("HJ 633-2012", "PM10", "100"):
            row["concentration"] = "100"
    homes.run(made.home, tables=load({"air_breakpoints": points}))
    return made


def test_other_rules_append_corrections_and_keep_what_was_published(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    report = rebuild(made.home)
    assert not report.equal
    assert report.corrections > 0
    assert (len(report.differing_publications), report.not_held, bool(report.damage)) == (1, [], False)
    assert aqi(made.home) == [("70", "first", 1), ("60", "software", 2)]
    old, new = (c.after for c in explain(made.home, AQI).changes)
    assert old.rules != new.rules
    judged = [verify_bundle.check(write_bundle(made.home, explain(made.home, AQI, f.believed_from)))[-1].code
              for f in (old, new)]
    assert judged == ["not_recomputed", "recomputed"]
    evidence = Evidence(made.home)
    assert evidence.leaves() == ["tick", "software"]
    lake = content(made.home.path)
    again = rebuild(made.home)
    assert (again.corrections, again.equal, len(again.differing_publications)) == (0, True, 1)
    assert evidence.leaves() == ["tick", "software"]
    assert content(made.home.path) == lake


def test_a_changed_lake_under_other_rules_no_longer_holds_what_was_published(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = under_other_rules(tmp_path / "home")
    evidence = Evidence(made.home)
    alter(made.home, "figure", lambda found: [row | {"value": "5", "mantissa": 5} for row in found])
    assert evidence.exit() == 1
    said = capsys.readouterr().out
    assert "the lake was damaged" in said
    assert "not held any more" in said
    assert evidence.leaves() == ["tick", "software"]
    assert aqi(made.home) == [("60", "software", 2)]
    assert explain(made.home, AQI).not_held == [1]
    assert cli(["explain", "--home", str(made.home.path), AQI]) == 0
    assert "version 1: what was published is not held any more" in capsys.readouterr().out
    for _ in range(2):
        report = rebuild(made.home)
        assert (report.corrections, bool(report.damage), len(report.not_held)) == (0, False, 1)
        shutil.rmtree(made.home.path / "lake")         # corrections are made again from the ledgers, once published
    assert evidence.leaves() == ["tick", "software"]


def test_the_corrections_of_an_earlier_rebuild_survive_damage(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    rebuild(made.home)
    before = content(made.home.path)
    alter(made.home, "figure", lambda found: [row for row in found if row["reason"] != "software"])
    report = rebuild(made.home)
    assert (report.corrections, report.not_held) == (0, [])
    assert sorted(content(made.home.path)) == sorted(before)
    assert Evidence(made.home).leaves() == ["tick", "software"]


def test_late_data_after_a_correction_comes_out_equal(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    rebuild(made.home)
    made.committer = Committer(made.home, made.keyring, "gw1", Register.STRICT)
    made.send(made.frame(NOON, {**SIX, "a34002": "90"}, qn=9))
    made.settle()
    made.close()
    homes.run(made.home)
    assert aqi(made.home) == [("70", "first", 1), ("60", "software", 2), ("70", "corrected-data", 3)]
    report = rebuild(made.home)
    assert (report.equal, report.corrections, len(report.differing_publications)) == (True, 0, 1)


def test_what_waits_is_worked_off_before_corrections_are_believed(tmp_path: Path) -> None:
    """A correction rests on everything received before it, so nothing received before it may be believed after."""
    made = under_other_rules(tmp_path / "home")
    made.register("site", "S1", {"name": "renamed", "kind": "air", "st": "22", "city": "苏州", "mn": "MN-S9",
                                 "origin": "simulated"})
    made.site("S2")
    made.committer = Committer(made.home, made.keyring, "gw1", Register.STRICT)
    made.send(made.frame(NOON, {**SIX, "a34002": "110"}, name="S2"))
    made.settle()
    made.close()
    report = rebuild(made.home)
    assert (report.corrections, report.equal) == (1, False)
    run_once(made.home)
    found = list(rows.figures(Lake(made.home.path / "lake").read("figure", all_versions=True)))
    corrected = [f for f in found if f.reason == "software"]
    assert [(f.subject, f.value) for f in corrected] == [("S1", "60")]
    assert corrected[0].believed_from > max(f.believed_from for f in found if f.reason != "software")
    for figure in rows.figures(Lake(made.home.path / "lake").read("figure")):
        bundle = write_bundle(made.home, explain(made.home, str(figure.key)))
        assert verify_bundle.check(bundle)[-1].code in ("recomputed", "no_value"), figure.key
    again = rebuild(made.home)
    assert (again.corrections, again.equal) == (0, True)


def test_a_telegram_that_waits_can_make_a_correction_needless(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    made.committer = Committer(made.home, made.keyring, "gw1", Register.STRICT)
    made.send(made.frame(NOON, {**SIX, "a34002": "90"}, qn=9))
    made.settle()
    made.close()
    assert rebuild(made.home).corrections == 0
    assert Evidence(made.home).leaves() == ["tick", "tick"]
    assert aqi(made.home)[-1][0] == "70"
    assert rebuild(made.home).equal


def test_a_rebuild_killed_between_publishing_and_writing_is_asked_for_again(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    shutil.copytree(made.home.path / "lake", tmp_path / "before")
    rebuild(made.home)
    whole = content(made.home.path)
    shutil.rmtree(made.home.path / "lake")
    shutil.copytree(tmp_path / "before", made.home.path / "lake")
    with pytest.raises(LakeDamaged, match="rebuild it"):
        run_once(made.home)
    report = rebuild(made.home)
    assert (report.corrections, report.behind, bool(report.damage)) == (0, 2, False)
    assert sorted(content(made.home.path)) == sorted(whole)
    run_once(made.home)
    assert Evidence(made.home).leaves() == ["tick", "software"]


def test_a_part_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    made = under_other_rules(tmp_path / "home")
    alter(made.home, "figure", lambda found: [row | {"value": "5", "mantissa": 5} for row in found])
    report = rebuild(made.home, Part(site="S1"))
    assert (report.corrections, len(report.not_held)) == (7, 1)     # all of the site: a root stands for a whole tick
    assert aqi(made.home) == [("60", "software", 2)]
    assert aqi(made.home, "city:南京") == [("5", "first", 1)]
    assert rebuild(made.home, Part(site="city:南京")).corrections == 7
    assert aqi(made.home, "city:南京") == [("60", "software", 2)]
