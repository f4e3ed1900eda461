"""`qingyuan stations`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sample_lake import HOUR_US, T0, figure, fill, observation

from qingyuan.cli.main import run
from qingyuan.evidence.leaf import Kind
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Keyring, office_append
from qingyuan.registry import EntryKind, payload

DAY_US = 24 * HOUR_US


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = Home.create(tmp_path / "home")
    keyring = Keyring.open(made.path / "keys")
    for name, city in (("B2", "苏州"), ("A1", "南京"), ("C3", "南京")):
        office_append(made, keyring, Kind.REGISTRY, payload(EntryKind.SITE, name, {
            "name": f"站{name}", "kind": "air", "city": city, "mn": f"MN{name}", "origin": "measured"}))
    lake = Lake(made.path / "lake")
    fill(lake, "observation", [observation("A1", start=T0 + HOUR_US), observation("A1", start=T0),
                               observation("B2", start=T0 - HOUR_US), observation("C3", start=T0 - 3 * DAY_US)])
    fill(lake, "figure", [figure("A1", "aqi.realtime", value="53"), figure("A1", "aqi.realtime", T0 - HOUR_US, "99"),
                          figure("B2", "aqi.daily", value="77")])
    return made.path


def listed(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, object]]:
    assert run(["stations", "--home", str(home), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_site_has_its_newest_period_and_index(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = listed(home, capsys)
    assert first == {"id": "A1", "name": "站A1", "city": "南京", "kind": "air", "origin": "measured",
                     "newest_us": T0 + HOUR_US, "received_us": T0 + 2 * HOUR_US, "aqi": "53", "aqi_us": T0}
    assert (second["id"], second["received_us"], second["aqi"]) == ("C3", None, None)
    assert (third["id"], third["newest_us"], third["aqi"]) == ("B2", T0 - HOUR_US, None)


def test_a_city_can_be_asked_for(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [row["id"] for row in listed(home, capsys, "--city", "苏州")] == ["B2"]
    assert listed(home, capsys, "--city", "无锡") == []


def test_the_table_counts_silent_sites(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "stations", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "3 sites, 1 of them without data" in " ".join(shown.split())
    assert "53 ◔" in shown


def test_an_empty_home_has_no_sites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Home.create(tmp_path / "empty")
    assert listed(tmp_path / "empty", capsys) == []
