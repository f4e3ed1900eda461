"""Composite index and ranking of cities. The method is data: which mean over which limit, with which weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from qingyuan.numerics import decimals
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables
from qingyuan.standards.tables import Row

PLAIN, WEIGHTED, LARGEST = "sum", "weighted-2026", "max-2013"
WEIGHTED_METHOD, LARGEST_TERMS = "2026 weighted, transition limits", "max-2013"


class UnknownMethod(LookupError):
    """No composite method of this name."""


def composite_index(stats: Mapping[str, str | None], method: str, *, tables: Tables = TABLES,
                    settings: AirSettings = DEFAULTS) -> tuple[dict[str, str | None], str | None]:
    """Single indices C/S (three decimals) and their weighted sum (two decimals, from unrounded terms).

    stats: SO2, NO2, PM10, PM2.5 means, CO_p95, O3_p90, as decimal text. Smaller is better. A missing item has no
    single index, and then there is no composite either. The method names limits and weights; `settings.composite`
    joins the terms otherwise: `sum` without weights, `weighted-2026` with those weights (seen in public code only),
    `max-2013` with the larger of mean and percentile of each pollutant over their limits (SO2_p98, NO2_p98, PM10_p95,
    PM2.5_p95 in stats; from memory of HJ 663-2013; without its percentile a pollutant stands by its mean).
    Raises UnknownMethod.
    """
    rows = [row for row in tables.rows("air_composite") if row["method"] == method and row["limits_at"]]
    if not rows:
        raise UnknownMethod(f"composite method {method}")
    when, weights = date.fromisoformat(rows[0]["limits_at"]), _weights(rows, settings.composite, tables)
    digits = tables.rounding("single index").compliance or 0
    single: dict[str, str | None] = {}
    total: Fraction | None = Fraction()
    for row in rows:
        term = _term(row, stats, when, tables)
        if term is not None and settings.composite == LARGEST:
            others = [_term(other, stats, when, tables) for other in tables.rows("air_composite")
                      if other["method"] == LARGEST_TERMS and other["pollutant"] == row["pollutant"]]
            term = max([term, *(other for other in others if other is not None)])
        single[row["item"]] = None if term is None else _text(term, digits)
        total = None if term is None or total is None else total + term * weights[row["item"]]
    return single, None if total is None else _text(total, tables.rounding("composite index").compliance or 0)


def _weights(rows: Sequence[Row], how: str | None, tables: Tables) -> dict[str, int]:
    if how in (PLAIN, LARGEST):
        return {row["item"]: 1 for row in rows}
    if how == WEIGHTED:
        rows = [row for row in tables.rows("air_composite") if row["method"] == WEIGHTED_METHOD]
    return {row["item"]: int(row["weight"]) for row in rows}


def _term(row: Row, stats: Mapping[str, str | None], when: date, tables: Tables) -> Fraction | None:
    """C / S of one row; None where the statistic is missing."""
    value = stats.get(row["item"])
    if value is None:
        return None
    return Fraction(value) / Fraction(tables.limit(row["pollutant"], row["averaging"], 2, when).value)


def rank(index: Mapping[str, str | None], *, settings: AirSettings = DEFAULTS) -> dict[str, int | None]:
    """Rank by printed index, smallest first; equal values share a rank (numbering after ties is a setting).

    Names without an index come last and have no rank.
    """
    values = {name: Fraction(text) for name, text in index.items() if text is not None}
    ordered = sorted(values.values()) if settings.rank_ties == "1-1-3" else sorted(set(values.values()))
    ranks: dict[str, int | None] = {name: ordered.index(value) + 1
                                    for name, value in sorted(values.items(), key=lambda item: item[1])}
    return ranks | {name: None for name in index if name not in values}


def _text(value: Fraction, digits: int) -> str:
    return decimals.to_text(decimals.round_ratio(value.numerator, value.denominator, digits), digits)
