"""What a careless logger or a wrong registry entry may bring: figures stay right, provable and equal in a rebuild."""

import os
from pathlib import Path

import homes
import pytest

from qingyuan.evidence import verify_bundle
from qingyuan.gateway.committer import Committer
from qingyuan.lake import Lake
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import explain, write_bundle
from qingyuan.pipeline.figure import HOUR_US, Figure
from qingyuan.pipeline.follow import run_once
from qingyuan.pipeline.rebuild import rebuild
from qingyuan.quality import What
from qingyuan.registry import Register

NOON = parse_cst("20260401120000") or 0
PM25 = "hour.PM2.5/S1/2026-04-01T12:00"
SECOND_US = 1_000_000


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    made.replay(NOON + 2 * HOUR_US)
    return made


def versions(station: homes.Station, name: str, subject: str = "S1", start: int = NOON) -> list[Figure]:
    lake = Lake(station.home.path / "lake")
    found = [f for t in rows.TABLES for f in rows.figures(lake.read(t, sites=[subject], all_versions=True))]
    return sorted((f for f in found if f.name == name and f.start == start), key=lambda f: f.version)


def holds(station: homes.Station, figure: str) -> bool:
    return all(check.ok for check in verify_bundle.check(write_bundle(station.home, explain(station.home, figure))))


def minutes(station: homes.Station, values: list[str], step_s: int = 600, **more: str) -> None:
    for number, value in enumerate(values):
        start = NOON + number * step_s * SECOND_US
        station.send(station.frame(start, {"a34004": value, **more}, cn="2051", qn=number))


def test_the_hour_of_a_stack_keeps_the_digits_its_minutes_came_with(station: homes.Station) -> None:
    station.site(kind="gas", st="31", units={"a21026": "mg/m3"})
    for number, value in enumerate(("14.2", "14.9", "14.5", "14.6", "14.3", "14.7")):
        station.send(station.frame(NOON + number * 600_000_000, {"a21026": value}, cn="2051", qn=number))
    station.send(station.frame(NOON, {"a21026": "14.53"}, qn=9))
    station.settle()
    station.close()
    homes.run(station.home)
    lake = Lake(station.home.path / "lake")
    assert [f.what for f in rows.flags(lake.read("flag")) if f.what is What.HOUR_SOURCE_DIFFERENCE] == []


def test_minutes_that_stand_for_nothing_do_not_enter_the_hour(station: homes.Station) -> None:
    station.site(hour_source="minutes")
    minutes(station, ["30", "30", "-999", "36", "30", "30"], a34002="99999")
    station.close()
    homes.run(station.home)
    pm25, pm10 = versions(station, "hour.PM2.5")[-1], versions(station, "hour.PM10")[-1]
    assert (pm25.value, pm25.details()["minutes"], pm25.details()["minutes_left_out"]) == ("31", 50, 1)
    assert (pm10.value, pm10.details()["excluded"]) == ("", ["too_few_minutes"])
    assert len([s for s in explain(station.home, PM25).steps if s["op"] == "telegram"]) == 5
    assert holds(station, PM25)


@pytest.mark.parametrize(("count", "valid"), [(44, False), (45, True)])
def test_minutes_are_counted_as_they_come_and_not_as_registered(station: homes.Station, count: int,
                                                                valid: bool) -> None:
    station.site()                                       # registered with the default of ten minutes
    minutes(station, ["30"] * count, step_s=60)
    station.close()
    homes.run(station.home)
    hour = versions(station, "hour.PM2.5")[-1]
    assert (hour.valid, hour.details()["minutes"]) == (valid, count)


def test_of_two_telegrams_for_one_hour_the_last_is_believed_also_after_a_restart(station: homes.Station) -> None:
    station.site()
    for number, (start, value) in enumerate([(NOON + 30 * SECOND_US, "50"), (NOON, "60")]):
        station.send(station.frame(start, {"a34004": value}, qn=number))
        station.settle()
        homes.run(station.home)
    station.send(station.frame(NOON, {"a34002": "80"}, qn=3))
    station.close()
    homes.run(station.home)
    assert versions(station, "hour.PM2.5")[-1].value == "60"
    assert rebuild(station.home).equal
    assert holds(station, PM25)


def test_a_factor_under_two_of_its_codes_is_proven_by_the_one_believed(station: homes.Station) -> None:
    station.site()
    station.send(station.frame(NOON, {"02": "7", "a21026": "9"}))
    station.close()
    homes.run(station.home)
    assert versions(station, "hour.SO2")[-1].value == "9"
    assert holds(station, "hour.SO2/S1/2026-04-01T12:00")


@pytest.mark.parametrize("ledger", ["nowhere", "../office", "gw1.quarantine"])
def test_an_admission_of_leaves_that_are_not_there_stops_nothing(station: homes.Station, ledger: str) -> None:
    station.site()
    station.register("admission", "odd", {"ledger": ledger, "mn": "MN-S1", "from_leaf": 7, "to_leaf": 9})
    station.send(station.frame(NOON, {"a34004": "50"}))
    station.close()
    homes.run(station.home)
    assert [f.value for f in versions(station, "hour.PM2.5")] == ["50"]
    assert rebuild(station.home).equal


def test_a_site_that_changes_its_city_changes_the_figures_of_both(station: homes.Station) -> None:
    station.site(city="")
    station.send(station.frame(NOON, {"a34004": "50"}))
    for city in ("南京", "苏州"):
        station.settle()
        station.site(city=city)
    station.settle()
    station.close()
    homes.run(station.home)
    assert [(f.value, f.reason) for f in versions(station, "hour.PM2.5", "city:南京")] == [
        ("50", "first"), ("", "registry")]
    assert [f.value for f in versions(station, "hour.PM2.5", "city:苏州")] == ["50"]
    assert rebuild(station.home).equal


@pytest.mark.parametrize("gone", ["end", "log"])
def test_telegrams_of_the_successor_of_a_shortened_ledger_become_figures(station: homes.Station, gone: str) -> None:
    station.site()
    station.send(station.frame(NOON, {"a34004": "50"}, qn=1))
    station.close()
    homes.run(station.home)
    log = next(station.home.ledger_path("gw1").glob("*.log"))
    if gone == "end":
        os.truncate(log, log.stat().st_size - 3)
    else:
        log.unlink()
    station.committer = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    assert station.committer.ledger == "gw1-2"
    station.send(station.frame(NOON + HOUR_US, {"a34004": "60"}, qn=2))
    station.settle()
    station.close()
    run_once(station.home)
    assert [f.value for f in versions(station, "hour.PM2.5", start=NOON + HOUR_US)] == ["60"]
    assert [f.value for f in versions(station, "hour.PM2.5")] == ["50"]


def test_an_index_that_is_not_published_states_only_the_sub_indices(station: homes.Station) -> None:
    """HJ 633-2026 5.3.1: with a pollutant missing and no sub-index above 100, index, level and primary are NA."""
    station.site()
    station.send(station.frame(NOON, {"a34004": "50", "a34002": "70"}),
                 station.frame(NOON + HOUR_US, {"a34004": "100"}, qn=1))
    station.close()
    homes.run(station.home)
    missing, above = versions(station, "aqi.realtime")[-1], versions(station, "aqi.realtime", start=NOON + HOUR_US)[-1]
    detail = missing.details()
    assert (missing.value, missing.mantissa) == ("NA", None)
    assert (detail["aqi"], detail["level"], detail["primary"]) == (None, None, [])
    assert [symbol for symbol, index in detail["iaqi"].items() if index is not None] == ["PM10", "PM2.5"]
    assert not [s for s in explain(station.home, str(missing.key)).steps if s["op"] == "max"]
    assert (above.valid, above.details()["aqi"], above.details()["primary"]) == (True, int(above.value), ["PM2.5"])
