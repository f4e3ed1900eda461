"""All tests of a site together."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_rows import CO, HOUR_US, NO2, O3, PM10, PM25, SO2, T0, hours

from qingyuan.quality import LOOKBACK_HOURS, check_hours, recheck

VALUES = st.sampled_from(["40", "40.0", "41", "7", "-1", "-8", "-999", "9999", "999.9", "2500", "3.25", "700",
                          None])
MARKS = st.sampled_from([None, None, None, "N", "M", "D"])
COLUMN = st.lists(st.tuples(VALUES, MARKS), min_size=24, max_size=24)
SITE = st.dictionaries(st.sampled_from([SO2, NO2, CO, PM10, PM25, "a01001"]), COLUMN, min_size=1, max_size=3)
END = T0 + 24 * HOUR_US


def rows(site):
    return {factor: hours(*(v for v, _ in column), marks=[m for _, m in column])
            for factor, column in site.items()}


@settings(max_examples=60, deadline=None)
@given(SITE, st.lists(st.integers(0, 24), max_size=5))
def test_any_cut_into_windows_gives_the_same_flags(site, cuts):
    data = rows(site)
    whole = check_hours("s", data, T0, END)
    edges = sorted({0, 24, *cuts})
    pieces = []
    for first, last in pairwise(edges):
        begin, end = T0 + first * HOUR_US, T0 + last * HOUR_US
        seen = begin - LOOKBACK_HOURS * HOUR_US
        window = {f: [r for r in column if seen <= r[0] < end] for f, column in data.items()}
        pieces += check_hours("s", window, begin, end)
    assert sorted(pieces, key=lambda f: (f.factor, f.start_us, f.what)) == whole


@settings(max_examples=60, deadline=None)
@given(SITE)
def test_every_flag_can_be_computed_again_from_its_record(site):
    flags = check_hours("s", rows(site), T0, END)
    assert all(map(recheck, flags))
    assert max(Counter((f.factor, f.start_us, f.what) for f in flags).values(), default=1) == 1


def test_one_bad_value_does_not_accuse_its_neighbours():
    found = check_hours("s", {NO2: hours("40", "-999", "41", "42")}, T0, END)
    assert [(f.start_us - T0, f.what, f.level) for f in found] == [
        (HOUR_US, "negative", 4), (HOUR_US, "sentinel", 4)]


def test_only_the_window_is_flagged_and_factors_come_in_order():
    data = {SO2: hours("801", "802", "803"), CO: hours("21", "22", "23")}
    found = check_hours("s", data, T0 + HOUR_US, T0 + 2 * HOUR_US)
    assert [(f.factor, f.start_us, f.what) for f in found] == [
        (CO, T0 + HOUR_US, "range"), (SO2, T0 + HOUR_US, "range")]
    assert check_hours("s", {}, T0, END) == check_hours("s", {O3: []}, T0, END) == []


def test_rows_out_of_order_are_refused():
    with pytest.raises(ValueError, match="increase"):
        check_hours("s", {SO2: hours("1", "2")[::-1]}, T0, END)
