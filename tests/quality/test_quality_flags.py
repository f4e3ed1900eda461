"""Closed lists and merging."""

import numpy as np
import pytest
from quality_rows import HOUR_US, PM10, PM25, SO2, T0, hours

from qingyuan.quality import (
    PRECEDENCE,
    Flag,
    Level,
    Series,
    What,
    check_hours,
    clock,
    difference,
    duplicate_conflict,
    flat_line,
    late,
    rate,
    recheck,
    worst,
)

RAISES = {
    What.RANGE: lambda: check_hours("s", {SO2: hours("801")}, T0, T0 + HOUR_US),
    What.RATE: lambda: check_hours("s", {SO2: hours("3", "404")}, T0, T0 + 9 * HOUR_US),
    What.FLAT_LINE: lambda: check_hours("s", {PM10: hours("53", "53", "53")}, T0, T0 + 9 * HOUR_US),
    What.PM_INVERSION: lambda: check_hours("s", {PM10: hours("53"), PM25: hours("54")}, T0, T0 + HOUR_US),
    What.NEGATIVE: lambda: check_hours("s", {SO2: hours("-1")}, T0, T0 + HOUR_US),
    What.SENTINEL: lambda: check_hours("s", {"a01001": hours("-99")}, T0, T0 + HOUR_US),
    What.MARK: lambda: check_hours("s", {SO2: hours("53", marks="M")}, T0, T0 + HOUR_US),
    What.DUPLICATE_CONFLICT: lambda: [duplicate_conflict("s", SO2, T0, 3600, "53", "54")],
    What.HOUR_SOURCE_DIFFERENCE: lambda: [difference("s", SO2, T0, "100", "102")],
    What.LATE: lambda: [late("s", SO2, T0, 3600, T0 + 3 * HOUR_US)],
    What.CLOCK: lambda: [clock("s", SO2, T0, 3600, T0)],
}


@pytest.mark.parametrize("what", What)
def test_every_kind_of_flag_is_raised_by_its_test(what):
    flag, = [f for f in RAISES[what]() if f.what is what]
    assert flag.rule.startswith(f"{what}@")
    assert recheck(flag)


def test_every_level_is_given_by_a_test():
    usable = np.array([True, True, True, False, True])
    series = Series.of(hours("1", "2", "999", "3", "4"))
    stepped = rate.check(series, SO2, usable).levels.tolist()
    assert stepped == [Level.NOT_EVALUATED, Level.GOOD, Level.SUSPECT, Level.MISSING, Level.NOT_EVALUATED]
    assert flat_line.check(series, SO2, usable).levels[3] == Level.MISSING
    fails = check_hours("s", {SO2: hours("3001")}, T0, T0 + HOUR_US)
    assert {*stepped, *(f.level for f in fails)} == set(Level)


def test_only_four_tests_may_fail_a_value():
    failing = {f.what for what in What for f in RAISES[what]() if f.level is Level.FAIL}
    beyond = check_hours("s", {SO2: hours("-6", "3001")}, T0, T0 + 2 * HOUR_US)
    failing |= {f.what for f in beyond if f.level is Level.FAIL}
    assert failing == {What.SENTINEL, What.MARK, What.NEGATIVE, What.RANGE}


@pytest.mark.parametrize("low", range(5))
@pytest.mark.parametrize("high", range(5))
def test_worst_goes_by_precedence(low, high):
    a, b = np.array([PRECEDENCE[low]], np.uint8), np.array([PRECEDENCE[high]], np.uint8)
    assert worst([a, b]).tolist() == worst([b, a]).tolist() == [PRECEDENCE[max(low, high)]]


def test_worst_keeps_points_apart_and_wants_a_test():
    assert worst([np.array([1, 3, 9], np.uint8), np.array([2, 4, 9], np.uint8)]).tolist() == [1, 4, 9]
    with pytest.raises(ValueError, match="no test"):
        worst([])


def test_cleared_flag_says_good_of_the_same_period():
    flag = Flag("s", SO2, T0, 3600, What.RANGE, Level.FAIL, "range@1", {"value": "3001", "fail_high": "3000"})
    taken_back = flag.cleared()
    assert (taken_back.level, taken_back.evidence, taken_back.rule) == (Level.GOOD, {}, "range@1")
    assert recheck(taken_back)
