"""Sub-index of one pollutant (HJ 633-2012 4.1, HJ 633-2026 4.2).

The concentration is rounded first by GB/T 8170 where the rule set says so (2026 4.2.2, 4.2.3: whole µg/m³, CO to 0.1
mg/m³; hour values under 2012 are not, see standards). The index is linear between breakpoints and always rounded up,
on exact fractions: in binary floats CO 2.2 mg/m³ gives 55.00000000000001 and then 56.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any

from qingyuan.numerics import decimals
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables

SYMBOLS = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
PARTICLES = ("PM10", "PM2.5")


def averaging_of(kind: str, pollutant: str) -> str:
    """Which mean enters: `realtime` the hour mean, `daily` the day mean and the daily maximum 8 h mean of ozone."""
    if kind == "realtime":
        return "1h"
    return "8h" if pollutant == "O3" else "24h"


def breakpoints_of(averaging: str, pollutant: str) -> str:
    """Which breakpoints a mean uses: hour means of particles use the daily ones (HJ 633-2026 4.2.4; the national
    platform did the same under 2012)."""
    return "24h" if averaging == "1h" and pollutant in PARTICLES else averaging


def iaqi(standard: str, pollutant: str, averaging: str, concentration: str | None, *, tables: Tables = TABLES,
         settings: AirSettings = DEFAULTS) -> int | None:
    """Sub-index, or None where the concentration is missing or the standard computes none.

    concentration: decimal text, µg/m³ (CO mg/m³). Raises ValueError for text that is no number, NotInTable for a
    mean the standard has no breakpoints for. Negative concentrations are not measurements: None.
    """
    return iaqi_trace(standard, pollutant, averaging, concentration, tables=tables, settings=settings)["iaqi"]


def iaqi_trace(standard: str, pollutant: str, averaging: str, concentration: str | None, *, tables: Tables = TABLES,
               settings: AirSettings = DEFAULTS) -> dict[str, Any]:
    """The sub-index with what it came from: input, lo_c, hi_c, lo_i, hi_i (None outside), iaqi."""
    out: dict[str, Any] = dict.fromkeys(("input", "lo_c", "hi_c", "lo_i", "hi_i", "iaqi"))
    if concentration is None:
        return out
    wanted = breakpoints_of(averaging, pollutant)
    points = tables.breakpoints(standard, pollutant, wanted)
    if decimals.parse_long(concentration) is None:
        raise ValueError(f"'{concentration[:40]}' is no plain decimal number")
    if tables.rounds_input(standard, averaging):
        concentration = decimals.round_text(concentration, tables.rounding(pollutant).index or 0)
    out["input"] = concentration
    value = Fraction(concentration)
    if value < 0:
        return out
    special = tables.special(standard, pollutant, wanted)
    if special is not None and value > Fraction(special.above):
        return {**out, "iaqi": special.result}
    for (low_i, low_c), (high_i, high_c) in pairwise(points):
        if value <= Fraction(high_c):
            low, high = Fraction(low_c), Fraction(high_c)
            index = ceil(Fraction(high_i - low_i) / (high - low) * (value - low) + low_i)
            if index == 0 and settings.zero_concentration == "index_1":
                index = 1
            return {**out, "lo_c": low_c, "hi_c": high_c, "lo_i": low_i, "hi_i": high_i, "iaqi": index}
    return {**out, "iaqi": int(settings.above_table)}
