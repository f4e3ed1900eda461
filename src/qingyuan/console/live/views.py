"""Home and the list of sites."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.shell.access import needs

HOUR_US = 3_600_000_000
A_PAGE = 100


@needs()
def home(request: Any) -> HttpResponse:
    """What needs the person who asks."""
    return render(request, "live/home.html", {"roles": request.page.scope.roles})


@needs(Verb.READ_FIGURES)
def sites(request: Any) -> HttpResponse:
    """All sites the person may see, with their newest index."""
    reading = request.page.reading
    wanted = request.GET.get("q", "").strip().casefold()
    found = [site for site in reading.sites()
             if not wanted or any(wanted in text.casefold() for text in (site.id, site.name, site.name_en, site.city))]
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    newest = reading.newest(["aqi.realtime"], since_us=reading.shown_us - 3 * HOUR_US,
                            subjects=[site.id for site in shown])
    return render(request, "live/sites.html", {
        "shown": shown, "rows": [(site, newest.get((site.id, "aqi.realtime"))) for site in shown],
        "count": len(found)})
