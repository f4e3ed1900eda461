"""From the command line: a gateway that finds or makes its home, entries that clash, strangers that are admitted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import homes
import pytest
from gateway_process import Client, Gateway, telegram

from qingyuan import hj212
from qingyuan.cli.main import run
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Ledger
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline.explain.beliefs import registry_at
from qingyuan.registry import Register

NOON = parse_cst("20200401120000") or 0


def site(name: str, mn: str, password: str = "", **data: object) -> dict:
    data = {"kind": "air", "origin": "simulated", "city": "南京", "mn": mn} | data
    return {"entry": "site", "id": name, "data": data | ({"password": password} if password else {})}


def given(folder: Path, *entries: dict) -> str:
    path = folder / "sites.jsonl"
    path.write_text("\n".join(json.dumps(entry) for entry in entries), "utf-8")
    return str(path)


def kinds(home: Home) -> list[Kind]:
    return [parse(stored.data).kind for stored in Ledger(home.ledger_path("office")).leaves()]


def test_two_sites_with_one_mn_are_not_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Home.create(tmp_path / "home")
    file = given(tmp_path, site("A", "M1"), site("B", "M2"), site("C", "M1"))
    assert run(["import", "--home", str(home.path), file]) == 2
    assert kinds(home) == []
    assert "sites.jsonl, line 3, field mn: site C: is also the MN of site A" in capsys.readouterr().err


def test_an_mn_of_a_site_already_there_is_not_given_to_another(tmp_path: Path,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    home = Home.create(tmp_path / "home")
    assert run(["import", "--home", str(home.path), given(tmp_path, site("A", "M1"))]) == 0
    assert run(["import", "--home", str(home.path), given(tmp_path, site("B", "M1"))]) == 2
    assert "is also the MN of site A" in capsys.readouterr().err
    moved = given(tmp_path, site("A", "M9"), site("B", "M1"))
    assert run(["import", "--home", str(home.path), moved]) == 0
    registry = registry_at(home, 2**62)
    assert {mn: found.id for mn, found in registry.by_mn.items()} == {"M1": "B", "M9": "A"}


@pytest.fixture
def stranger(tmp_path: Path) -> homes.Station:
    """A gateway that has refused two telegrams of MN-S1, one with a wrong password and one of another stranger."""
    made = homes.Station(tmp_path / "home")
    made.replay(NOON)
    frames = [made.frame(NOON + n * 3_600_000_000, {"a34004": str(30 + n)}, qn=n) for n in range(3)]
    frames[1] = hj212.wrap(frames[1][6:-6].replace(b"pw-S1", b"guess"))
    frames.insert(1, made.frame(NOON, {"a34004": "99"}, name="S2", qn=7))
    assert made.send(*frames) == []
    made.close()
    return made


def test_what_came_before_registration_is_admitted_once_with_the_right_password(
        stranger: homes.Station, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = given(tmp_path, site("S1", "MN-S1", "pw-S1", units={"a34004": "ug/m3"}))
    for _ in range(2):
        assert run(["import", "--home", str(stranger.home.path), file]) == 0
    admitted = registry_at(stranger.home, 2**62).admissions
    assert [(a.ledger, a.mn, a.from_leaf, a.to_leaf) for a in admitted] == [
        ("gw1.quarantine", "MN-S1", 0, 1), ("gw1.quarantine", "MN-S1", 3, 4)]
    assert capsys.readouterr().out.count("2 admissions of quarantined telegrams added") == 1
    assert homes.run(stranger.home).progress.observations == 2


def test_a_file_without_the_right_password_admits_nothing(stranger: homes.Station, tmp_path: Path) -> None:
    file = given(tmp_path, site("S1", "MN-S1", "another"))
    assert run(["import", "--home", str(stranger.home.path), file]) == 0
    assert registry_at(stranger.home, 2**62).admissions == ()


@pytest.mark.slow
def test_a_gateway_makes_its_home_says_where_it_listens_and_ends_well(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "home")
    client = Client(gateway.port)
    client.send(telegram(1))
    assert len(client.answers(1)) == 1
    client.close()
    assert gateway.stop() == 0
    with Ledger(Home.open(tmp_path / "home").ledger_path("gw1")) as ledger:
        last = parse(ledger.leaf(ledger.size - 1).data)
    assert (last.kind, last.payload["last"], last.payload["counters"]["telegrams"]) == (Kind.TICK, True, 1)
    assert set(last.payload) == {"tick_us", "connections", "counters", "office_size", "last"}


@pytest.mark.parametrize("words", [["--register", "maybe"], ["--port", "70000"], ["--name", "../gw"]])
def test_a_wrong_option_of_the_gateway_is_refused_with_two(tmp_path: Path, words: list[str]) -> None:
    command = [sys.executable, "-m", "qingyuan.cli.main", "gateway", "run", "--home", str(tmp_path / "home")]
    done = subprocess.run([*command, "--port", "0", *words], capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_a_named_site_takes_over_the_logger_that_registered_itself(tmp_path: Path,
                                                                   capsys: pytest.CaptureFixture[str]) -> None:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    made.replay(NOON)
    assert len(made.send(made.frame(NOON, {"a34004": "31"}, qn=1))) == 1
    made.settle()
    file = given(tmp_path, site("S1", "MN-S1", "pw-S1", units={"a34004": "ug/m3"}))
    assert run(["--lang", "en", "import", "--home", str(made.home.path), file]) == 0
    assert "site S1 has the logger of MN-S1, which had registered itself" in capsys.readouterr().out
    made.settle()
    assert len(made.send(made.frame(NOON + 3_600_000_000, {"a34004": "32"}, qn=2))) == 1
    wrong = hj212.wrap(made.frame(NOON, {"a34004": "33"}, qn=3)[6:-6].replace(b"pw-S1", b"guess"))
    assert made.send(wrong) == []
    made.close()
    registry = registry_at(made.home, 2**62)
    assert (registry.by_mn["MN-S1"].id, registry.problems) == ("S1", ())
    state = homes.run(made.home).state
    assert [row.key.site for name in ("MN-S1", "S1") for row in state.observations(name, NOON, NOON + 7_200_000_000)
            ] == ["MN-S1", "S1"]
