"""Composite index and ranking of cities. The method is data: which mean over which limit, with which weight."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from qingyuan.numerics import decimals
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables


class UnknownMethod(LookupError):
    """No composite method of this name."""


def composite_index(stats: Mapping[str, str], method: str, *, tables: Tables = TABLES) -> tuple[dict[str, str], str]:
    """Single indices C/S (three decimals) and their weighted sum (two decimals, from unrounded terms).

    stats: SO2, NO2, PM10, PM2.5 means, CO_p95, O3_p90, as decimal text. Smaller is better. The 2026 weights are seen
    in public code only. Raises UnknownMethod, KeyError for a missing item.
    """
    rows = [row for row in tables.rows("air_composite") if row["method"] == method]
    if not rows:
        raise UnknownMethod(f"composite method {method}")
    single, total = {}, Fraction()
    for row in rows:
        limit = tables.limit(row["pollutant"], row["averaging"], 2, date.fromisoformat(row["limits_at"]))
        term = Fraction(stats[row["item"]]) / Fraction(limit.value)
        single[row["item"]] = _text(term, tables.rounding("single index").compliance or 0)
        total += term * int(row["weight"])
    return single, _text(total, tables.rounding("composite index").compliance or 0)


def rank(index: Mapping[str, str], *, settings: AirSettings = DEFAULTS) -> dict[str, int]:
    """Rank by printed index, smallest first; equal values share a rank (numbering after ties is a setting)."""
    values = {name: Fraction(text) for name, text in index.items()}
    ordered = sorted(values.values()) if settings.rank_ties == "1-1-3" else sorted(set(values.values()))
    return {name: ordered.index(value) + 1 for name, value in sorted(values.items(), key=lambda item: item[1])}


def _text(value: Fraction, digits: int) -> str:
    return decimals.to_text(decimals.round_ratio(value.numerator, value.denominator, digits), digits)
