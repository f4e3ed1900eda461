"""The index of many rows at once, equal to the scalar functions row by row.

Inputs of the usual digits (whole µg/m³, CO in tenths of mg/m³) are finitely many, so each pollutant has a table of
sub-indices made by the exact scalar function; a row costs six look-ups and a maximum. Inputs with more decimals, which
HJ 633-2012 does not round, go through whole-number arithmetic between the breakpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numba as nb
import numpy as np
from numpy.typing import NDArray

from qingyuan.assess.aqi import EDITION_2012, PRIMARY_ABOVE, PUBLISHED_ABOVE
from qingyuan.assess.iaqi import SYMBOLS, averaging_of, breakpoints_of, iaqi
from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, Tables

MISSING, LARGEST, MOST_DIGITS = -1, 500, 6
NEVER = 2**62


@dataclass(frozen=True)
class AqiRows:
    """Columns of n rows; -1 where there is none. primary: bit i for pollutant i of SYMBOLS."""

    aqi: NDArray[np.int16]
    iaqi: NDArray[np.int16]
    primary: NDArray[np.uint8]
    level: NDArray[np.int8]
    published: NDArray[np.bool_]


def aqi_rows(standard: str, kind: str, conc: NDArray[np.int64], *, digits: Sequence[int] | None = None,
             tables: Tables = TABLES) -> AqiRows:
    """Index of each row of `conc`, int64[n, 6] in the order of SYMBOLS; below 0 is missing. All six are in the plan.

    kind: `realtime` or `daily`. digits: decimals of each column (0 to 6); default 0, CO 1, in µg/m³ (CO mg/m³). Where
    the rule set rounds its inputs, give them rounded. Raises NotInTable for an unknown standard, ValueError for
    another kind, shape or number of digits, TypeError for concentrations that are not whole numbers.
    """
    if kind not in ("realtime", "daily") or conc.ndim != 2 or conc.shape[1] != len(SYMBOLS):
        raise ValueError("kind is realtime or daily, concentrations have six columns")
    usual = tuple(tables.rounding(s).index or 0 for s in SYMBOLS)
    given = tuple(digits) if digits is not None else usual
    if len(given) != len(SYMBOLS) or not all(0 <= d <= MOST_DIGITS for d in given):
        raise ValueError(f"six numbers of decimals from 0 to {MOST_DIGITS}")
    conc = np.ascontiguousarray(decimals.as_int64(conc))
    classes, parts = _classes(standard, tables), np.empty((len(conc), len(SYMBOLS)), np.int16)
    if given == usual:
        _look_up(conc, *_lookup(standard, kind, tables), parts)
    else:
        for column, symbol in enumerate(SYMBOLS):
            points, above, special = _points(standard, kind, symbol, given[column], tables)
            _between(conc[:, column], points, above, special, parts[:, column])
    out = AqiRows(np.empty(len(conc), np.int16), parts, np.empty(len(conc), np.uint8), np.empty(len(conc), np.int8),
                  np.empty(len(conc), np.bool_))
    _merge(parts, classes, standard == EDITION_2012, PRIMARY_ABOVE, PUBLISHED_ABOVE,
           out.aqi, out.primary, out.level, out.published)
    return out


@lru_cache(maxsize=16)
def _lookup(standard: str, kind: str, tables: Tables) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    """One flat table of sub-indices, and where each pollutant begins in it."""
    parts, offsets = [], [0]
    for symbol in SYMBOLS:
        averaging, digits = averaging_of(kind, symbol), tables.rounding(symbol).index or 0
        last = tables.breakpoints(standard, symbol, breakpoints_of(averaging, symbol))[-1][1]
        size = decimals.rescale(*(decimals.parse(last) or (0, 0)), digits) + 2     # one beyond: above the table
        values = [iaqi(standard, symbol, averaging, decimals.to_text(i, digits), tables=tables) for i in range(size)]
        parts += [MISSING if v is None else v for v in values]
        offsets.append(len(parts))
    return np.array(parts, np.int16), np.array(offsets, np.int64)


@lru_cache(maxsize=16)
def _classes(standard: str, tables: Tables) -> NDArray[np.int8]:
    """Level of each index up to the largest that any table gives."""
    largest = max([LARGEST, *(int(row["iaqi"]) for row in tables.rows("air_breakpoints")),
                   *(int(row["result"]) for row in tables.rows("air_special") if row["result"] != "none")])
    return np.array([tables.class_of(i, standard).level for i in range(largest + 1)], np.int8)


@lru_cache(maxsize=128)
def _points(standard: str, kind: str, symbol: str, digits: int,
            tables: Tables) -> tuple[NDArray[np.int64], int, NDArray[np.int64]]:
    """Breakpoints (index, concentration at `digits`), the index above them, and the special rule (above, result)."""
    wanted = breakpoints_of(averaging_of(kind, symbol), symbol)
    scaled = [(i, decimals.rescale(*(decimals.parse(c) or (0, 0)), digits))
              for i, c in tables.breakpoints(standard, symbol, wanted)]
    rule = tables.special(standard, symbol, wanted)
    special = (NEVER, 0) if rule is None else (
        decimals.rescale(*(decimals.parse(rule.above) or (0, 0)), digits),
        MISSING if rule.result is None else rule.result)
    return np.array(scaled, np.int64), LARGEST, np.array(special, np.int64)


@nb.njit(cache=True, nogil=True)
def _look_up(conc, table, offsets, parts):  # type: ignore[no-untyped-def]
    for row in range(conc.shape[0]):
        for i in range(6):
            value = conc[row, i]
            last = offsets[i + 1] - 1 - offsets[i]
            parts[row, i] = -1 if value < 0 else table[offsets[i] + min(value, last)]


@nb.njit(cache=True, nogil=True)
def _between(values, points, above, special, out):  # type: ignore[no-untyped-def]
    for row in range(values.shape[0]):
        value = values[row]
        if value < 0:
            out[row] = -1
        elif value > special[0]:
            out[row] = special[1]
        else:
            out[row] = above
            for k in range(1, points.shape[0]):
                if value <= points[k, 1]:
                    num = (points[k, 0] - points[k - 1, 0]) * (value - points[k - 1, 1])
                    den = points[k, 1] - points[k - 1, 1]
                    out[row] = points[k - 1, 0] + (num + den - 1) // den
                    break


@nb.njit(cache=True, nogil=True)
def _merge(parts, classes, always, primary_above, published_above, aqi, primary, level, published):  # type: ignore[no-untyped-def]
    for row in range(parts.shape[0]):
        largest, whole = -1, True
        for i in range(6):
            whole = whole and parts[row, i] >= 0
            largest = max(largest, parts[row, i])
        bits = 0
        if largest > primary_above:
            for i in range(6):
                if parts[row, i] == largest:
                    bits |= 1 << i
        aqi[row], primary[row] = largest, bits
        level[row] = classes[largest] if largest >= 0 else -1
        published[row] = largest >= 0 and (always or whole or largest > published_above)
