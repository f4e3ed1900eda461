"""Exact arrays of rows."""

import numpy as np
import pytest
from quality_rows import HOUR_US, T0, hours

from qingyuan.quality import Series
from qingyuan.quality.series import common


def test_values_of_any_scale_are_exact():
    series = Series.of(hours("1", "-2.50", "0.123456"))
    assert (series.scale, series.scaled.tolist()) == (6, [1_000_000, -2_500_000, 123_456])
    assert (series.scaled.dtype, [series.text(i) for i in range(3)]) == (np.int64, ["1", "-2.50", "0.123456"])


@pytest.mark.parametrize("text", ["999999999999999999", "0.123456789012345678"])
def test_values_too_wide_for_int64_stay_exact(text):
    series = Series.of(hours(text, "20"))
    assert [v / 10 ** series.scale for v in series.scaled] == [float(text), 20.0]
    assert series.threshold("20") == series.scaled[1]


def test_hour_follows_the_hour_before_only():
    assert Series.of(hours("1", "2", None, "3")).follows().tolist() == [False, True, False]


def test_empty_series_is_possible():
    assert (len(Series.of([])), Series.of([]).follows().tolist()) == (0, [])


@pytest.mark.parametrize("starts", [(T0, T0), (T0 + HOUR_US, T0)])
def test_starts_must_increase(starts):
    with pytest.raises(ValueError, match="increase"):
        Series.of([(start, 1, 0, None) for start in starts])


@pytest.mark.parametrize("text", ["x", "0.0001", "1000001"])
def test_thresholds_are_plain_and_short(text):
    with pytest.raises(ValueError, match="no threshold"):
        Series.of([]).threshold(text)


def test_common_scale():
    assert common("1", "-0.25") == [100, -25]
    with pytest.raises(ValueError, match="plain"):
        common("1", "?")
