"""Late, repeated, corrected, out-of-order and marked data; two clocks; what changed and why."""

from pathlib import Path

import homes
import pytest

from qingyuan.evidence.leaf import CrcVariant, FrameLeaf, Verdict
from qingyuan.lake import Lake
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import explain
from qingyuan.pipeline.figure import HOUR_US, Figure
from qingyuan.pipeline.intake import Arrival, read
from qingyuan.pipeline.reasons import Reason, Unplaced
from qingyuan.registry import Registry

NOON = parse_cst("20200401120000") or 0
SIX = {"a21026": "6", "a21004": "40", "a21005": "0.8", "a05024": "60", "a34002": "70", "a34004": "35"}
AQI = "aqi.realtime/S1/2020-04-01T12:00"


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 2 * HOUR_US)
    return made


def versions(station: homes.Station, name: str, subject: str = "S1", start: int = NOON) -> list[Figure]:
    lake = Lake(station.home.path / "lake")
    found = [f for t in rows.TABLES for f in rows.figures(lake.read(t, sites=[subject], all_versions=True))]
    return sorted((f for f in found if f.name == name and f.start == start), key=lambda f: f.version)


def test_a_repeated_telegram_is_answered_again_and_changes_nothing(station: homes.Station) -> None:
    frame = station.frame(NOON, SIX)
    first, again = station.send(frame), station.send(frame)
    assert first == again
    station.close()
    pipeline = homes.run(station.home)
    assert pipeline.progress.arrivals == 1
    assert [f.value for f in versions(station, "aqi.realtime")] == ["60"]


def test_the_same_content_under_another_number_changes_nothing(station: homes.Station) -> None:
    station.send(station.frame(NOON, SIX, qn=1))
    station.settle()
    station.send(station.frame(NOON, SIX, qn=2))
    station.close()
    assert homes.run(station.home).progress.observations == 6
    assert len(versions(station, "hour.PM2.5")) == 1


def test_a_correction_is_a_second_version_and_the_first_stays_true_of_its_time(station: homes.Station) -> None:
    station.send(station.frame(NOON, SIX, qn=1))
    station.settle()
    station.send(station.frame(NOON, {**SIX, "a34004": "75"}, qn=2))
    station.close()
    homes.run(station.home)
    first, second = versions(station, "aqi.realtime")
    assert (first.value, first.reason) == ("60", Reason.FIRST)
    assert (second.value, second.reason, second.version) == ("100", Reason.CORRECTED_DATA, 2)
    assert first.believed_from < second.believed_from
    found = rows.flags(Lake(station.home.path / "lake").read("flag"))
    flags = [f for f in found if f.what.value == "duplicate_conflict"]
    assert [(f.factor, f.evidence["first"], f.evidence["second"]) for f in flags] == [
        ("a34004", "avg=35 mark=N", "avg=75 mark=N")]
    assert explain(station.home, AQI, first.believed_from).figure.value == "60"
    found = explain(station.home, AQI)
    assert found.figure.value == "100"
    assert [(c.after.value, len(c.new_leaves), len(c.gone_leaves)) for c in found.changes] == [
        ("60", 0, 0), ("100", 1, 0)]       # the other five factors still rest on the first telegram


def test_a_late_factor_completes_the_hour_with_the_reason_late(station: homes.Station) -> None:
    station.send(station.frame(NOON, {c: v for c, v in SIX.items() if c != "a34002"}, qn=1))
    station.settle()
    station.send(station.frame(NOON, {"a34002": "170"}, qn=2))
    station.close()
    homes.run(station.home)
    assert [(f.value, f.reason) for f in versions(station, "aqi.realtime")] == [
        ("50", Reason.FIRST), ("110", Reason.LATE_DATA)]


def test_data_late_or_ahead_of_time_are_flagged(station: homes.Station) -> None:
    station.send(station.frame(NOON - 3 * HOUR_US, SIX, qn=1), station.frame(NOON + HOUR_US, SIX, qn=2),
                 station.frame(NOON + 5 * HOUR_US, SIX, qn=3))
    station.close()
    homes.run(station.home)
    flags = {(f.start_us, f.what.value) for f in rows.flags(Lake(station.home.path / "lake").read("flag"))
             if f.factor == "a34004"}
    assert (NOON - 3 * HOUR_US, "late") in flags
    assert (NOON + HOUR_US, "late") not in flags
    assert versions(station, "hour.PM2.5", start=NOON + 5 * HOUR_US) == []      # that hour has not closed yet


def test_hours_out_of_order_come_out_as_in_order(station: homes.Station) -> None:
    station.send(station.frame(NOON + HOUR_US, {**SIX, "a34004": "20"}, qn=2))
    station.settle()
    station.send(station.frame(NOON, SIX, qn=1))
    station.close()
    homes.run(station.home)
    assert [f.value for f in versions(station, "hour.PM2.5")] == ["35"]
    assert [f.value for f in versions(station, "hour.PM2.5", start=NOON + HOUR_US)] == ["20"]


@pytest.mark.parametrize(("value", "mark", "why"), [
    ("-999", "N", "sentinel"), ("35", "D", "mark"), ("-20", "N", "negative"), ("99999", "N", "sentinel")])
def test_values_that_cannot_count_are_shown_and_left_out(station: homes.Station, value: str, mark: str,
                                                         why: str) -> None:
    station.send(station.frame(NOON, {"a34004": value}, mark=mark))
    station.close()
    homes.run(station.home)
    (hour,) = versions(station, "hour.PM2.5")
    assert not hour.valid
    assert why in hour.details()["excluded"]
    flags = list(rows.flags(Lake(station.home.path / "lake").read("flag")))
    assert why in {flag.what.value for flag in flags}


def test_the_edition_is_chosen_by_the_date_of_the_data(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    march = parse_cst("20260301120000") or 0
    made.replay(march + 2 * HOUR_US)
    made.send(made.frame(march, {**SIX, "a34004": "75"}), made.frame(march - 24 * HOUR_US, {**SIX, "a34004": "75"}))
    made.close()
    homes.run(made.home)
    (after,), (before,) = versions(made, "aqi.realtime", start=march), versions(
        made, "aqi.realtime", start=march - 24 * HOUR_US)
    assert (after.standard, after.value) == ("HJ 633-2026", "114")
    assert (before.standard, before.value) == ("HJ 633-2012", "100")


def test_an_incomplete_hour_is_published_as_na_under_2026_unless_it_is_bad(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    march = parse_cst("20260301120000") or 0
    made.replay(march + 3 * HOUR_US)
    made.send(made.frame(march, {"a34004": "40"}), made.frame(march + HOUR_US, {"a34004": "80"}))
    made.close()
    homes.run(made.home)
    assert [f.value for f in versions(made, "aqi.realtime", start=march)] == ["NA"]
    assert [f.value for f in versions(made, "aqi.realtime", start=march + HOUR_US)] == ["119"]


def test_minutes_make_the_hour_where_none_is_sent_and_a_difference_is_flagged(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site(minute_interval_s=300)
    made.replay(NOON + 2 * HOUR_US)
    minutes = [made.frame(NOON + i * 300_000_000, {"a34004": str(30 + i), "a21026": "7.5"}, cn="2051", qn=i)
               for i in range(12)]
    made.send(*minutes, made.frame(NOON, {"a34004": "40"}, qn=99))
    made.close()
    homes.run(made.home)
    (so2,), (pm25,) = versions(made, "hour.SO2"), versions(made, "hour.PM2.5")
    assert (so2.value, so2.details()["source"], so2.details()["minutes"]) == ("8", "minutes", 60)
    assert (pm25.value, pm25.details()["source"]) == ("40", "sent")
    flags = {f.what.value for f in rows.flags(Lake(made.home.path / "lake").read("flag"))}
    assert "hour_source_difference" in flags
    assert explain(made.home, "hour.SO2/S1/2020-04-01T12:00").steps[-1]["op"] == "mean"


def test_fewer_than_45_minutes_make_no_hour(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site(minute_interval_s=600)
    made.replay(NOON + 2 * HOUR_US)
    made.send(*[made.frame(NOON + i * 600_000_000, {"a34004": "30"}, cn="2051", qn=i) for i in range(4)])
    made.close()
    homes.run(made.home)
    (hour,) = versions(made, "hour.PM2.5")
    assert (hour.valid, hour.details()["excluded"]) == (False, ["too_few_minutes"])


def test_a_changed_unit_in_the_registry_publishes_again_with_that_reason(station: homes.Station) -> None:
    station.send(station.frame(NOON, {"a34004": "35"}))
    station.settle()
    station.site(units={"a34004": "mg/m3"})
    station.settle()
    station.close()
    homes.run(station.home)
    assert [(f.value, f.reason) for f in versions(station, "hour.PM2.5")] == [
        ("35", Reason.FIRST), ("35000", Reason.REGISTRY)] or [f.reason for f in versions(
            station, "hour.PM2.5")][-1] == Reason.REGISTRY


@pytest.mark.parametrize(("units", "value", "why"), [
    ({"a34004": "ppm"}, "35", "unit"), ({"a34004": "mg/m3"}, "9" * 18, "too_large"), ({}, "9" * 18, "range"),
    ({"x99999": "mg/L"}, "35", None)])
def test_no_unit_and_no_number_stops_the_pipeline(tmp_path: Path, units: dict, value: str, why: str | None) -> None:
    made = homes.Station(tmp_path / "home")
    made.site(units=units)
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, {"a34004": value, "x99999": value, "a21026": "6"}),
              *[made.frame(NOON + i * 300_000_000, {"a21004": "9" * 18 if i % 2 else "0.1"}, cn="2051", qn=i + 9)
                for i in range(12)])
    made.close()
    homes.run(made.home)
    (hour,) = versions(made, "hour.PM2.5")
    assert why is None or why in hour.details()["excluded"]
    assert [f.unit for f in versions(made, "hour.x99999")] == [units.get("x99999", "")]
    assert [f.value for f in versions(made, "hour.SO2")] == ["6"]
    explain(made.home, "hour.PM2.5/S1/2020-04-01T12:00")


def test_a_stack_is_published_in_milligrams_and_not_held_to_ambient_thresholds(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.site(kind="gas", st="31")
    made.replay(NOON + 6 * HOUR_US)
    made.send(*[made.frame(NOON + i * HOUR_US, {"a21026": "3500.0", "a01012": "118.4"}, qn=i) for i in range(5)])
    made.close()
    homes.run(made.home)
    (so2,) = versions(made, "hour.SO2")
    assert (so2.value, so2.unit, so2.valid) == ("3500.0", "mg/m3", True)
    assert so2.standard == "HJ 212-2017"       # GB 3095 speaks of ambient air
    assert [f.unit for f in versions(made, "hour.a01012")] == ["degC"]
    flags = {f.what.value for f in rows.flags(Lake(made.home.path / "lake").read("flag"))}
    assert flags <= {"late"}
    assert versions(made, "aqi.realtime") == []


def test_every_reason_for_no_observation_is_counted(station: homes.Station) -> None:
    from qingyuan import hj212

    head = [("QN", "20200401120000001"), ("ST", "22"), ("CN", "2061"), ("PW", "pw-S1"), ("MN", "MN-S1"), ("Flag", "5")]
    station.send(
        hj212.encode([*head[:2], ("CN", "2081"), *head[3:]], [[("DataTime", "20200401120000")]]),
        hj212.encode(head, [[("a34004-Avg", "3")]]),
        hj212.encode(head, [[("DataTime", "20200401120000")]]))
    station.close()
    unplaced = homes.run(station.home).progress.unplaced
    assert unplaced == {Unplaced.NOT_DATA: 1, Unplaced.NO_TIME: 1, Unplaced.NO_FACTOR: 1}
    frame = FrameLeaf("", 0, 0, CrcVariant.STANDARD, Verdict.ACCEPTED, (), b"", station.frame(NOON, SIX))
    nobody = read(Arrival("gw1", 0, 0, frame), Registry())
    assert {*unplaced, nobody} == set(Unplaced)


def test_quarantined_frames_count_after_registration_from_their_admission_on(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home")
    made.replay(NOON + 2 * HOUR_US)
    made.send(made.frame(NOON, SIX), made.frame(NOON, {"a34004": "99"}, name="S2"))
    assert made.committer.counters.rejected["unknown_mn"] == 2
    made.committer.upkeep()
    made.settle()
    made.site()
    made.register("admission", "first", {"ledger": "gw1.quarantine", "mn": "MN-S1", "from_leaf": 0, "to_leaf": 2})
    made.settle()
    made.close()
    homes.run(made.home)
    assert [f.value for f in versions(made, "aqi.realtime")] == ["60"]
    assert {ledger for ledger, _ in explain(made.home, AQI).leaves.used()} == {"gw1.quarantine", "office"}
    assert versions(made, "hour.PM2.5", subject="S2") == []
