"""The page of a station, outlet or section."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import DossierRead
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.cameras import cameras
from qingyuan.console.live.charts import title_of
from qingyuan.console.live.labels import chart_labels
from qingyuan.console.live.latest import FRESH_US
from qingyuan.console.live.near import COMPARED, nearest_with
from qingyuan.console.live.period import SPANS, Period, period_of
from qingyuan.console.live.series import Mean, as_of_text
from qingyuan.console.live.silence import silence
from qingyuan.console.live.stale import stale
from qingyuan.console.live.watch import FIRST, WATCH_WORDS, series_name, watch_of
from qingyuan.console.reading import Reading
from qingyuan.console.shell import scripts, words
from qingyuan.console.shell.access import needs
from qingyuan.numerics.time import DAY_US, iso_local
from qingyuan.pipeline.figure import Figure
from qingyuan.quality import Flag
from qingyuan.registry import Site, SiteKind
from qingyuan.registry.kinds import HourSource
from qingyuan.vocabulary.cells import safe
from qingyuan.vocabulary.factors import AIR_SIX

A_PAGE = 100
CHARTS = 6
WEATHER = ("a01001", "a01002", "a01006", "a01007", "a01008")     # HJ 212-2017 annex B
MEANS = {Mean.HOUR: _("hours"), Mean.DAY: _("days"), Mean.RAW: _("as sent")}
SOURCES = {HourSource.SENT: _("as the logger sends it"),
           HourSource.MINUTES: _("mean of the minute values")}
COLUMNS = ("from", "to", "site", "site_name", "origin", "factor", "figure", "value", "unit", "stage", "standard",
           "version", "reason", "believed_from", "detail")


@dataclass(frozen=True)
class Shown:
    """What of a site is shown: everything of it stands in the address."""

    period: Period
    factors: tuple[str, ...]
    mean: Mean
    neighbours: bool
    weather: bool
    marks: bool

    @classmethod
    def of(cls, request: Any, site: Site, reading: Reading) -> Shown:
        """Read an address; without factors the first of the plan."""
        query = request.GET
        asked = [code for text in query.getlist("f") for code in text.split(",")]
        plan = plan_of(site)
        chosen = [code for code in plan if code in asked] or [c for c in plan if c not in WEATHER][:CHARTS]
        asked_mean = query.get("mean", "")
        mean = Mean(asked_mean) if asked_mean in means_of(site, reading) else Mean.HOUR
        return cls(period_of(query, reading.shown_us), tuple(chosen), mean, query.get("neighbours") != "0",
                   query.get("weather") != "0", query.get("marks") != "0")

    def query(self, **changes: str) -> dict[str, str]:
        """The address's query with some of it changed; what is as by default is left out."""
        found = {**self.period.query, "f": ",".join(self.factors), "mean": self.mean.value,
                 **{name: "0" for name in ("neighbours", "weather", "marks") if not getattr(self, name)}}
        if "span" in changes:
            found = {k: v for k, v in found.items() if k not in ("from", "to")}
        return {name: value for name, value in (found | changes).items() if value}


def means_of(site: Site, reading: Reading) -> list[Mean]:
    """What its charts can show the means of: days are figures of ambient air alone, what was sent is for those who may
    read telegrams.
    """
    return [mean for mean in Mean if (mean is not Mean.DAY or site.kind is SiteKind.AIR)
            and (mean is not Mean.RAW or reading.scope.allows(Verb.READ_TELEGRAMS, site.id))]


def plan_of(site: Site) -> list[str]:
    """The factors of a site: those that are judged first, the state of gas and weather (a0, a1) last."""
    first = [code for code in (*AIR_SIX.values(), *FIRST.get(watch_of(site), ())) if code in site.plan]
    rest = sorted((code for code in site.plan if code not in first), key=lambda code: code[:2] in ("a0", "a1"))
    return list(dict.fromkeys([*first, *rest]))


@needs(Verb.READ_FIGURES)
def station(request: Any, name: str) -> HttpResponse:
    """One site: now, charts, hours, telegrams, what the registry says of it."""
    reading = request.page.reading
    site = reading.site(name)
    _note_the_reading(request, site)
    shown = Shown.of(request, site, reading)
    telegrams = reading.scope.allows(Verb.READ_TELEGRAMS, site.id)
    now = reading.newest(["aqi.realtime"], since_us=reading.shown_us - FRESH_US, subjects=[site.id]).get(
        (site.id, "aqi.realtime"))
    context = {
        "site": site, "watch": WATCH_WORDS[watch_of(site)], "shown": shown, "spans": _switch(request, shown),
        "now": now, "primary": now.details().get("primary", []) if now else [],
        "charts": _charts(request, site, shown), "factors": [(c, c in shown.factors) for c in plan_of(site)],
        "hours": hours(request, reading, site, shown), "owners": owners(reading, site), "stale": stale(reading),
        "silent": next(iter(silence(reading, [site])), None) if telegrams else None,
        "telegrams": reading.telegrams(site.id, since_us=reading.shown_us - DAY_US) if telegrams else None,
        "flags": flags(reading, site, shown), "weather": weather(request, reading, site) if shown.weather else [],
        "words": scripts.words() | {"chart": chart_labels()},
        "means": [(mean, MEANS[mean]) for mean in means_of(site, reading)],
        "toggles": [*([("neighbours", _("neighbours"), shown.neighbours)] if watch_of(site) in COMPARED else []),
                    ("weather", _("weather"), shown.weather),
                    *([("marks", _("marks"), shown.marks)] if telegrams else [])],
        "cameras": cameras(reading, site), "hour_source": SOURCES[site.hour_source],
        "csv": _link("site_csv", site, request, shown.query()) if reading.scope.allows(Verb.EXPORT, site.id) else "",
        "versions": site.versions, "channels": [c for c in reading.registry.channels.values() if c.site == site.id]}
    return render(request, "live/station.html", context)


def _note_the_reading(request: Any, site: Site) -> None:
    """Who opens the file of an enterprise's outlet by office is written down; the enterprise's own people are not."""
    if site.belongs and request.page.scope.allows(Verb.READ_DOSSIER, site.id):
        DossierRead.objects.create(reader=request.user, site=site.id, address=request.get_full_path()[:500])


def _link(view: str, site: Site, request: Any, query: dict[str, str]) -> str:
    kept = query | ({"as_of": request.page.as_of} if request.page.as_of else {})
    return f"{reverse(view, args=[site.id])}?{urlencode(kept)}"


def _switch(request: Any, shown: Shown) -> list[dict[str, Any]]:
    return [{"words": text, "here": shown.period.name == name, "url": f"?{_query(request, shown.query(span=name))}"}
            for name, (text, _span) in SPANS.items()]


def _query(request: Any, query: dict[str, str]) -> str:
    return urlencode(query | ({"as_of": request.page.as_of} if request.page.as_of else {}))


def _charts(request: Any, site: Site, shown: Shown) -> list[dict[str, str]]:
    base = shown.query(f="")
    return [{"title": title_of(code, shown.mean), "url": _link("chart", site, request, base | {"factor": code})}
            for code in shown.factors]


def weather(request: Any, reading: Reading, site: Site) -> list[dict[str, str]]:
    """Charts of wind and temperature here, else at the nearest site that has them."""
    found = []
    period = period_of(request.GET, reading.shown_us)
    for code in WEATHER:
        where = nearest_with(reading, site, code)
        if where is not None:
            title = title_of(code, Mean.HOUR) + ("" if where is site else f" · {words.name_of(where)}")
            found.append({"title": title, "url": _link("chart", where, request, {
                **period.query, "factor": code, "neighbours": "0", "marks": "0"})})
    return found


def flags(reading: Reading, site: Site, shown: Shown) -> list[Flag] | None:
    """Flags of the factors and the period, newest first; None for those who may not read them."""
    if not reading.scope.allows(Verb.READ_FLAGS, site.id):
        return None
    found = reading.flags([site.id], start_us=shown.period.start_us, end_us=shown.period.end_us)
    return sorted((flag for flag in found if flag.factor in shown.factors), key=lambda f: (-f.start_us, f.factor))


def owners(reading: Reading, site: Site) -> list[str]:
    """Names of the organisations and parks a site belongs to."""
    found: list[str] = []
    for name in site.belongs:
        known = reading.registry.organisations.get(name) or reading.registry.parks.get(name)
        found.append(name if known is None else words.named(known))
    return found


def hours(request: Any, reading: Reading, site: Site, shown: Shown) -> dict[str, Any]:
    """The table below the charts: periods from the newest on, a column a factor, and the index of ambient air."""
    mean = Mean.DAY if shown.mean is Mean.DAY else Mean.HOUR
    names = [f"{mean.value}.{series_name(code)}" for code in shown.factors]
    starts = reading.columns(mean.value, ["start"], [site.id], names=names, start_us=shown.period.start_us,
                             end_us=shown.period.end_us).column("start").unique().to_pylist()
    page = Paginator(sorted(starts, reverse=True), A_PAGE).get_page(request.GET.get("page"))
    on_page = list(page)
    found: dict[tuple[str, int], Figure] = {}
    index = "aqi.daily" if mean is Mean.DAY else "aqi.realtime"
    if on_page:
        where: dict[str, Any] = {"start_us": on_page[-1], "end_us": on_page[0] + 1}
        rows = reading.figures(mean.value, [site.id], names=names, **where)
        rows += reading.figures("figure", [site.id], names=[index], **where)
        found = {(figure.name, figure.start): figure for figure in rows}
    indexed = any(name == index for name, _ in found)
    columns = [(words.factor_name(code), site.published_unit(code)) for code in shown.factors]
    return {"page": page, "columns": [*columns, *([("AQI", "")] if indexed else [])],
            "rows": [(_any(found, [*names, index], start),
                      [found.get((name, start)) for name in [*names, *([index] if indexed else [])]])
                     for start in on_page]}


def _any(found: dict[tuple[str, int], Figure], names: list[str], start: int) -> Figure | None:
    return next((found[name, start] for name in names if (name, start) in found), None)


@needs(Verb.EXPORT)
def site_csv(request: Any, name: str) -> HttpResponse | StreamingHttpResponse:
    """The figures of the period as a file, one a line, with stage and provenance."""
    reading = request.page.reading
    site = reading.site(name, Verb.EXPORT)
    shown = Shown.of(request, site, reading)
    mean = Mean.DAY if shown.mean is Mean.DAY else Mean.HOUR
    figures = reading.figures(mean.value, [site.id], names=[f"{mean.value}.{series_name(c)}" for c in shown.factors],
                              start_us=shown.period.start_us, end_us=shown.period.end_us)
    answer = StreamingHttpResponse(_lines(site, figures), content_type="text/csv; charset=utf-8")
    instant = as_of_text(reading) or "now"
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in f"{site.id}_{shown.period.first_day}_{instant}")
    answer["Content-Disposition"] = f'attachment; filename="{safe}.csv"'
    return answer


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(site: Site, figures: list[Figure]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for figure in sorted(figures, key=lambda f: (f.start, f.name)):
        yield writer.writerow(safe(str(cell)) for cell in (
            iso_local(figure.start), iso_local(figure.start + figure.span_s * 1_000_000), site.id, site.name,
            site.origin.value, figure.factor, figure.key, figure.value or "", figure.unit, figure.stage,
            figure.standard, figure.version, figure.reason, iso_local(figure.believed_from), figure.detail))
