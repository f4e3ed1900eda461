"""Times of the field."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.numerics import time as times
from qingyuan.numerics.percentile import percentile

MICROS = st.integers(times.parse_cst("00010102000000") or 0, times.parse_cst("99991231235959") or 0)


@given(MICROS)
def test_field_times_come_back(us: int) -> None:
    seconds = us // 1_000_000 * 1_000_000
    assert times.parse_cst(times.format_cst(us)) == seconds
    assert times.parse_cst(times.format_cst_ms(us)) == us // 1000 * 1000


def test_field_time_is_eight_hours_ahead_without_summer_time() -> None:
    july_1988 = times.parse_cst("19880701120000")        # Asia/Shanghai had summer time then
    assert july_1988 == times.micros(datetime(1988, 7, 1, 4, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "2020", "20200230120000", "20200401240000", "20200401126000", "2020040112000x",
                                  "20201301000000", "２０２００４０１１２００００", "202004011200000", "00000101000000",
                                  "00010101235959"])
def test_times_that_do_not_exist_are_none(text: str) -> None:
    assert times.parse_cst(text) is None


@pytest.mark.parametrize("text", ["00010102000000", "09990101000000", "19691231235959", "99991231235959"])
def test_every_time_that_is_read_can_be_printed(text: str) -> None:
    us = times.parse_cst(text)
    assert us is not None
    assert times.format_cst(us) == text
    assert times.iso_local(us) == f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:12]}:{text[12:]}+08:00"
    assert times.iso_utc(us).endswith("Z")
    assert len(times.iso_utc(us)) == 27
    assert times.iso_local(times.local_day_start(us)).endswith("T00:00:00+08:00")


@given(MICROS)
def test_days_and_hours_hold_their_instant(us: int) -> None:
    day = times.local_day_start(us)
    assert day <= us < day + times.DAY_US
    assert times.iso_local(day).endswith("T00:00:00+08:00")
    assert times.floor_to(us, times.HOUR_US) <= us < times.floor_to(us, times.HOUR_US) + times.HOUR_US
    assert times.moment(us) == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def test_bulletins_name_the_hour_by_its_end() -> None:
    midnight = times.parse_cst("20200401000000") or 0
    assert times.hour_end_label(midnight) == 1
    assert times.hour_end_label(midnight + 23 * times.HOUR_US) == 24
    assert times.start_from_end(midnight, 3600) == midnight - times.HOUR_US
    assert times.iso_utc(midnight) == "2020-03-31T16:00:00.000000Z"


@given(st.lists(st.integers(-10**6, 10**6), min_size=1, max_size=60), st.integers(0, 1000))
def test_percentiles_stand_between_their_neighbours_by_rank(values: list[int], per_mille: int) -> None:
    rank = 1 + (len(values) - 1) * Fraction(per_mille, 1000)          # k = 1 + (n - 1) p
    ordered, k = sorted(values), floor(rank)
    low, high = ordered[k - 1], ordered[min(k, len(ordered) - 1)]
    assert percentile(values, per_mille, 1000) == low * (k + 1 - rank) + high * (rank - k)


def test_percentiles_are_linear_between_ranks() -> None:
    assert percentile(list(range(1, 366)), 98) == pytest.approx(357.72)
    assert percentile([5], 90) == 5
    with pytest.raises(ValueError, match="needs a value"):
        percentile([], 50)
