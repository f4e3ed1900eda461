"""The list of sites: search, filters, order, pages of a hundred."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.latest import Latest, told
from qingyuan.console.live.selection import Selection, choices
from qingyuan.console.live.silence import silence
from qingyuan.console.live.stale import stale
from qingyuan.console.live.watch import WATCH_WORDS, watch_of
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.words import name_of
from qingyuan.registry import Site

A_PAGE = 100
Found = dict[str, Latest]
ORDERS: dict[str, Callable[[Site, Found], Any]] = {
    "name": lambda site, _found: (name_of(site), site.id),
    "city": lambda site, _found: (site.city, name_of(site), site.id),
    "kind": lambda site, _found: (watch_of(site).value, site.city, site.id),
    "value": lambda site, found: (site.id not in found, -(found[site.id].level or 0) if site.id in found else 0,
                                  -int(found[site.id].value) if site.id in found and found[site.id].level else 0,
                                  site.id),
}


@needs(Verb.READ_FIGURES)
def sites(request: Any) -> HttpResponse:
    """All sites the person may see, with their newest figure and when they were last heard."""
    reading, wanted = request.page.reading, Selection.of(request.GET)
    known = reading.sites()
    newest = told(reading, known)
    kept = wanted.graded(wanted.keep(known), newest)
    silent = request.GET.get("silent") == "1"
    if silent:
        gone = {row.site.id for row in silence(reading)}
        kept = [site for site in kept if site.id in gone]
    order = request.GET.get("sort", "city")
    kept.sort(key=lambda site: ORDERS.get(order, ORDERS["city"])(site, newest))
    shown = Paginator(kept, A_PAGE).get_page(request.GET.get("page"))
    heard = {row.site.id: row for row in silence(reading, list(shown))}
    return render(request, "live/sites.html", {
        "shown": shown, "count": len(kept), "total": len(known), "wanted": wanted, "choices": choices(known),
        "silent": silent, "order": order if order in ORDERS else "city", "stale": stale(reading),
        "rows": [{"site": site, "watch": WATCH_WORDS[watch_of(site)], "newest": newest.get(site.id),
                  "silent": heard.get(site.id)} for site in shown]})
