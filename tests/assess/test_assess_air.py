"""Indices and statistics at their edges; the kernel equals the scalar functions."""

import numpy as np
import pytest

from qingyuan import assess
from qingyuan.assess import SYMBOLS, periods
from qingyuan.numerics import decimals
from qingyuan.standards import AirSettings

USUAL = {s: 1 if s == "CO" else 0 for s in SYMBOLS}


@pytest.mark.parametrize(("standard", "kind", "digits"), [
    ("HJ 633-2012", "realtime", 0), ("HJ 633-2012", "realtime", 3), ("HJ 633-2012", "daily", 0),
    ("HJ 633-2026", "realtime", 0), ("HJ 633-2026", "daily", 0)])
def test_the_kernel_equals_the_scalar_function(standard: str, kind: str, digits: int) -> None:
    random = np.random.default_rng(len(standard) + digits)
    places = [digits or USUAL[s] for s in SYMBOLS]
    tops = np.array([1200, 900, 160, 1400, 700, 600]) * 10 ** np.array(places)
    conc = np.stack([random.integers(-1, top, 1500) for top in tops], axis=1)
    conc[random.random(conc.shape) < 0.1] = -1
    rows = assess.aqi_rows(standard, kind, conc, digits=places)
    scalar = assess.aqi_realtime if kind == "realtime" else assess.aqi_daily
    for i, row in enumerate(conc.tolist()):
        texts = {s: None if v < 0 else decimals.to_text(v, p) for s, v, p in zip(SYMBOLS, row, places, strict=True)}
        one = scalar(texts, standard)
        assert (rows.aqi[i], rows.level[i]) == (-1 if one.aqi is None else one.aqi, one.level or -1), texts
        assert [s for n, s in enumerate(SYMBOLS) if rows.primary[i] >> n & 1] == one.primary
        assert rows.published[i] == (one.published != "NA")
        assert rows.iaqi[i].tolist() == [-1 if v is None else v for v in one.iaqi.values()]


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
    with pytest.raises(ValueError, match="six columns"):
        assess.aqi_rows("HJ 633-2026", "hourly", np.zeros((1, 6), np.int64))


def test_ozone_windows_may_reach_into_the_night() -> None:
    hours = ["200"] * 8 + ["50"] * 16
    assert assess.o3_mda8(hours, "160").end_hour == 8
    night = ["200"] * 6 + ["50"] * 18
    assert assess.o3_mda8(night, "160").value == 162
    every = assess.o3_mda8(night, "160", settings=AirSettings(o3_windows="01-24"))
    assert (every.value, every.end_hour) == (200, 6)
    with pytest.raises(ValueError, match="24 hours"):
        assess.o3_mda8(["1"], "160")


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


def test_ranks_after_ties_are_a_setting() -> None:
    index = {"a": "3.08", "b": "3.10", "c": "3.080"}
    assert assess.rank(index) == {"a": 1, "c": 1, "b": 3}
    assert assess.rank(index, settings=AirSettings(rank_ties="1-1-2")) == {"a": 1, "c": 1, "b": 2}


def test_small_statistics() -> None:
    assert assess.exceedance("75", "60") == "0.25"
    assert assess.compliance_rate(311, 365) == "85.2"
    assert assess.compliance_rate(0, 0) is None
    assert assess.percentile_text(["1", "2.5"], 50) == "1.75"
    assert float(assess.gas_at_298k("64")) == pytest.approx(58.634, abs=1e-3)
    with pytest.raises(LookupError):
        assess.composite_index({}, "no such method")
