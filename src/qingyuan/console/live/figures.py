"""A figure with its proof: as a drawer, as a page, as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live import proof
from qingyuan.console.live.excuses import why_none
from qingyuan.console.live.used import used_in
from qingyuan.console.reading import CITY, NoSuchThing, NotProven, Reading
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import DAY_US, iso_local
from qingyuan.pipeline.figure import Figure, FigureKey


@needs(Verb.READ_FIGURES)
def figure(request: Any, figure: str) -> HttpResponse:
    """Everything a figure rests on; for a script only the drawer's content."""
    reading = request.page.reading
    template = "live/_figure.html" if request.htmx else "live/figure.html"
    try:
        found = reading.explain(figure)
    except NotProven as error:
        versions = reading.versions(figure)
        return render(request, template, {"trouble": str(error), "figure": versions[-1] if versions else None,
                                          "name": naming(reading, versions[-1]) if versions else None}, status=503)
    whole = request.GET.get("whole") == "1"
    telegrams, count = proof.telegrams(found, None if whole else proof.TELEGRAMS)
    points, complete = proof.checkpoints(found)
    shown = found.figure
    return render(request, template, {
        "figure": shown, "name": naming(reading, shown), "why_none": why_none(shown.details()),
        "used": used_in(reading, shown), "tree": proof.tree(found, whole), "flags": found.flags,
        "telegrams": telegrams, "telegram_count": count, "checkpoints": points, "complete": complete,
        "publication": _publication(found), "changes": proof.changes(found), "not_held": proof.unlooked(found),
        "compare": _compare(shown, found) if len(found.changes) > 1 else "",
        "limits": proof.DOES_NOT_SHOW, "whole": whole, "here": _address("figure", request, shown.key),
        "bundle": _address("bundle", request, shown.key)})


@needs(Verb.READ_FIGURES)
def figure_at(request: Any, site: str, name: str, start: int) -> HttpResponse:
    """The figure of that name to whose period an instant (epoch seconds) belongs: what a point of a chart opens."""
    start_us = start * 1_000_000
    if name.startswith("hour."):
        start_us -= start_us % 3_600_000_000
    try:
        key = str(FigureKey(name, site, start_us))
    except OverflowError as error:
        raise NoSuchThing(str(error)) from error
    return figure(request, key)


def _address(view: str, request: Any, key: FigureKey) -> str:
    kept = f"?{urlencode({'as_of': request.page.as_of})}" if request.page.as_of else ""
    return reverse(view, args=[str(key)]) + kept


def _compare(figure: Figure, found: Any) -> str:
    """Address of the figure at the cut before the last change and the cut after it."""
    change, day = found.changes[-1].after, iso_local(figure.start)[:10]
    return reverse("cuts") + "?" + urlencode({
        "figure": str(figure.key), "a": instant_text(change.believed_from - 1), "b": instant_text(change.believed_from),
        "from": day, "to": day})


def naming(reading: Reading, figure: Figure) -> dict[str, Any]:
    """Of what and of whom a figure speaks, in words; its site where it has one."""
    kind, _dot, symbol = figure.name.partition(".")
    site = reading.registry.sites.get(figure.subject)
    subject = words.name_of(site) if site else words.city_name(figure.subject.removeprefix(CITY))
    return {"what": "AQI" if kind == "aqi" else words.factor_name(figure.factor or symbol), "subject": subject,
            "site": site, "daily": figure.span_s * 1_000_000 >= DAY_US,
            "primary": figure.details().get("primary", []) if kind == "aqi" else []}


def _publication(found: Any) -> dict[str, Any]:
    """Leaf of the office ledger that published the figure, and its place in it."""
    ledger, index, data = found.leaves.item(found.publication_number)
    digest, path = proof.way(found, ledger, index, data)
    place = found.figure_path
    return {"ledger": ledger, "leaf": index, "digest": digest, "path": path, "number": place.get("index", 0) + 1,
            "count": place.get("size", 0)}


@needs(Verb.READ_FIGURES)
def bundle(request: Any, figure: str) -> HttpResponse:
    """The proof as a file that the one-file verifier checks without this server."""
    try:
        data = request.page.reading.bundle(figure)
    except NotProven as error:
        return render(request, "live/figure.html", {"trouble": str(error)}, status=503)
    answer = HttpResponse(data, content_type="application/json")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-") else "-" for c in figure)
    answer["Content-Disposition"] = f'attachment; filename="{safe}.bundle"'
    return answer
