"""Indices and statistics at their edges."""

import numpy as np
import pytest

from qingyuan import assess
from qingyuan.assess import SYMBOLS, periods
from qingyuan.standards import AirSettings


@pytest.mark.parametrize(("standard", "pollutant", "averaging", "value", "index"), [
    ("HJ 633-2012", "PM2.5", "24h", "35", 50), ("HJ 633-2012", "PM2.5", "24h", "75", 100),
    ("HJ 633-2026", "PM2.5", "24h", "75", 114), ("HJ 633-2026", "PM2.5", "24h", "60.5", 100),
    ("HJ 633-2026", "PM2.5", "24h", "0", 0), ("HJ 633-2026", "PM10", "24h", "601", 500),
    ("HJ 633-2012", "SO2", "1h", "800", 200), ("HJ 633-2012", "SO2", "1h", "800.4", None),
    ("HJ 633-2026", "SO2", "1h", "801", 200), ("HJ 633-2026", "O3", "8h", "801", 300),
    ("HJ 633-2012", "CO", "1h", "5.333", 54), ("HJ 633-2026", "CO", "1h", "5.333", 53),
    ("HJ 633-2012", "CO", "24h", "5.333", 107), ("HJ 633-2026", "PM2.5", "24h", None, None),
    ("HJ 633-2026", "PM2.5", "24h", "-3", None)])
def test_sub_indices_at_their_edges(standard: str, pollutant: str, averaging: str, value: str | None,
                                    index: int | None) -> None:
    assert assess.iaqi(standard, pollutant, averaging, value) == index


def test_text_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no plain decimal"):
        assess.iaqi("HJ 633-2026", "PM2.5", "24h", "--")


def test_a_trace_names_the_bracket_that_was_used() -> None:
    assert assess.iaqi_trace("HJ 633-2026", "PM2.5", "24h", "61.5") == {
        "input": "62", "lo_c": "60", "hi_c": "115", "lo_i": 100, "hi_i": 150, "iaqi": 102}
    assert assess.iaqi_trace("HJ 633-2026", "PM2.5", "24h", "501") == {
        "input": "501", "lo_c": None, "hi_c": None, "lo_i": None, "hi_i": None, "iaqi": 500}


GOOD = {"SO2": "10", "NO2": "15", "CO": "0.5", "O3": "60", "PM10": "50", "PM2.5": "40"}


@pytest.mark.parametrize(("change", "not_in_plan", "published"), [
    ({}, (), 68), ({"O3": None}, (), "NA"), ({"O3": None}, ("O3",), 68), ({"O3": "-3"}, (), "NA"),
    ({"O3": None, "PM2.5": "61"}, (), 101), ({"O3": None, "PM2.5": "60"}, (), "NA")])
def test_an_index_with_a_gap_is_published_above_100_only(change: dict[str, str | None], not_in_plan: tuple[str, ...],
                                                         published: int | str) -> None:
    found = assess.aqi_daily({**GOOD, "PM2.5": "44", **change}, "HJ 633-2026", not_in_plan)
    assert found.published == published
    assert (found.primary_published == "NA", found.level_published == "NA") == (published == "NA",) * 2
    assert "exceeding" not in found.expected()


def test_a_pollutant_outside_the_plan_may_be_absent_and_one_inside_may_not() -> None:
    absent = {s: value for s, value in GOOD.items() if s != "CO"}
    assert assess.aqi_daily(absent, "HJ 633-2026", ("CO",)).published == 60
    assert assess.aqi_daily(absent, "HJ 633-2026").published == "NA"
    assert "CO" not in assess.aqi_daily(absent, "HJ 633-2026", ("CO",)).iaqi


def test_the_edition_of_2012_names_what_exceeds_and_shows_every_index() -> None:
    found = assess.aqi_daily({**GOOD, "O3": "801", "PM10": "160", "PM2.5": "80"}, "HJ 633-2012")
    assert (found.iaqi["O3"], found.exceeding, found.published) == (None, ["PM10", "PM2.5"], 107)
    assert "published" not in found.expected()


@pytest.mark.parametrize("standard", ["HJ 633-2012", "HJ 633-2026"])
def test_nothing_measured_gives_no_index(standard: str) -> None:
    found = assess.aqi_realtime(dict.fromkeys(SYMBOLS), standard)
    assert (found.aqi, found.level, found.category, found.primary, found.published) == (None, None, None, [], "NA")


def test_ozone_windows_may_reach_into_the_night() -> None:
    hours = ["200"] * 8 + ["50"] * 16
    assert assess.o3_mda8(hours, "160").end_hour == 8
    night = ["200"] * 6 + ["50"] * 18
    assert assess.o3_mda8(night, "160").value == 162
    every = assess.o3_mda8(night, "160", settings=AirSettings(o3_windows="01-24"))
    assert (every.value, every.end_hour) == (200, 6)
    with pytest.raises(ValueError, match="24 hours"):
        assess.o3_mda8(["1"], "160")


def test_a_day_with_few_windows_is_valid_above_the_limit_only() -> None:
    few: list[str | None] = [None] * 10 + ["160.4"] * 14
    assert assess.o3_mda8(few, "160") == assess.Mda8(9, 160, 16, False)      # 160.4 is printed as 160
    assert assess.o3_mda8(few, "159").valid
    assert not assess.o3_mda8(few, None).valid
    assert assess.o3_mda8([None] * 18 + ["300"] * 5 + [None], "160") == assess.Mda8(0, None, None, False)


@pytest.mark.parametrize(("days", "valid"), [
    ([27, 25, *[27] * 10], False), ([31, 25, 31, 30, 31, 30, 31, 27, 27, 27, 27, 27], True),
    ([31, 24, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], False)])
def test_a_year_needs_every_month_and_324_days(days: list[int], valid: bool) -> None:
    assert assess.annual_validity(days)[1] is valid


@pytest.mark.parametrize(("minutes", "span", "valid"), [
    (9, 300, True), (8, 300, False), (45, 60, True), (44, 60, False)])
def test_an_hour_needs_45_minutes(minutes: int, span: int, valid: bool) -> None:
    values = np.full(minutes, 305, np.int64)
    found, count = periods.hour_from_minutes(values, 1, np.ones(minutes, bool), span, "a34004")
    assert count == minutes * span // 60
    assert found == ((30, 0) if valid else None)       # 30.5 goes to the even digit


def test_small_statistics() -> None:
    assert assess.exceedance("75", "60") == "0.25"
    assert assess.compliance_rate(311, 365) == "85.2"
    assert assess.compliance_rate(0, 0) is None
    assert assess.percentile_text(["1", "2.5"], 50) == "1.75"
    assert float(assess.gas_at_298k("64")) == pytest.approx(58.634, abs=1e-3)
    with pytest.raises(ValueError, match="12 months"):
        assess.annual_validity([31])
