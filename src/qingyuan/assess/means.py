"""Day values from hour values: means and the daily maximum 8 h mean of ozone, rounded once by GB/T 8170."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qingyuan.numerics import decimals
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables

WINDOW = 8


@dataclass(frozen=True)
class DailyMean:
    """A day mean; `value` is None where the day is not valid."""

    n: int
    valid: bool
    value: str | None


@dataclass(frozen=True)
class Mda8:
    """A daily maximum 8 h mean; value and end_hour are None where no window is valid."""

    n_valid_8h: int
    value: int | None
    end_hour: int | None
    valid: bool

    def expected(self) -> dict[str, Any]:
        """As plain data; the end hour is left out where there is none."""
        out = {"n_valid_8h": self.n_valid_8h, "value": self.value, "valid": self.valid}
        return out if self.end_hour is None else {**out, "end_hour": self.end_hour}


def daily_mean(hours: Sequence[str | None], pollutant: str, *, tables: Tables = TABLES) -> DailyMean:
    """Mean of the hour means of a natural day, valid with 20 hours (GB 3095-2026 table 4).

    hours: decimal texts, None missing. Raises ValueError for text that is no number.
    """
    known = [Fraction(h) for h in hours if h is not None]
    valid = len(known) >= tables.minimum("day", "hours")
    if not valid:
        return DailyMean(len(known), False, None)
    digits = tables.rounding(pollutant).raw or 0
    mean = sum(known, Fraction()) / len(known)
    mantissa = decimals.round_ratio(mean.numerator, mean.denominator, digits)
    return DailyMean(len(known), True, decimals.to_text(mantissa, digits))


def o3_mda8(hours: Sequence[str | None], limit: str | None, *, tables: Tables = TABLES,
            settings: AirSettings = DEFAULTS) -> Mda8:
    """Largest 8 h mean of ozone in a natural day, whole µg/m³.

    hours: 24 decimal texts, hours[i] ends at i + 1 o'clock, None missing. A window needs 6 hours (GB 3095-2026 table
    4). Windows end at 08:00 to 24:00 by default; which windows count is from memory of HJ 663 and therefore a setting.
    Valid with 14 windows, or with fewer if the value is above the limit, where one is given (HJ 663 6.1.2 as
    quoted by a public manifest). Raises ValueError for other than 24 hours.
    """
    if len(hours) != 24:
        raise ValueError("a day has 24 hours")
    values = [None if h is None else Fraction(h) for h in hours]
    first, last = (int(part) for part in settings.o3_windows.split("-"))
    best: tuple[Fraction, int] | None = None
    count = 0
    for end in range(first, last + 1):
        known = [v for v in values[max(0, end - WINDOW):end] if v is not None]
        if len(known) < tables.minimum("8h", "hours"):
            continue
        count += 1
        mean = sum(known, Fraction()) / len(known)
        if best is None or mean > best[0]:
            best = mean, end
    if best is None:
        return Mda8(0, None, None, False)
    value = decimals.round_ratio(best[0].numerator, best[0].denominator, tables.rounding("O3").raw or 0)
    above = limit is not None and value > Fraction(limit)
    return Mda8(count, value, best[1], above or count >= tables.minimum("mda8", "windows"))
