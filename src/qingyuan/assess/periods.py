"""Hours from shorter means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, NotInTable, Tables
from qingyuan.vocabulary import factors


def hour_from_minutes(mantissas: NDArray[np.int64], scale: int, counted: NDArray[np.bool_], span_s: int, factor: str,
                      *, tables: Tables = TABLES) -> tuple[tuple[int, int] | None, int]:
    """Mean of an hour from means of equal spans, and the minutes that count.

    mantissas: int64[n] at one scale; counted: which of them enter. The mean (mantissa, scale) is None with fewer than
    45 minutes (GB 3095-2026 table 4, set for gases; used for particles and other factors likewise). Rounded once, to
    the raw digits of the factor, else to the digits received.
    """
    values = [int(m) for m in mantissas[counted]]
    minutes = len(values) * span_s // 60
    if not values or minutes < tables.minimum("hour", "minutes"):
        return None, minutes
    try:
        digits = tables.rounding(factors.symbol_of(factor) or "").raw
    except NotInTable:
        digits = None
    digits = scale if digits is None else digits
    return (decimals.round_ratio(sum(values), len(values) * 10 ** scale, digits), digits), minutes
