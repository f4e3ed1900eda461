"""Which figures a figure enters, with the arithmetic of each."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from qingyuan.assess import averaging_of, breakpoints_of, iaqi_trace
from qingyuan.console.live.charts import citation
from qingyuan.console.reading import CITY, Reading
from qingyuan.numerics.time import DAY_US, HOUR_US, local_day_start
from qingyuan.pipeline.figure import Figure
from qingyuan.registry import SiteKind
from qingyuan.standards import TABLES


def used_in(reading: Reading, figure: Figure) -> list[dict[str, Any]]:
    """Published figures made from this one: the index, the day, the city."""
    kind, _dot, symbol = figure.name.partition(".")
    site = reading.registry.sites.get(figure.subject)
    if (site is None and not figure.subject.startswith(CITY)) or (site is not None and site.kind is not SiteKind.AIR):
        return []
    day_us = local_day_start(figure.start)
    wanted: list[tuple[str, str, str, int]] = []                 # table, name, subject, start
    if kind in ("hour", "day"):
        wanted.append(("figure", "aqi.realtime" if kind == "hour" else "aqi.daily", figure.subject, figure.start))
        if site is not None and site.in_city_mean and site.city:
            wanted.append((kind, figure.name, f"{CITY}{site.city}", figure.start))
    if kind == "hour" and site is not None:
        wanted.append(("day", f"day.{symbol}", figure.subject, day_us))
    found = []
    for table, name, subject, start in wanted:
        span = DAY_US if start == day_us and table == "day" else HOUR_US
        for other in reading.figures(table, [subject], names=[name], start_us=start, end_us=start + span):
            if other.start == start:
                found.append({"figure": other, **_how(figure, other, symbol)})
    return found


def _how(figure: Figure, other: Figure, symbol: str) -> dict[str, str]:
    """The sum by which one enters the other: `50 + 50 × (53 − 35)/(60 − 35)`, and its clause."""
    if not other.name.startswith("aqi.") or not figure.valid:
        return {"sum": "", "clause": ""}
    averaging = averaging_of(other.name.partition(".")[2], symbol)
    trace = iaqi_trace(other.standard, symbol, averaging, figure.value)
    if trace["lo_c"] is None:
        return {"sum": "", "clause": ""}
    table = TABLES.published_table(other.standard, symbol, breakpoints_of(averaging, symbol))
    low, high = trace["lo_c"], trace["hi_c"]
    total = (f"{trace['lo_i']} + {trace['hi_i'] - trace['lo_i']} × ({trace['input']} − {low})/({high} − {low})")
    return {"sum": _("{index}: {sum}, rounded up").format(index=trace["iaqi"], sum=total),
            "clause": citation(str(table["clause"]))}
