"""The kernel of many rows equals the scalar functions and a plain reading of the standard, over every legal input."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from qingyuan import assess
from qingyuan.assess import SYMBOLS, averaging_of
from qingyuan.assess.iaqi import breakpoints_of
from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, load

USUAL = [1 if s == "CO" else 0 for s in SYMBOLS]
STANDARDS, KINDS = ("HJ 633-2012", "HJ 633-2026"), ("realtime", "daily")
BOTH = [(standard, kind) for standard in STANDARDS for kind in KINDS]
FIXED = {("HJ 633-2012", "SO2"): -1, ("HJ 633-2012", "O3"): -1, ("HJ 633-2026", "SO2"): 200, ("HJ 633-2026", "O3"): 300}


def by_the_standard(standard: str, kind: str, symbol: str, value: int, digits: int) -> int:
    """The sub-index as the text has it, on fractions; -1 where none is computed."""
    concentration, averaging = Fraction(value, 10 ** digits), averaging_of(kind, symbol)
    if (symbol, averaging) in {("SO2", "1h"), ("O3", "8h")} and concentration > 800:
        return FIXED[standard, symbol]
    points = TABLES.breakpoints(standard, symbol, breakpoints_of(averaging, symbol))
    below = [(i, Fraction(c)) for i, c in points if Fraction(c) < concentration]
    above = [(i, Fraction(c)) for i, c in points if Fraction(c) >= concentration]
    if not above:
        return 500
    if not below:
        return above[0][0]
    (low_i, low_c), (high_i, high_c) = below[-1], above[0]
    return ceil((high_i - low_i) / (high_c - low_c) * (concentration - low_c) + low_i)


def column(symbol: str, values: Sequence[int] | np.ndarray) -> np.ndarray:
    conc = np.full((len(values), len(SYMBOLS)), -1, np.int64)
    conc[:, SYMBOLS.index(symbol)] = values
    return conc


@pytest.mark.parametrize(("standard", "kind"), BOTH)
@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_legal_input_gives_the_sub_index_of_the_standard(standard: str, kind: str, symbol: str) -> None:
    at, digits = SYMBOLS.index(symbol), USUAL[SYMBOLS.index(symbol)]
    points = TABLES.breakpoints(standard, symbol, breakpoints_of(averaging_of(kind, symbol), symbol))
    values = range(max(1000, int(Fraction(points[-1][1]) * 10 ** digits)) + 20)
    expected = [by_the_standard(standard, kind, symbol, v, digits) for v in values]
    rows = assess.aqi_rows(standard, kind, column(symbol, values))
    assert rows.iaqi[:, at].tolist() == expected == rows.aqi.tolist()
    finer = assess.aqi_rows(standard, kind, column(symbol, np.array(values) * 10 ** (3 - digits)), digits=[3] * 6)
    assert finer.iaqi[:, at].tolist() == expected
    scalar = [assess.iaqi(standard, symbol, averaging_of(kind, symbol), decimals.to_text(v, digits)) for v in values]
    assert [-1 if v is None else v for v in scalar] == expected


@pytest.mark.parametrize(("standard", "kind", "digits"), [
    *((standard, kind, None) for standard, kind in BOTH), ("HJ 633-2012", "realtime", 3)])
def test_whole_rows_equal_the_scalar_function(standard: str, kind: str, digits: int | None) -> None:
    random = np.random.default_rng(len(standard) + (digits or 0))
    places = USUAL if digits is None else [digits] * 6
    tops = np.array([1200, 900, 160, 1400, 700, 600]) * 10 ** np.array(places)
    conc = np.stack([random.integers(-1, top // scale, 1500) for top, scale in
                     zip(tops, random.integers(1, 9, 6), strict=True)], axis=1)
    conc[random.random(conc.shape) < 0.1] = -1
    conc[0] = -1
    rows = assess.aqi_rows(standard, kind, conc, digits=places)
    scalar = assess.aqi_realtime if kind == "realtime" else assess.aqi_daily
    for i, row in enumerate(conc.tolist()):
        texts = {s: None if v < 0 else decimals.to_text(v, p) for s, v, p in zip(SYMBOLS, row, places, strict=True)}
        one = scalar(texts, standard)
        assert (rows.aqi[i], rows.level[i]) == (-1 if one.aqi is None else one.aqi, one.level or -1), texts
        assert [s for n, s in enumerate(SYMBOLS) if rows.primary[i] >> n & 1] == one.primary
        assert rows.published[i] == (one.published != "NA")
        assert rows.iaqi[i].tolist() == [-1 if v is None else v for v in one.iaqi.values()]


def test_shapes_and_types_that_would_mislead_are_refused() -> None:
    with pytest.raises(ValueError, match="six columns"):
        assess.aqi_rows("HJ 633-2026", "hourly", np.zeros((1, 6), np.int64))
    with pytest.raises(ValueError, match="six columns"):
        assess.aqi_rows("HJ 633-2026", "daily", np.zeros((1, 5), np.int64))
    with pytest.raises(ValueError, match="decimals"):
        assess.aqi_rows("HJ 633-2026", "daily", np.zeros((1, 6), np.int64), digits=[7] * 6)
    with pytest.raises(TypeError, match="without loss"):
        assess.aqi_rows("HJ 633-2026", "daily", np.full((1, 6), 0.9))               # type: ignore[arg-type]
    assert assess.aqi_rows("HJ 633-2026", "daily", np.zeros((0, 6), np.int64)).aqi.tolist() == []


def test_numbers_beyond_any_table_and_tables_beyond_500_hold() -> None:
    conc = column("PM10", [2**62, 600, 601])
    assert assess.aqi_rows("HJ 633-2026", "daily", conc).aqi.tolist() == [500, 500, 500]
    rows = [{**row, "iaqi": "600"} if (row["pollutant"], row["iaqi"]) == ("PM10", "500") else row
            for row in TABLES.rows("air_breakpoints")]
    changed = assess.aqi_rows("HJ 633-2026", "daily", conc, tables=load({"air_breakpoints": rows}))
    assert (changed.aqi.tolist(), changed.level.tolist()) == ([500, 600, 500], [6, 6, 6])
