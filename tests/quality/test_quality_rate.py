"""Steps from hour to hour."""

import numpy as np
import pytest
from quality_rows import PM25, SO2, hours

from qingyuan.quality import Series, rate

NOT_EVALUATED, GOOD, SUSPECT, MISSING = 2, 1, 3, 9


def levels(*texts, usable=None, factor=SO2):
    series = Series.of(hours(*texts))
    mask = np.array(usable or [True] * len(series), bool)
    return rate.check(series, factor, mask).levels.tolist()


@pytest.mark.parametrize(("second", "expected"), [
    ("401", GOOD), ("401.001", SUSPECT), ("1", GOOD)])
def test_step_at_the_limit_is_good(second, expected):
    assert levels("1", second) == [NOT_EVALUATED, expected]


def test_spike_is_two_steps():
    assert levels("10", "500", "12", "13") == [NOT_EVALUATED, SUSPECT, SUSPECT, GOOD]


def test_gap_and_unusable_values_are_no_step():
    assert levels("1", None, "900") == [NOT_EVALUATED, NOT_EVALUATED]
    assert levels("1", "900", "2", usable=[True, False, True]) == [NOT_EVALUATED, MISSING, NOT_EVALUATED]


def test_factor_without_limit_is_not_evaluated():
    assert levels("1", "900", factor="w01018") == [NOT_EVALUATED] * 2
    assert levels(factor=SO2) == []


def test_evidence_holds_both_values():
    series = Series.of(hours("10", "211.0"))
    assert rate.check(series, PM25, np.array([True, True])).evidence == {
        1: {"before": "10", "value": "211.0", "per_hour": "200"}}


def test_wide_values_do_not_overflow():
    assert levels("-999999999999999999", "999999999999999999") == [NOT_EVALUATED, SUSPECT]
