"""Figures that rest on telegrams admitted from quarantine outlive its retention."""

import shutil
from pathlib import Path

import homes
import pytest

from qingyuan.cli import checks
from qingyuan.cli.main import run as cli
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway import committer as committing
from qingyuan.gateway.admission import admit
from qingyuan.gateway.committer import Committer, now_us
from qingyuan.ledger import Ledger, Quarantine, Quota, office_append, verify_home
from qingyuan.ledger.dropped import read_dropped
from qingyuan.ledger.quarantine import DAY_US
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline.explain import explain
from qingyuan.pipeline.explain.beliefs import registry_at
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.feed import publications
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.rebuild import rebuild
from qingyuan.registry import EntryKind, Register, payload

NOON = parse_cst("20260401120000") or 0
PM25 = "hour.PM2.5/S1/2026-04-01T12:00"
STRANGERS = "gw1.quarantine"


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    """A station whose telegram of noon came before it was registered, and stands in quarantine beside a stranger's."""
    made = homes.Station(tmp_path / "home", register=Register.STRICT)
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, {"a34004": "50"}), made.frame(NOON, {"a34004": "1"}, name="S9"))
    made.close()
    made.committer = Committer(made.home, made.keyring, "gw1", Register.STRICT)
    made.site()
    return made


def admit_all(station: homes.Station) -> int:
    return admit(station.home, station.keyring, list(registry_at(station.home, now_us()).sites.values()))


def month_later(station: homes.Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway's hourly upkeep, 31 days on."""
    committer = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    late_us = now_us() + 31 * DAY_US
    monkeypatch.setattr(committing, "now_us", lambda: late_us)
    committer.upkeep()
    monkeypatch.undo()
    committer.close(0)


def test_an_admitted_telegram_stays_and_its_figure_is_rebuilt_and_explained(
        station: homes.Station, monkeypatch: pytest.MonkeyPatch) -> None:
    assert admit_all(station) == 1
    assert admit_all(station) == 0
    station.settle()
    station.close()
    homes.run(station.home)
    month_later(station, monkeypatch)
    folder = station.home.ledger_path(STRANGERS)
    assert [one.kept for one in read_dropped(folder).segments] == [True]
    assert verify_home(station.home, station.keyring).problems == []
    shutil.rmtree(station.home.path / "lake")
    assert rebuild(station.home).well
    found = explain(station.home, PM25)
    assert found.figure.value == "50"
    assert (STRANGERS, 0) in found.leaves.used()


def test_an_admission_made_but_not_worked_off_yet_holds_too(station: homes.Station,
                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway has not looked at the office ledger since: the retention looks for itself."""
    station.close()
    committer = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    assert admit_all(station) == 1
    late_us = now_us() + 31 * DAY_US
    committer._looked_us = late_us                     # not due, so only the retention can find the admission
    monkeypatch.setattr(committing, "now_us", lambda: late_us)
    committer.upkeep()
    monkeypatch.undo()
    committer.close(0)
    assert [one.kept for one in read_dropped(station.home.ledger_path(STRANGERS)).segments] == [True]
    homes.run(station.home)
    assert explain(station.home, PM25).figure.value == "50"


def test_strangers_nobody_admitted_go_and_admit_no_more(station: homes.Station,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    station.close()
    month_later(station, monkeypatch)
    folder = station.home.ledger_path(STRANGERS)
    assert [one.kept for one in read_dropped(folder).segments] == [False]
    assert admit_all(station) == 0
    assert list(Ledger(folder).still_there(0, 2)) == []


def test_an_admission_of_other_leaves_of_the_range_keeps_nothing(station: homes.Station,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    office_append(station.home, station.keyring, Kind.REGISTRY, payload(EntryKind.ADMISSION, "odd", {
        "ledger": STRANGERS, "mn": "MN-nobody", "from_leaf": 0, "to_leaf": 9}))
    station.close()
    month_later(station, monkeypatch)
    assert [one.kept for one in read_dropped(station.home.ledger_path(STRANGERS)).segments] == [False]


def test_a_telegram_that_is_gone_all_the_same_is_said_in_words(station: homes.Station,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    """As a home of an earlier release may have it: the retention took no notice of admissions."""
    admit_all(station)
    station.settle()
    station.close()
    homes.run(station.home)
    strangers = Quarantine.open(station.home, station.keyring, "gw1", Quota())
    assert strangers.drop_expired(now_us() + 31 * DAY_US, lambda first, stop: False) == 1
    strangers.close()
    found = explain(station.home, PM25)
    assert [(s["op"], s.get("rule"), s["out"]) for s in found.steps] == [("text", Rule.DROPPED.value, "50")]
    for language, word in (("zh", "保存期满"), ("en", "dropped at the end of its retention")):
        assert cli(["--lang", language, "explain", "--home", str(station.home.path), PM25]) == 0
        said = capsys.readouterr().out
        assert word in said
        assert f"{STRANGERS}#0" in said
    shutil.rmtree(station.home.path / "lake")
    report = rebuild(station.home)
    assert (report.well, len(report.not_held)) == (False, 1)      # only the root of what was published is left
    assert [p["reason"] for _, p in publications(Ledger(station.home.ledger_path("office")))] == ["tick"]


def test_verify_and_doctor_count_what_went_and_what_stayed(station: homes.Station, monkeypatch: pytest.MonkeyPatch,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    admit_all(station)
    station.close()
    month_later(station, monkeypatch)
    text = "past their retention: 0 leaves dropped, 2 kept since figures rest on them"
    assert cli(["evidence", "verify", "--home", str(station.home.path)]) == 0
    assert text in capsys.readouterr().out
    assert text in checks.home(station.home.path).detail
