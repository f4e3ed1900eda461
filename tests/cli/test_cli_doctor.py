"""The doctor: each check passes, warns or fails for its reason, and says what to do."""

from __future__ import annotations

import json
import os
import resource
import shutil
from pathlib import Path

import pytest

from qingyuan.cli import checks, i18n
from qingyuan.cli.checks import Level, locked
from qingyuan.cli.main import run


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    i18n.set_language("en")


def test_an_old_python_fails_with_the_version_to_install() -> None:
    assert checks.python((3, 11, 0)).level is Level.OK
    found = checks.python((3, 10, 14))
    assert (found.level, found.detail) == (Level.FAIL, "3.10.14")
    assert "3.11" in found.remedy


def test_a_lock_is_read_with_markers_and_several_versions(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("numpy==2.2.6 ; python_version < '3.12' \\\n    --hash=sha256:00\n"
                    "numpy==2.4.0 ; python_version >= '3.12'\nRuamel.Yaml==0.18.1\n", "utf-8")
    assert locked(lock) == {"numpy": {"2.2.6", "2.4.0"}, "ruamel-yaml": {"0.18.1"}}


def test_packages_are_held_against_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("typer==0.0.1\n", "utf-8")
    found = checks.packages(lock)
    assert found.level is Level.WARN
    assert "typer" in found.detail
    assert checks.packages(tmp_path / "none").level is Level.OK
    assert checks.packages(checks.CHECKOUT / "requirements.lock").level is Level.OK


def test_a_missing_package_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.metadata, "requires",
                        lambda _name: ["numpy>=2", "no-such-package>=1", "x; extra == 'dev'"])
    found = checks.packages()
    assert (found.level, found.remedy) == (Level.FAIL, "make setup")
    assert found.detail.endswith("no-such-package")


def test_open_files_are_held_against_the_connections() -> None:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert checks.open_files(1).level is Level.OK
    assert checks.open_files(limit - checks.SPARE_FILES).level is Level.OK
    found = checks.open_files(limit - checks.SPARE_FILES + 1)
    assert (found.level, found.remedy) == (Level.FAIL, f"ulimit -n {limit + 1}")


@pytest.mark.parametrize(("limits", "level"), [
    ((0, 0), Level.OK), ((0, 1 << 60), Level.WARN), ((1 << 60, 1 << 61), Level.FAIL)])
def test_disk_has_two_limits(
        limits: tuple[int, int], level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "DISK_FAIL_MB", limits[0])
    monkeypatch.setattr(checks, "DISK_WARN_MB", limits[1])
    assert checks.disk(tmp_path).level is level


@pytest.mark.parametrize(("limit", "level"), [(1e9, Level.OK), (0.0, Level.WARN)])
def test_sync_is_measured_in_the_folder_and_leaves_nothing(
        limit: float, level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SYNC_WARN_MS", limit)
    found = checks.sync(tmp_path)
    assert found.level is level
    assert "ms a write" in found.detail
    assert list(tmp_path.iterdir()) == []


def test_a_clock_before_the_installation_fails() -> None:
    assert checks.clock(0.0).level is Level.FAIL
    assert checks.clock(4e9).level in (Level.OK, Level.WARN)


def test_catalogues_must_be_compiled_and_new(tmp_path: Path) -> None:
    shutil.copytree(i18n.LOCALE, tmp_path / "locale")
    assert checks.catalogues(tmp_path / "locale").level is Level.OK
    source = tmp_path / "locale/zh_Hans/LC_MESSAGES/qingyuan.po"
    later = source.with_suffix(".mo").stat().st_mtime + 10
    os.utime(source, (later, later))
    found = checks.catalogues(tmp_path / "locale")
    assert (found.level, found.detail) == (Level.WARN, "not compiled: zh_Hans")
    assert "compile" in found.remedy


def test_data_are_looked_for_where_the_replay_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QINGYUAN_SHARED", str(tmp_path / "none"))
    assert checks.data().level is Level.WARN
    file = tmp_path / "var/data/qc/beijing12_hourly_201303_201702.csv.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    found = checks.data()
    assert found.level is Level.OK
    assert file.name in found.detail


def test_a_home_must_open_and_keep_its_keys_to_itself(tmp_path: Path) -> None:
    from qingyuan.ledger import Home

    found = checks.home(tmp_path)
    assert found.level is Level.FAIL
    assert "--home" in found.remedy
    made = Home.create(tmp_path / "home")
    assert checks.home(made.path).level is Level.OK
    key = sorted((made.path / "keys").iterdir())[0]
    key.chmod(0o644)
    found = checks.home(made.path)
    assert (found.level, found.remedy) == (Level.FAIL, f"chmod 600 {key}")


def test_the_verb_gives_table_json_and_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "doctor"]) == 0
    table = capsys.readouterr().out
    assert "what to do" in table
    assert run(["doctor", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["ok"] is True
    assert [c["check"] for c in shown["checks"]] == [
        "python", "packages", "open files", "disk", "fsync", "clock", "catalogues", "data"]
    assert all(name["check"] in table for name in shown["checks"])
    assert run(["doctor", "--json", "--home", str(tmp_path / "none"), "--connections", "100000000"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [c["check"] for c in shown["checks"] if c["level"] == "fail"] == ["open files", "home"]
    assert all(c["remedy"] for c in shown["checks"] if c["level"] != "ok")
