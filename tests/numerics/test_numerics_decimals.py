"""Exact decimals against fractions."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.numerics import decimals
from qingyuan.numerics.decimals import Inexact, Mode

SMALL = st.integers(-10**12, 10**12)


def by_fraction(value: Fraction, mode: Mode) -> int:
    if mode is Mode.UP:
        return ceil(value)
    if mode is Mode.DOWN:
        return floor(value)
    if mode is Mode.HALF_EVEN:
        return round(value)
    sign = -1 if value < 0 else 1
    return sign * floor(abs(value) + Fraction(1, 2))


@given(SMALL, st.integers(1, 10**6), st.integers(0, 4), st.sampled_from(Mode))
def test_a_ratio_is_rounded_as_its_fraction(num: int, den: int, digits: int, mode: Mode) -> None:
    assert decimals.round_ratio(num, den, digits, mode) == by_fraction(Fraction(num, den) * 10**digits, mode)


@given(st.integers(-500, 500), st.integers(0, 3), st.integers(-2, 3), st.sampled_from(Mode))
def test_halves_and_tens_are_rounded_as_fractions(mantissa: int, scale: int, digits: int, mode: Mode) -> None:
    value = Fraction(mantissa, 10**scale) * Fraction(10) ** digits
    assert decimals.round_scaled(mantissa, scale, digits, mode) == by_fraction(value, mode)


@given(st.lists(st.tuples(st.integers(-10**9, 10**9), st.integers(1, 10**6)), min_size=1), st.integers(0, 4),
       st.sampled_from(Mode))
def test_arrays_are_rounded_as_their_elements(pairs: list[tuple[int, int]], digits: int, mode: Mode) -> None:
    num, den = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    got = decimals.round_ratio_array(num, den, digits, mode)
    assert got.tolist() == [decimals.round_ratio(n, d, digits, mode) for n, d in pairs]


def test_arrays_never_wrap() -> None:
    with pytest.raises(OverflowError):
        decimals.round_ratio_array(np.array([2**61]), 3, 1)
    with pytest.raises(ValueError, match="above 0"):
        decimals.round_ratio_array(np.array([1]), 0, 1)


@pytest.mark.parametrize("values", [[0.5], np.array([2**64 - 1], np.uint64), [2**70]])
def test_arrays_that_would_lose_something_are_refused(values: object) -> None:
    with pytest.raises(TypeError, match="without loss"):
        decimals.round_ratio_array(np.asarray(values), 1, 0)
    with pytest.raises(ValueError, match="negative"):
        decimals.round_ratio_array(np.array([1255]), 1, -1)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-10**30, max_value=10**30), st.integers(0, 12))
def test_text_of_any_length_is_rounded_as_decimals_are(value: Decimal, digits: int) -> None:
    with localcontext() as context:
        context.prec = 400
        expected = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
    assert decimals.round_text(format(value, "f"), digits) == format(abs(expected) if expected == 0 else expected, "f")


@pytest.mark.parametrize(("text", "digits", "rounded"), [
    ("2.50000000000000000000001", 0, "3"), ("0.15", 1, "0.2"), ("1.005", 2, "1.00"), ("1250", -2, "1200"),
    ("1350", -2, "1400"), ("-1250.5", -2, "-1300"), ("49", -2, "0"), (".5", 0, "0"), ("+1.", 2, "1.00")])
def test_text_is_rounded_once_by_gbt_8170(text: str, digits: int, rounded: str) -> None:
    assert decimals.round_text(text, digits) == rounded


@given(SMALL, st.integers(0, 9))
def test_text_and_back(mantissa: int, scale: int) -> None:
    text = decimals.to_text(mantissa, scale)
    assert Fraction(text) == Fraction(mantissa, 10**scale)
    assert decimals.parse(text) == (mantissa, scale)


@pytest.mark.parametrize(("text", "number"), [
    ("12.50", (1250, 2)), ("-.5", (-5, 1)), ("+3.", (3, 0)), ("007", (7, 0)), ("0.000", (0, 3)), ("", None),
    (".", None), ("1e3", None), ("NaN", None), (" 1", None), ("1,5", None), ("٣", None), ("1" * 19, None),
    ("1" * 18, (int("1" * 18), 0))])
def test_only_plain_decimals_are_numbers(text: str, number: tuple[int, int] | None) -> None:
    assert decimals.parse(text) == number


def test_a_zero_has_no_sign_and_a_scale_is_not_negative() -> None:
    assert decimals.round_text("-0.4", 0) == "0"
    with pytest.raises(ValueError, match="scale"):
        decimals.to_text(1, -1)
    with pytest.raises(ValueError, match="no plain decimal"):
        decimals.round_text("--", 0)
    with pytest.raises(ValueError, match="no plain decimal"):
        decimals.round_text("1" * 4001, 0)


def test_a_finer_scale_is_exact_and_a_coarser_one_must_be() -> None:
    assert decimals.rescale(15, 1, 3) == 1500
    assert decimals.rescale(1500, 3, 1) == 15
    with pytest.raises(Inexact):
        decimals.rescale(15, 1, 0)
