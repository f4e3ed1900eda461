"""Importing registry entries: all or nothing, once, without a secret."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qingyuan.cli.main import run
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Ledger, office_quiet
from qingyuan.pipeline.explain.beliefs import registry_at

SITE = {"entry": "site", "id": "S1", "data": {"name": "一号", "kind": "air", "mn": "A1", "password": "pw-in-a-file-77",
                                             "origin": "measured", "city": "南京"}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.create(tmp_path / "home")


def leaves(home: Home) -> list[tuple[Kind, dict]]:
    return [(leaf.kind, leaf.payload) for leaf in (parse(s.data) for s in Ledger(home.ledger_path("office")).leaves())]


def test_a_file_is_a_leaf_and_each_entry_another_and_twice_is_once(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sites.json"
    file.write_text(json.dumps([SITE]), "utf-8")
    assert run(["import", "--home", str(home.path), str(file)]) == 0
    assert run(["import", "--home", str(home.path), str(file)]) == 0
    assert [kind for kind, _ in leaves(home)] == [Kind.FILE, Kind.REGISTRY]
    assert registry_at(home, 2**62).sites["S1"].name == "一号"


def test_a_password_in_a_file_enters_only_as_keyed_hash(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sites.json"
    file.write_text(json.dumps([SITE]), "utf-8")
    run(["import", "--home", str(home.path), str(file)])
    kept = b"".join(p.read_bytes() for p in (home.path / "ledgers").rglob("*") if p.is_file())
    assert b"pw-in-a-file-77" not in kept
    assert leaves(home)[0][1]["bytes"] == ""


def test_one_bad_entry_keeps_the_whole_import_out_and_is_named(home: Home, tmp_path: Path,
                                                                capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps([SITE]), "utf-8")
    bad.write_text(json.dumps([{**SITE, "data": {**SITE["data"], "kind": "moon"}}]), "utf-8")
    assert run(["import", "--home", str(home.path), str(good), str(bad)]) == 2
    assert leaves(home) == []
    said = capsys.readouterr().err
    assert "bad.json" in said
    assert "kind" in said


def test_a_dry_run_changes_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "sites.json"
    file.write_text(json.dumps([SITE]), "utf-8")
    assert run(["import", "--home", str(home.path), "--dry-run", str(file)]) == 0
    assert leaves(home) == []


def written(folder: Path, name: str, *entries: dict) -> str:
    path = folder / name
    path.write_text("\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries), "utf-8")
    return str(path)


def site(name: str, **data: object) -> dict:
    return {"entry": "site", "id": name, "data": {"kind": "air", "mn": f"M{name}", "origin": "measured"} | data}


def take(home: Home, *files: str) -> int:
    return run(["--lang", "en", "import", "--home", str(home.path), *files])


def test_a_file_that_comes_again_after_another_is_in_force_again(home: Home, tmp_path: Path,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    first, second = written(tmp_path, "a.jsonl", site("S1", city="南京")), written(tmp_path, "b.jsonl",
                                                                                 site("S1", city="苏州"))
    for file, city in ((first, "南京"), (second, "苏州"), (first, "南京")):
        assert take(home, file) == 0
        assert registry_at(home, 2**62).sites["S1"].city == city
    assert len({payload["key"] for _, payload in leaves(home)}) == len(leaves(home)) == 6
    capsys.readouterr()
    assert take(home, first) == 0
    assert capsys.readouterr().out == f"{first}: nothing to change, all 1 entries are in force\n"
    assert len(leaves(home)) == 6


def test_only_what_changes_something_is_added(home: Home, tmp_path: Path) -> None:
    one, two = site("S1"), site("S2") | {"valid_from": "2020-01-01"}
    assert take(home, written(tmp_path, "a.jsonl", one, two)) == 0
    assert take(home, written(tmp_path, "b.jsonl", one, two, site("S3"))) == 0
    assert [payload.get("id", "file") for _, payload in leaves(home)] == ["file", "S1", "S2", "file", "S3"]
    assert len({payload["key"] for _, payload in leaves(home)}) == 5


def test_an_admission_that_names_no_quarantine_ledger_is_refused(home: Home, tmp_path: Path,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    admission = {"entry": "admission", "id": "a", "data": {"ledger": "no-such", "mn": "M", "from_leaf": 0,
                                                           "to_leaf": 1}}
    assert take(home, written(tmp_path, "a.jsonl", site("S1"), admission)) == 2
    assert capsys.readouterr().err.strip() == ("a.jsonl, line 2, field ledger: 'no-such' is no quarantine ledger of "
                                               "this home; leave the entry out")
    assert leaves(home) == []


def test_of_two_imports_at_once_that_claim_one_logger_the_second_is_refused(home: Home, tmp_path: Path) -> None:
    started = []
    with office_quiet(home):                                  # both have read the registry before either may append
        for name in ("S1", "S2"):
            file = tmp_path / f"{name}.json"
            file.write_text(json.dumps([{**SITE, "id": name}]), "utf-8")
            started.append(subprocess.Popen(
                [sys.executable, "-m", "qingyuan.cli.main", "import", "--home", str(home.path), str(file)],
                stderr=subprocess.PIPE, text=True, env={**os.environ, "LANG": "C.UTF-8"}))
        time.sleep(6.0)
        assert [child.poll() for child in started] == [None, None]
    said = [child.communicate(timeout=60)[1] for child in started]
    assert sorted(child.returncode for child in started) == [0, 2]
    refused = next(text for child, text in zip(started, said, strict=True) if child.returncode == 2)
    assert "is also the MN of site S" in refused
    assert "must name another logger" in refused
    registry = registry_at(home, 2**62)
    assert (len(registry.sites), registry.problems) == (1, ())
