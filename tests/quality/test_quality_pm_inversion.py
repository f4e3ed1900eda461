"""More PM2.5 than PM10."""

import numpy as np
import pytest
from quality_rows import HOUR_US, PM10, PM25, T0, hours

from qingyuan.quality import Series, check_hours, pm_inversion

GOOD, NOT_EVALUATED, SUSPECT, MISSING = 1, 2, 3, 9


def levels(pm25, pm10, usable25=None, usable10=None):
    a, b = Series.of(pm25), Series.of(pm10)
    masks = [np.array(usable or [True] * len(s), bool) for s, usable in ((a, usable25), (b, usable10))]
    return pm_inversion.check(a, b, *masks).levels.tolist()


@pytest.mark.parametrize(("pm25", "expected"), [
    ("34", GOOD), ("35", GOOD), ("35.0", GOOD), ("35.1", SUSPECT)])
def test_equal_is_good(pm25, expected):
    assert levels(hours(pm25), hours("35")) == [expected]


def test_scales_may_differ_beyond_int64():
    assert levels(hours("35.0000000000000001"), hours("35")) == [SUSPECT]


def test_hours_are_matched_by_start():
    assert levels(hours("50", "50", "50"), hours(None, "40", "60")) == [NOT_EVALUATED, SUSPECT, GOOD]


def test_values_that_do_not_count_are_left_out():
    found = levels(hours("50", "50"), hours("40", "40"), [False, True], [True, False])
    assert found == [MISSING, NOT_EVALUATED]


def test_flag_is_on_pm25_and_only_suspect():
    found = check_hours("s", {PM25: hours("900"), PM10: hours("1")}, T0, T0 + HOUR_US)
    flag, = [f for f in found if f.what == "pm_inversion"]
    assert (flag.factor, flag.level, flag.evidence) == (PM25, SUSPECT, {"pm25": "900", "pm10": "1"})
