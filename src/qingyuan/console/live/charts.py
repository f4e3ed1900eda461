"""The JSON of one chart of a station (form: frontend/README.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live import series
from qingyuan.console.live.near import near
from qingyuan.console.live.period import period_of
from qingyuan.console.live.permits import is_converted, permits
from qingyuan.console.live.series import Chart, Mean
from qingyuan.console.live.watch import Watch, series_name, watch_of
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.registry import Averaging
from qingyuan.standards import TABLES
from qingyuan.standards.tables import LimitNotDefined
from qingyuan.vocabulary import units

GRADE = 2                    # the grade that holds where people live: GB 3095 article 4
OFFSET_S = 28_800
WORTH = 3                    # characters
AVERAGINGS = {Mean.HOUR: Averaging.HOUR, Mean.DAY: Averaging.DAY}


@needs(Verb.READ_FIGURES)
def chart(request: Any, name: str) -> HttpResponse:
    """One factor of one site over the period in the address."""
    reading, query = request.page.reading, request.GET
    site = reading.site(name)
    mean = Mean(query["mean"]) if query.get("mean") in set(Mean) else Mean.HOUR
    ask = Chart(reading, site, query.get("factor", ""), mean, period_of(query, reading.shown_us))
    return JsonResponse(chart_json(ask, neighbours=query.get("neighbours") != "0", marks=query.get("marks") != "0"),
                        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def chart_json(ask: Chart, *, neighbours: bool, marks: bool) -> dict[str, Any]:
    """Series, marks, and for ambient air limits of their own averaging time."""
    own = series.raw(ask) if ask.mean is Mean.RAW else series.published(ask)
    if ask.mean is Mean.HOUR:
        series.sent_points(ask, own)
        series.flag_points(ask, own)
    found = [own]
    if neighbours and ask.mean is not Mean.RAW:
        found += [series.published(ask, other) | {"dash": True} for other in near(ask.reading, ask.site, ask.factor)]
    if len(found) > 1:
        for one, short in zip(found, shorter([one["name"] for one in found]), strict=True):
            one["short"] = short
    out = {"title": title_of(ask.factor, ask.mean), "unit": units.label(ask.site.published_unit(ask.factor)),
           "averaging": series.averaging(ask.mean, ask.factor), "offset_s": OFFSET_S,
           "from": ask.period.start_us // 1_000_000, "to": ask.period.end_us // 1_000_000, "series": found,
           "links": {"csv": _csv(ask)} if ask.reading.scope.allows(Verb.EXPORT, ask.site.id) else {}}
    watch = watch_of(ask.site)
    if watch is Watch.STATION:
        out["limits"] = limits(ask.factor, ask.mean, ask.period.last_day)
    elif watch in (Watch.OUTLET_STACK, Watch.OUTLET_WATER):
        out["limits"] = permitted(ask)
        if not out["limits"]:
            del out["limits"]
            out["note"] = _("no limit of this averaging time is registered for the outlet")
    if marks and ask.reading.scope.allows(Verb.READ_TELEGRAMS, ask.site.id):
        out["marks"] = series.strip(ask)
    return out


def shorter(names: list[str]) -> list[str]:
    """Names without the words all of them begin with, for the narrow place at the end of a line; the whole names where
    little would be saved or one would have nothing left.
    """
    first, last = min(names), max(names)
    same = first[:next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]
    if same.isascii():           # words stay whole, and the last of those in common stays
        same = same[:same.rfind(" ", 0, max(0, same.rfind(" "))) + 1]
    left = [name[len(same):] for name in names]
    return left if len(same) >= WORTH and all(left) and len(set(names)) > 1 else names


def title_of(factor: str, mean: Mean) -> str:
    """What a chart shows, in words."""
    name = words.factor_name(factor)
    if mean is Mean.RAW:
        return _("{factor} as sent").format(factor=name)
    if mean is Mean.HOUR:
        return _("{factor} hour means").format(factor=name)
    if series_name(factor) == "O3":
        return _("{factor} largest 8 h mean of the day").format(factor=name)
    return _("{factor} day means").format(factor=name)


def limits(factor: str, mean: Mean, day: str) -> list[dict[str, Any]]:
    """The ambient limit in force for that averaging time, or nothing."""
    if mean is Mean.RAW:
        return []
    wanted = series.averaging(mean, factor)
    try:
        found = TABLES.limit(series_name(factor), wanted, GRADE, date.fromisoformat(day))
    except LimitNotDefined:
        return []
    return [{"value": float(found.value), "label": _("limit {value}").format(value=found.value), "short": found.value,
             "clause": citation(f"{found.standard} {found.clause}"), "averaging": wanted,
             "unit": units.label(found.unit)}]


def permitted(ask: Chart) -> list[dict[str, Any]]:
    """The limits of an outlet's permit for that factor and averaging time that hold at the end of the period, the lower
    one of pH too.
    """
    wanted = AVERAGINGS.get(ask.mean)
    found = [limit for limit in permits(ask.reading, {ask.site.id}, wanted, ask.period.end_us - 1)
             if limit.factor == ask.factor] if wanted else []
    label = _("limit {value}, of the converted value") if is_converted(ask.site, ask.factor) else _("limit {value}")
    return [{"value": float(value), "label": label.format(value=value), "short": value,
             "clause": citation(limit.clause) or limit.permit, "averaging": series.averaging(ask.mean, ask.factor),
             "unit": units.label(limit.unit)}
            for limit in found for value in (limit.value, limit.lower) if value]


def citation(clause: str) -> str:
    """A clause as the reader's language writes it: `GB 3095-2012 table 4`."""
    standard, table, number = clause.partition(" table ")
    return _("{standard} table {number}").format(standard=standard, number=number) if table else clause


def _csv(ask: Chart) -> str:
    query = {**ask.period.query, "f": ask.factor, "mean": ask.mean.value}
    if ask.reading.as_of_us is not None:
        query["as_of"] = series.as_of_text(ask.reading)
    return f"{reverse('site_csv', args=[ask.site.id])}?{urlencode(query)}"
