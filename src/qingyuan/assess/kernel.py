"""The index of many rows at once: table look-ups on integers, equal to the scalar functions row by row.

All legal inputs are integers (whole µg/m³, CO in tenths of mg/m³), so each pollutant has a finite table of
sub-indices, made by the exact scalar function; a row costs six look-ups and a maximum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numba as nb
import numpy as np
from numpy.typing import NDArray

from qingyuan.assess.aqi import EDITION_2012, PRIMARY_ABOVE, PUBLISHED_ABOVE
from qingyuan.assess.iaqi import SYMBOLS, averaging_of, iaqi
from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, Tables

MISSING = -1


@dataclass(frozen=True)
class AqiRows:
    """Columns of n rows; -1 where there is none. primary: bit i for pollutant i of SYMBOLS."""

    aqi: NDArray[np.int16]
    iaqi: NDArray[np.int16]
    primary: NDArray[np.uint8]
    level: NDArray[np.int8]
    published: NDArray[np.bool_]


def aqi_rows(standard: str, kind: str, conc: NDArray[np.int64], *, tables: Tables = TABLES) -> AqiRows:
    """Index of each row of `conc`, int64[n, 6] in the order of SYMBOLS: whole µg/m³, CO tenths of mg/m³, below 0 missing.

    kind: `realtime` or `daily`. All six are taken to be in the plan. Raises NotInTable for an unknown standard,
    ValueError for another kind or shape.
    """
    if kind not in ("realtime", "daily") or conc.ndim != 2 or conc.shape[1] != len(SYMBOLS):
        raise ValueError("kind is realtime or daily, concentrations have six columns")
    table, offsets, classes = _lookup(standard, kind, tables)
    n = len(conc)
    out = AqiRows(np.empty(n, np.int16), np.empty((n, len(SYMBOLS)), np.int16), np.empty(n, np.uint8),
                  np.empty(n, np.int8), np.empty(n, np.bool_))
    always = standard == EDITION_2012
    _fill(np.ascontiguousarray(conc, np.int64), table, offsets, classes, always, out.aqi, out.iaqi, out.primary,
          out.level, out.published)
    return out


@lru_cache(maxsize=16)
def _lookup(standard: str, kind: str, tables: Tables) -> tuple[NDArray[np.int16], NDArray[np.int64], NDArray[np.int8]]:
    """One flat table of sub-indices, where each pollutant begins in it, and the class of each index."""
    parts, offsets = [], [0]
    for symbol in SYMBOLS:
        averaging, digits = averaging_of(kind, symbol), tables.rounding(symbol).index or 0
        last = tables.breakpoints(standard, symbol, averaging)[-1][1]
        size = decimals.rescale(*(decimals.parse(last) or (0, 0)), digits) + 2     # one beyond: above the table
        values = [iaqi(standard, symbol, averaging, decimals.to_text(i, digits), tables=tables) for i in range(size)]
        parts += [MISSING if v is None else v for v in values]
        offsets.append(len(parts))
    most = max(parts)
    classes = np.array([tables.class_of(i).level for i in range(most + 1)], np.int8)
    return np.array(parts, np.int16), np.array(offsets, np.int64), classes


@nb.njit(cache=True, nogil=True)
def _fill(conc, table, offsets, classes, always, aqi, iaqi, primary, level, published):  # type: ignore[no-untyped-def]
    for row in range(conc.shape[0]):
        largest, whole = -1, True
        for i in range(6):
            value = conc[row, i]
            if value < 0:
                index, whole = -1, False
            else:
                last = offsets[i + 1] - 1 - offsets[i]
                index = table[offsets[i] + min(value, last)]
            iaqi[row, i] = index
            largest = max(largest, index)
        bits = 0
        if largest > PRIMARY_ABOVE:
            for i in range(6):
                if iaqi[row, i] == largest:
                    bits |= 1 << i
        aqi[row], primary[row] = largest, bits
        level[row] = classes[largest] if largest >= 0 else -1
        published[row] = largest >= 0 and (always or whole or largest > PUBLISHED_ABOVE)
