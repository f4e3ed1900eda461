"""Everything after the ledgers is a function: deleted, rebuilt, equal; other rules append, never replace."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import homes
import pytest
from rebuilds import NOON, PM25, SIX, Evidence, alter, aqi, content

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.lake import Lake, LakeBusy, LakeDamaged
from qingyuan.ledger import Home, Keyring, Ledger, office_append
from qingyuan.pipeline.alone import alone
from qingyuan.pipeline.explain import explain
from qingyuan.pipeline.feed import publications
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.follow import run_once
from qingyuan.pipeline.rebuild import UnknownEngine, rebuild

pytestmark = pytest.mark.xdist_group("home")


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


@pytest.fixture
def two_versions(tmp_path: Path) -> Evidence:
    """An hour published as 35, and after late data of the same hour as 45; one Parquet file a table."""
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    for number, value in enumerate(["35", "45"]):
        made.send(made.frame(NOON, {**SIX, "a34004": value}, qn=number))
        made.settle()
        homes.run(made.home)
    made.close()
    homes.run(made.home)
    Lake(made.home.path / "lake").compact(2)
    return Evidence(made.home)


def forged(version: int) -> Callable[[list[dict]], list[dict]]:
    wanted = "hour.PM2.5", "S1", version
    return lambda found: [row | {"value": "12", "mantissa": 12}
                          if (row["name"], row["subject"], row["version"]) == wanted else row for row in found]


def without(version: int) -> Callable[[list[dict]], list[dict]]:
    return lambda found: [row for row in found if (row["name"], row["subject"], row["version"])
                          != ("hour.PM2.5", "S1", version)]


def history(home: Home) -> list[tuple[str, str]]:
    return [(c.after.value, c.after.reason) for c in explain(home, PM25).changes]


@pytest.mark.parametrize("change", [forged(2), forged(1), without(1), without(2)],
                         ids=["newest", "old", "old-gone", "newest-gone"])
def test_a_changed_lake_gives_way_to_what_was_published_and_nothing_is_appended(
        two_versions: Evidence, change: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    before, leaves, home = content(two_versions.home.path), two_versions.leaves(), two_versions.home
    alter(home, "hour", change)
    assert sorted(content(home.path)) != sorted(before)
    assert two_versions.exit() == 1
    said = capsys.readouterr().out
    assert "1 figures of 1 ticks" in said
    assert PM25 in said
    assert two_versions.leaves() == leaves
    assert sorted(content(home.path)) == sorted(before)
    assert history(home) == [("35", "first"), ("45", "corrected-data")]
    assert two_versions.exit() == 0
    assert "equal to what was published" in capsys.readouterr().out
    assert two_versions.leaves() == leaves


def test_a_changed_lake_is_not_explained_as_published(two_versions: Evidence) -> None:
    alter(two_versions.home, "hour", forged(1))
    with pytest.raises(LakeDamaged, match="not what was published"):
        explain(two_versions.home, PM25)


@pytest.mark.parametrize("harm", ["cut", "noise", "gone", "touched", "manifests"])
def test_a_damaged_file_of_the_lake_is_named_and_made_again(two_versions: Evidence, harm: str) -> None:
    home, before, leaves = two_versions.home, content(two_versions.home.path), two_versions.leaves()
    lake = Lake(home.path / "lake")
    file = lake.path / lake.current().select("hour")[0].path
    if harm == "manifests":
        for manifest in (home.path / "lake" / "manifests").iterdir():
            manifest.write_bytes(b"{}")
    elif harm == "gone":
        file.unlink()
    elif harm == "touched":
        file.write_bytes(file.read_bytes()[:-4] + b"PAR2")
    else:
        file.write_bytes(b"noise" if harm == "noise" else file.read_bytes()[:100])
    report = rebuild(home)
    assert len(report.damage.files) >= 1
    assert "manifests" in report.damage.files[0] if harm == "manifests" else file.name in report.damage.files[0]
    assert (report.well, report.corrections, report.not_held) == (False, 0, [])
    assert two_versions.leaves() == leaves
    assert sorted(content(home.path)) == sorted(before)
    assert history(home) == [("35", "first"), ("45", "corrected-data")]
    assert two_versions.exit() == 0


def test_changed_observations_are_found_too(two_versions: Evidence) -> None:
    before = content(two_versions.home.path)
    alter(two_versions.home, "observation", lambda found: [row | {"avg": 1} for row in found])
    report = rebuild(two_versions.home)
    assert (report.well, report.damage.figures) == (False, [])
    assert report.damage.other_rows["observation"] > 0
    assert sorted(content(two_versions.home.path)) == sorted(before)
    assert rebuild(two_versions.home).well


def test_an_invented_belief_goes_away(two_versions: Evidence) -> None:
    before = content(two_versions.home.path)
    later = datetime(2099, 1, 1, tzinfo=UTC)
    alter(two_versions.home, "hour", lambda found: [*found, found[0] | {"version": 9, "believed_from": later}])
    report = rebuild(two_versions.home)
    assert len(report.damage.figures) == 1
    assert sorted(content(two_versions.home.path)) == sorted(before)


def test_figures_published_just_before_a_kill_are_put_into_the_lake(two_versions: Evidence) -> None:
    """The pipeline publishes before it writes: a lake without the last tick is behind and not damaged."""
    home, before = two_versions.home, content(two_versions.home.path)
    shutil.copytree(home.path / "lake", home.path / "kept")
    shutil.rmtree(home.path / "lake")
    assert rebuild(home).well
    last = max(p["tick_us"] for _, p in publications(Ledger(home.ledger_path("office"))))
    for table in ("hour", "figure", "flag", "observation"):
        column = "received" if table == "observation" else "believed_from"
        alter(home, table, lambda found, c=column: [r for r in found if r[c].timestamp() * 1e6 < last - 1000])
    lake = Lake(home.path / "lake")
    with lake.begin() as transaction:
        first = min(p["tick_us"] for _, p in publications(Ledger(home.ledger_path("office"))))
        transaction.commit(transaction.base.position, first)
    report = rebuild(home)
    assert report.behind > 0
    assert report.well
    assert sorted(content(home.path)) == sorted(before)


def test_a_damaged_lake_is_not_written_under_a_pipeline_at_work(two_versions: Evidence,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    with alone(two_versions.home):
        assert two_versions.exit() == 0                 # comparing needs nobody to stop
        alter(two_versions.home, "hour", forged(2))
        changed = content(two_versions.home.path)
        assert two_versions.exit() == 2
        assert "stop it and rebuild again" in capsys.readouterr().err
        with pytest.raises(LakeBusy):
            run_once(two_versions.home)
    assert content(two_versions.home.path) == changed
    assert two_versions.exit() == 1


def test_a_part_limits_what_is_compared(two_versions: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    alter(two_versions.home, "hour", forged(2))
    assert two_versions.exit("--site", "city:南京") == 0
    assert two_versions.exit("--site", "nope") == 2
    said = capsys.readouterr().err
    assert "'nope'" in said
    assert "qingyuan stations" in said
    assert two_versions.exit("--site", "S1") == 1


def test_an_engine_of_another_release_is_refused(demo_home: Path) -> None:
    with pytest.raises(UnknownEngine, match="--engine local"):
        rebuild(Home.open(demo_home), engine="spark")


def test_each_publication_names_cut_rules_and_software(demo_home: Path) -> None:
    office = Ledger(Home.open(demo_home).ledger_path("office"))
    cuts = [p["cut"] for _, p in publications(office)]
    assert all(a["gw1"] <= b["gw1"] and a["office"] <= b["office"] for a, b in pairwise(cuts))
    leaf = next(parse(s.data) for s in office.leaves() if parse(s.data).kind is Kind.PUBLICATION)
    assert set(leaf.payload) >= {"tick_us", "figures_root", "figures_count", "cut", "rules", "software", "reason"}


def test_what_was_never_published_is_left_to_the_pipeline(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, SIX))
    made.close()
    for _ in range(2):
        report = rebuild(made.home)
        assert (report.well, report.rows, report.publications, report.ticks) == (True, 0, 0, 0)
    homes.run(made.home)
    assert len(aqi(made.home)) == 1
    assert rebuild(made.home).equal


def test_a_tick_published_twice_by_two_releases_is_neither_damage_nor_a_difference(two_versions: Evidence) -> None:
    """A release that was killed between publishing and writing, and the next one that worked the tick off again."""
    home, before = two_versions.home, content(two_versions.home.path)
    _, first = next(iter(publications(Ledger(home.ledger_path("office")))))
    office_append(home, Keyring.open(home.path / "keys"), Kind.PUBLICATION,
                  first | {"figures_root": "0" * 64, "software": "qingyuan 0.0.9", "key": "another"})
    assert two_versions.exit() == 0
    assert content(home.path) == before
    assert explain(home, PM25).figure.value == "45"
