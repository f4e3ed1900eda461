"""Tests that look at single values: below, at and above each threshold."""

import pytest
from quality_rows import CO, PM10, PM25, SO2, hours

from qingyuan.quality import Series, mark, negative, sentinel, spans

GOOD, NOT_EVALUATED, SUSPECT, FAIL = 1, 2, 3, 4


@pytest.mark.parametrize(("factor", "text", "expected"), [
    (SO2, "0", GOOD), (SO2, "800", GOOD), (SO2, "800.001", SUSPECT), (SO2, "3000", SUSPECT),
    (SO2, "3001", FAIL),
    (SO2, "-500", GOOD), (CO, "20.0", GOOD), (CO, "20.1", SUSPECT), (CO, "150.1", FAIL),
    ("a01002", "100", GOOD), ("a01002", "100.1", FAIL), ("a01002", "-0.1", FAIL),
    ("a01001", "-45", GOOD), ("a01001", "-45.1", SUSPECT), ("a01001", "-60.1", FAIL),
    ("w01001", "3.99", SUSPECT), ("w01001", "7", GOOD), ("w01001", "14.01", FAIL),
    ("w99999", "1", NOT_EVALUATED),
    (SO2, "999999999999999999", FAIL), (SO2, "20.000000000000000", GOOD),
])
def test_range(factor, text, expected):
    outcome = spans.check(Series.of(hours(text)), factor)
    assert outcome.levels.tolist() == [expected]
    assert (0 in outcome.evidence) == (expected in (SUSPECT, FAIL))


@pytest.mark.parametrize(("factor", "text", "expected"), [
    (SO2, "0", GOOD), (SO2, "-0.001", SUSPECT), (SO2, "-5", SUSPECT), (SO2, "-5.1", FAIL),
    (CO, "-0.6", SUSPECT), (CO, "-0.7", FAIL), ("w01018", "-0.1", FAIL), ("a01001", "-20", NOT_EVALUATED),
])
def test_negative(factor, text, expected):
    assert negative.check(Series.of(hours(text)), factor).levels.tolist() == [expected]


@pytest.mark.parametrize(("factor", "text", "expected"), [
    (SO2, "-99", FAIL), (SO2, "-99.0", FAIL), (SO2, "-99.1", GOOD), (SO2, "-999", FAIL), (SO2, "-9999", FAIL),
    (SO2, "9999", FAIL), (SO2, "99999", FAIL), (SO2, "999.9", FAIL), (SO2, "999.90", FAIL),
    (SO2, "999", GOOD), (PM10, "999.9", GOOD), ("w00000", "9999", GOOD), ("w00000", "-9999", FAIL),
    ("a01001", "-99.9", FAIL), (PM25, "99999.000000000000", FAIL),
])
def test_sentinel(factor, text, expected):
    assert sentinel.check(Series.of(hours(text)), factor).levels.tolist() == [expected]


def test_mark():
    letters = [None, "N", "S", "F", "M", "D", "C", "T", "B", "x"]
    outcome = mark.check(Series.of(hours(*["5"] * 10, marks=letters)))
    assert outcome.levels.tolist() == [GOOD] * 3 + [FAIL] * 7
    assert outcome.evidence[4] == {"mark": "M"}


def test_evidence_says_the_value_as_it_was_sent_and_the_thresholds():
    series = Series.of(hours("1.5", "900.50"))
    assert spans.check(series, SO2).evidence == {
        1: {"value": "900.50", "suspect_high": "800", "fail_high": "3000"}}
    assert negative.check(Series.of(hours("-1.0")), SO2).evidence == {0: {"value": "-1.0", "tolerance": "5"}}
