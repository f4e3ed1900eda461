"""Real-time and daily AQI of a site or a city from its published concentrations.

The kernel is the floor-1 function on integer concentrations. Where the rule set rounds its inputs (HJ 633-2026 4.2.2,
4.2.3) that happens here, once, by GB/T 8170; where it does not (hour values under HJ 633-2012), values enter as sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qingyuan.assess import AqiRows, aqi_rows, averaging_of
from qingyuan.numerics import decimals
from qingyuan.pipeline.evaluate.context import SYMBOLS, Context
from qingyuan.pipeline.figure import Draft, Figure, FigureKey
from qingyuan.standards import TABLES

DIGITS = {symbol: TABLES.rounding(symbol).index or 0 for symbol in SYMBOLS}
MOST_DIGITS = 6
FAR_ABOVE = 10**15      # above every table, and within 64 bits
Inputs = Mapping[str, Figure | None]     # symbol -> the figure of its concentration, None when there is none


def post_rows(context: Context, kind: str, items: Sequence[tuple[str, int, Inputs]]) -> list[tuple[str, int]]:
    """Publish `aqi.realtime` or `aqi.daily` for (subject, start, inputs) rows; returns what changed.

    Rows in which nothing was measured give no figure, unless one was published before.
    """
    changed = []
    by_standard: dict[str, list[tuple[str, int, Inputs]]] = {}
    for item in items:
        by_standard.setdefault(context.index_standard(item[1]), []).append(item)
    for standard, rows in by_standard.items():
        digits = digits_for(context, standard, kind, [inputs for _, _, inputs in rows])
        conc = np.array([[_integer(inputs.get(symbol), places) for symbol, places in zip(SYMBOLS, digits, strict=True)]
                         for _, _, inputs in rows], np.int64).reshape(-1, len(SYMBOLS))
        result = aqi_rows(standard, kind, conc, digits=digits, tables=context.tables)
        for number, (subject, start, inputs) in enumerate(rows):
            if result.aqi[number] < 0 and context.state.figure(f"aqi.{kind}", subject, start) is None:
                continue
            if context.post(_draft(context.rules, kind, subject, start, standard, inputs, result, number)):
                changed.append((subject, start))
    return changed


def digits_for(context: Context, standard: str, kind: str, rows: Sequence[Inputs]) -> list[int]:
    """Decimals at which the concentrations of some rows enter the index."""
    if context.tables.rounds_input(standard, averaging_of(kind, "SO2")):
        return [DIGITS[s] for s in SYMBOLS]
    scales = {s: max([DIGITS[s], *(f.scale or 0 for row in rows if (f := row.get(s)) is not None)]) for s in SYMBOLS}
    return [min(scales[s], MOST_DIGITS) for s in SYMBOLS]


def _integer(figure: Figure | None, digits: int) -> int:
    if figure is None or figure.mantissa is None or figure.mantissa < 0:
        return -1
    return min(decimals.round_scaled(figure.mantissa, figure.scale or 0, digits), FAR_ABOVE)


def _draft(rules: str, kind: str, subject: str, start: int, standard: str, inputs: Inputs, rows: AqiRows,
           n: int) -> Draft:
    """One index. Where it is NA so are level and primary pollutants (HJ 633-2026 5.3.1), also in the detail: only the
    sub-indices of the pollutants that were measured are stated, under that name.
    """
    aqi = int(rows.aqi[n])
    published = bool(rows.published[n]) and aqi >= 0
    detail: dict[str, Any] = {
        "aqi": aqi if published else None,
        "iaqi": {s: int(rows.iaqi[n, i]) if rows.iaqi[n, i] >= 0 else None for i, s in enumerate(SYMBOLS)},
        "primary": [s for i, s in enumerate(SYMBOLS) if published and rows.primary[n] >> i & 1],
        "level": int(rows.level[n]) if published else None,
    }
    used = [f"{f.key}@{f.version}" for s in SYMBOLS if (f := inputs.get(s)) is not None]
    return Draft(FigureKey(f"aqi.{kind}", subject, start), 3600 if kind == "realtime" else 86400,
                 str(aqi) if published else "NA", (aqi, 0) if published else None, "", standard, rules, detail,
                 tuple(used))
