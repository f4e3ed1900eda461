"""Ledgers in the states that a kill leaves between any two steps: the pipeline goes on and loses nothing."""

from __future__ import annotations

from pathlib import Path

import homes
import pytest

from qingyuan.lake import Lake
from qingyuan.ledger import Keyring, Ledger, LedgerDamaged, LedgerWriter, interrupted
from qingyuan.ledger.files import locked
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline.feed import Feed
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.follow import run_once
from qingyuan.pipeline.rebuild import rebuild

pytestmark = pytest.mark.xdist_group("home")
NOON = parse_cst("20200401120000") or 0


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    """A home with one telegram in its ledger."""
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, {"a34004": "35"}))
    return made


def begin(station: homes.Station, name: str) -> Path:
    """A ledger as its writer leaves it when it dies before it has signed anything: meta, lock and an empty log."""
    folder = station.home.ledger_path(name)
    LedgerWriter.open(folder, station.keyring, station.home.id).close()
    (folder / "checkpoint").unlink()
    return folder


def ends(folder: Path) -> Path:
    return next(folder.glob("*.ends"))


@pytest.mark.parametrize("harm", ["gone", "short", "empty"])
def test_offsets_that_are_gone_are_made_again(station: homes.Station, harm: str) -> None:
    station.close()
    path = ends(station.home.ledger_path("gw1"))
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-3] if harm == "short" else b"")
    assert interrupted(station.home.ledger_path("gw1"))
    assert run_once(station.home).progress.observations == 1
    assert path.read_bytes() == whole


def test_a_ledger_that_was_hardly_begun_is_signed_and_stops_nobody(station: homes.Station) -> None:
    station.close()
    folder = begin(station, "gw2")
    assert interrupted(folder)
    assert run_once(station.home).progress.figures > 0
    assert Ledger(folder).size == 0
    assert rebuild(station.home).well


def test_a_ledger_that_is_being_begun_just_now_has_nothing_to_say_yet(station: homes.Station) -> None:
    station.close()
    folder = begin(station, "gw2")
    with locked(folder / "lock"):
        assert run_once(station.home).progress.figures > 0
        assert rebuild(station.home).well
        feed = Feed(station.home, {})
        assert "gw2" not in feed.cut()
    with LedgerWriter.open(folder, station.keyring, station.home.id) as writer:
        feed.refresh()
        assert "gw2" in feed.cut()
        assert writer.size == 0


@pytest.mark.parametrize("name", ["gw1", "gw2"])
def test_a_gateway_that_has_just_come_back_makes_no_observation_look_like_damage(station: homes.Station,
                                                                                name: str) -> None:
    """Its ledger says nothing yet of the time since its last leaf, which the pipeline has worked off already."""
    station.settle()
    station.send(station.frame(NOON, {"a34004": "35"}, cn="2011", qn=1))         # observed, and makes no figure
    station.settle()
    station.close()
    homes.run(station.home)
    assert rebuild(station.home).well
    before = Lake(station.home.path / "lake").current().number
    back = LedgerWriter.open(station.home.ledger_path(name), station.keyring, station.home.id)
    try:
        report = rebuild(station.home)
    finally:
        back.close()
    assert (report.well, report.damage.other_rows) == (True, {})
    assert Lake(station.home.path / "lake").current().number == before


def test_leaves_without_a_checkpoint_are_damage_and_are_named(station: homes.Station) -> None:
    station.close()
    folder = station.home.ledger_path("gw1")
    (folder / "checkpoint").unlink()
    with pytest.raises(LedgerDamaged, match="leaves but no checkpoint"):
        run_once(station.home)
    with locked(folder / "lock"), pytest.raises(FileNotFoundError, match="checkpoint"):
        Feed(station.home, {})
    assert Keyring.open(station.home.path / "keys").vkeys("gw1")
