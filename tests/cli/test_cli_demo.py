"""The whole main job from the command line, on the simulated set, in a hurry."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
QINGYUAN = [sys.executable, "-m", "qingyuan.cli.main"]


def qingyuan(*words: str, language: str = "en", **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*QINGYUAN, "--lang", language, *words], capture_output=True, text=True, timeout=300, **more)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("demo") / "home"
    out = qingyuan("demo", "--once", "--data", "simulated", "--days", "1", "--speed", "10000", "--no-province",
                   "--home", str(home))
    assert out.returncode == 0, out.stdout + out.stderr
    return home, out.stdout


@pytest.mark.xdist_group("demo")
def test_the_demo_plays_the_province_too_and_adds_nothing_of_it_to_a_city(tmp_path: Path) -> None:
    home = tmp_path / "home"
    out = qingyuan("demo", "--once", "--data", "simulated", "--days", "1", "--speed", "5000", "--home", str(home))
    assert out.returncode == 0, out.stdout + out.stderr
    for word in ("Simulated province: 89 stations", "3 in quarantine: wrong password",
                 "2 in quarantine: wrong CRC", "park boundary", "river sections", "everything holds"):
        assert word in out.stdout, word
    truth = json.loads((home / "province" / "truth.json").read_text("utf-8"))
    assert len(truth["sources"]) == 32
    assert len(list((home / "province" / "cameras").glob("*.png"))) == 128
    figures = qingyuan("export", "--home", str(home), "--table", "figure", "--format", "jsonl")
    subjects = {json.loads(line)["subject"] for line in figures.stdout.splitlines()}
    assert "city:南京" in subjects
    rebuilt = qingyuan("rebuild", "--home", str(home), "--json")
    assert json.loads(rebuilt.stdout)["equal"] is True


@pytest.mark.xdist_group("demo")
def test_the_demo_shows_cities_explains_a_figure_and_checks_its_bundle(finished: tuple[Path, str]) -> None:
    _, shown = finished
    assert "SIMULATED, not measured" in shown
    for word in ("南京", "624 telegrams", "0 rejected", "checkpoint", "witnessed", "everything holds"):
        assert word in shown, word


@pytest.mark.xdist_group("demo")
def test_every_verb_works_on_a_finished_home(finished: tuple[Path, str], tmp_path: Path) -> None:
    home = finished[0]
    verified = qingyuan("evidence", "verify", "--home", str(home))
    assert verified.returncode == 0, verified.stdout
    rebuilt = qingyuan("rebuild", "--home", str(home), "--json")
    report = json.loads(rebuilt.stdout)
    assert (rebuilt.returncode, report["equal"], report["differing_publications"]) == (0, True, [])
    bundle = tmp_path / "figure.bundle"
    figures = qingyuan("export", "--home", str(home), "--table", "figure", "--format", "jsonl")
    first = json.loads(figures.stdout.splitlines()[0])
    name = f"{first['name']}/{first['subject']}/{first['start'][:16]}"
    explained = qingyuan("explain", "--home", str(home), name, "--bundle", str(bundle), "--json")
    assert explained.returncode == 0, explained.stderr
    assert json.loads(explained.stdout)["figure"]["value"] == first["value"]
    assert qingyuan("evidence", "check", str(bundle)).returncode == 0
    proof = tmp_path / "leaf.bundle"
    assert qingyuan("evidence", "prove", "--home", str(home), "--ledger", "gw1", "--leaf", "3", "--out",
                    str(proof)).returncode == 0
    assert qingyuan("evidence", "check", str(proof)).returncode == 0
    damaged = bytearray(proof.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    proof.write_bytes(damaged)
    assert qingyuan("evidence", "check", str(proof)).returncode == 1


@pytest.mark.xdist_group("demo")
def test_one_flipped_bit_in_a_ledger_is_named(finished: tuple[Path, str], tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "home"
    shutil.copytree(finished[0], copy)
    log = next((copy / "ledgers" / "gw1").glob("*.log"))
    data = bytearray(log.read_bytes())
    data[len(data) // 3] ^= 4
    log.write_bytes(data)
    out = qingyuan("evidence", "verify", "--home", str(copy))
    assert out.returncode == 1
    assert log.name in out.stdout


@pytest.mark.xdist_group("demo")
def test_explain_speaks_chinese(finished: tuple[Path, str]) -> None:
    out = qingyuan("explain", "--home", str(finished[0]), "nothing", language="zh")
    assert out.returncode == 2
    assert os.environ is not None


def test_every_kind_of_monitor_is_counted_by_itself() -> None:
    from qingyuan.cli.demo.summary import Watch, watch_of
    from qingyuan.registry import SiteKind, fold, payload

    sites = [("22", SiteKind.AIR, []), ("22", SiteKind.AIR, ["park"]), ("31", SiteKind.GAS, []),
             ("32", SiteKind.WATER, []), ("21", SiteKind.WATER, []), ("23", SiteKind.NOISE, [])]
    entries = [payload("site", f"s{n}", {"kind": kind, "st": st, "belongs": belongs, "mn": f"M{n}",
                                         "origin": "simulated"}) for n, (st, kind, belongs) in enumerate(sites)]
    registry = fold([(n, entry) for n, entry in enumerate(entries)])
    assert [watch_of(registry.sites[f"s{n}"]) for n in range(len(sites))] == list(Watch)
