"""Statistics of periods: percentiles, validity of a year, multiples, rates, gas reference states."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from qingyuan.numerics import decimals
from qingyuan.numerics.percentile import percentile
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables

STANDARD_K, REFERENCE_K = Fraction("273.15"), Fraction("298.15")
FEBRUARY = 1


def percentile_text(values: Sequence[str | int], p: str | int) -> str:
    """The p-th percentile (HJ 663 annex A, linear) as exact decimal text without trailing zeros, one decimal at least.

    Raises ValueError for no values, or where the result has no finite decimal form.
    """
    share = Fraction(p) / 100
    found = percentile([Fraction(v) for v in values], share.numerator, share.denominator)
    return exact_text(found)


def exact_text(value: Fraction) -> str:
    """Exact decimal text of a fraction with at least one decimal. Raises ValueError where it has none."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        raise ValueError(f"{value} has no finite decimal form")
    digits = max(1, twos, fives)
    return decimals.to_text(int(value * 10 ** digits), digits)


def annual_validity(days_per_month: Sequence[int], *, tables: Tables = TABLES) -> tuple[int, bool]:
    """Days of a year with a value, and whether the year is valid (GB 3095-2026 table 4).

    days_per_month: 12 counts. Raises ValueError for another number.
    """
    if len(days_per_month) != 12:
        raise ValueError("a year has 12 months")
    month, february = tables.minimum("month", "days"), tables.minimum("february", "days")
    total = sum(days_per_month)
    enough = all(n >= (february if i == FEBRUARY else month) for i, n in enumerate(days_per_month))
    return total, enough and total >= tables.minimum("year", "days")


def exceedance(value: str, limit: str, *, settings: AirSettings = DEFAULTS) -> str:
    """Exceedance multiple (C - S) / S. Raises ZeroDivisionError for a limit of 0."""
    return _ratio_text(Fraction(value) - Fraction(limit), Fraction(limit), settings.multiple_digits)


def compliance_rate(good_days: int, valid_days: int, *, settings: AirSettings = DEFAULTS) -> str | None:
    """Share of good days in percent; None where no day is valid."""
    if not valid_days:
        return None
    return _ratio_text(Fraction(100 * good_days), Fraction(valid_days), settings.rate_digits)


def gas_at_298k(value_273k: str) -> Fraction:
    """A gas concentration given at 273.15 K, at 298.15 K and the same pressure (GB 3095-2026 3.14): times 0.91615."""
    return Fraction(value_273k) * STANDARD_K / REFERENCE_K


def _ratio_text(num: Fraction, den: Fraction, digits: int) -> str:
    share = num / den
    return decimals.to_text(decimals.round_ratio(share.numerator, share.denominator, digits), digits)
