"""The tables of thresholds."""

import pytest

from qingyuan.quality import LOOKBACK_HOURS, Series, limits
from qingyuan.quality.recheck import LEVELS
from qingyuan.vocabulary import factors, units

TABLES = {"range": ("fail_low", "suspect_low", "suspect_high", "fail_high"), "negative": ("tolerance",),
          "rate": ("per_hour",), "flat_line": ("from_value",), "sentinel": ("value",)}


@pytest.mark.parametrize("test", TABLES)
def test_rows_are_complete_and_their_rule_can_be_rechecked(test):
    assert limits.rule(test) in LEVELS
    for row in limits.rows(test):
        assert row["source"]
        assert row["status"] in ("proposal", "verified", "memory")
        assert all(Series.of([]).threshold(row[c]) is not None for c in TABLES[test] if row[c])


@pytest.mark.parametrize("test", [t for t in TABLES if t != "sentinel"])
def test_units_and_symbols_are_those_of_the_vocabulary(test):
    for code, row in limits.by_factor(test).items():
        assert factors.canonical(code) == code
        assert (factors.symbol_of(code) or "") == row["symbol"]
        assert units.factor10(row["unit"], factors.unit_of(code)) == 0


def test_spans_are_nested():
    for row in limits.rows("range"):
        bounds = [float(row[c]) for c in TABLES["range"] if row[c]]
        assert bounds == sorted(bounds)


def test_lookback_covers_the_longest_run():
    assert LOOKBACK_HOURS == max(int(r["hours"]) for r in limits.rows("flat_line")) - 1 == 3
    assert {r["symbol"]: r["hours"] for r in limits.rows("flat_line")} == {
        "SO2": "4", "NO2": "4", "CO": "4", "O3": "4", "PM10": "3", "PM2.5": "3"}      # rule I04


def test_mixed_versions_are_refused(monkeypatch):
    limits.rule.cache_clear()
    monkeypatch.setattr(limits, "rows", lambda _: ({"rule": "x@1"}, {"rule": "x@2"}))
    with pytest.raises(ValueError, match="one is wanted"):
        limits.rule("x")
    limits.rule.cache_clear()
