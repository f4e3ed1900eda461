"""Importing registry entries: all or nothing, once, without a secret."""

import json
from pathlib import Path

import pytest

from qingyuan.cli.main import run
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Ledger
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
