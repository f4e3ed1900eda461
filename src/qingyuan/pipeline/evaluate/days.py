"""Day values of a site: daily means (at least 20 hours) and the daily maximum 8 h mean of ozone.

GB 3095 table of validity; HJ 663 for ozone windows (settings, see standards). Each is rounded once, to the raw digits
of its pollutant.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from qingyuan.assess import daily_mean, o3_mda8
from qingyuan.numerics import decimals
from qingyuan.pipeline.evaluate import aqi
from qingyuan.pipeline.evaluate.context import SYMBOLS, Context, local_date, validity_standard
from qingyuan.pipeline.figure import DAY_US, HOUR_US, Draft, Figure, FigureKey
from qingyuan.vocabulary import factors

FIRST_LIMITS = date(2016, 1, 1)


def evaluate(context: Context, site_id: str, day_us: int) -> bool:
    """Day figures of a site; True if one of them changed."""
    changed = [_post(context, site_id, day_us, symbol) for symbol in SYMBOLS]
    return any(changed)


def day_inputs(context: Context, subject: str, day_us: int) -> aqi.Inputs:
    """The day figures of a subject by pollutant."""
    return {s: context.state.figure(f"day.{s}", subject, day_us) for s in SYMBOLS}


def hours_of(context: Context, subject: str, symbol: str, day_us: int) -> list[Figure | None]:
    """The 24 hour figures of a day, None where there is none or it does not count."""
    found = [context.state.figure(f"hour.{symbol}", subject, day_us + h * HOUR_US) for h in range(24)]
    return [f if f is not None and f.valid else None for f in found]


def limit_text(context: Context, day_us: int) -> str:
    """The grade 2 limit of the ozone day value at that date (an incomplete day above it is valid all the same).

    Days before the first limits came into force nationwide (2016) are judged by those, as cities did from 2013 on.
    """
    return context.tables.limit("O3", "8h", 2, max(local_date(day_us), FIRST_LIMITS)).value


def _post(context: Context, site_id: str, day_us: int, symbol: str) -> bool:
    hours = hours_of(context, site_id, symbol, day_us)
    name = f"day.{symbol}"
    if not any(hours) and context.state.figure(name, site_id, day_us) is None:
        return False
    texts = [f.value if f else None for f in hours]
    detail: dict[str, Any]
    if symbol == "O3":
        eight = o3_mda8(texts, limit_text(context, day_us), tables=context.tables)
        value, valid = None if eight.value is None else str(eight.value), eight.valid
        detail = {"hours": sum(map(bool, hours)), "windows": eight.n_valid_8h, "end_hour": eight.end_hour}
    else:
        mean = daily_mean(texts, symbol, tables=context.tables)
        value, valid = mean.value, mean.valid
        detail = {"hours": mean.n}
    scaled = decimals.parse(value) if valid and value is not None else None
    code = factors.code_of(symbol)
    return context.post(Draft(
        FigureKey(name, site_id, day_us), DAY_US // 1_000_000, decimals.to_text(*scaled) if scaled else "", scaled,
        factors.unit_of(code), validity_standard(code, day_us), context.rules, detail,
        tuple(f"{f.key}@{f.version}" for f in hours if f), code))
