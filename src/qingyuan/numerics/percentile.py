"""Percentiles without rounding."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def percentile(values: Sequence[int | Fraction], p_num: int, p_den: int = 100) -> Fraction:
    """The p = p_num/p_den percentile: rank k = 1 + (n - 1) p, linear between neighbours.

    HJ 663-2013 annex A as two public implementations read it (the text itself was not seen). Raises ValueError
    for no value or p outside 0 to 1.
    """
    share = Fraction(p_num, p_den)
    if not values or not 0 <= share <= 1:
        raise ValueError("a percentile needs a value and a share from 0 to 1")
    ordered = sorted(values)
    rank = (len(ordered) - 1) * share
    low = rank.numerator // rank.denominator
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (rank - low) * Fraction(ordered[high] - ordered[low])
