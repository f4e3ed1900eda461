"""The page of suspicious coordinates, the same check for a form or a file, and their map."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.labels import map_labels
from qingyuan.console.live.watch import watch_of
from qingyuan.console.reading import Reading
from qingyuan.console.registry.rights import seen_sites
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.words import city_name, name_of, word
from qingyuan.registry import CoordinateSystem, Registry, Site
from qingyuan.registry.coordinates import Doubt, Held, Suspicion, doubts, held
from qingyuan.registry.datum import to_wgs84

A_PAGE = 100
KEPT = 4
ZOOM = 6
_known: OrderedDict[int, tuple[Registry, list[tuple[Site, Doubt]]]] = OrderedDict()


def all_doubts(registry: Registry) -> list[tuple[Site, Doubt]]:
    """Every doubt about the sites of a registry; kept while it stays as it is."""
    found = _known.get(id(registry))
    if found is None or found[0] is not registry:
        found = _known[id(registry)] = registry, doubts(registry.sites.values())
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return found[1]


def found_doubts(reading: Reading) -> list[tuple[Site, Doubt]]:
    """Doubts about the sites that the person may see; of several at one place only those count."""
    allowed = seen_sites(reading.scope)
    return _among((found for found in all_doubts(reading.registry) if found[0].id in allowed), allowed)


def _among(found: Iterable[tuple[Site, Doubt]], allowed: Collection[str]) -> list[tuple[Site, Doubt]]:
    """Doubts that name only sites the person may see."""
    mine = ((site, replace(doubt, others=tuple(name for name in doubt.others if name in allowed)))
            for site, doubt in found)
    return [(site, doubt) for site, doubt in mine if doubt.others or doubt.suspicion is not Suspicion.SHARED]


def doubts_with(reading: Reading, fresh: Iterable[Site]) -> list[tuple[Site, Doubt]]:
    """Doubts about some sites as they would be among the others that the person may see."""
    new = {site.id: replace(site, versions=()) for site in fresh}
    found = doubts((dict(reading.registry.sites) | new).values())
    return _among((one for one in found if one[0].id in new), seen_sites(reading.scope) | new.keys())


def told(doubt: Doubt) -> str:
    """A doubt in words, with its distance."""
    distance = "" if doubt.distance_km is None else (
        f"{doubt.distance_km:.0f} km" if doubt.distance_km >= 10 else f"{doubt.distance_km:.1f} km")
    texts = {
        Suspicion.MISSING: _("has no coordinate"),
        Suspicion.IMPOSSIBLE: _("lies outside the country, whichever way it is read"),
        Suspicion.SWAPPED: _("longitude and latitude are exchanged"),
        Suspicion.OUTSIDE: _("lies {distance} outside {area}"),
        Suspicion.SHIFTED: _("lies {distance} outside {area}, but inside if the coordinate is one of {system}"),
        Suspicion.SHARED: _("stands at the very same place as {others}"),
    }
    return texts[doubt.suspicion].format(distance=distance, area=city_name(doubt.area), others=", ".join(doubt.others),
                                         system=word(doubt.system) if doubt.system else "")


def told_sound(site: Site) -> str:
    """That nothing is wrong, and what was looked at."""
    how, area = held(site)
    texts = {
        Held.INSIDE: _("nothing was found: it lies in {area}"),
        Held.BORDER: _("nothing was found: it lies at the border of {area}, nearer than the outline is drawn"),
        Held.COUNTRY: _("nothing was found, but its city is unknown: only that it lies in the country was looked at"),
    }
    return texts[how].format(area=city_name(area))


REMEDIES = {
    Suspicion.MISSING: lambda: _("measure it at the site"),
    Suspicion.IMPOSSIBLE: lambda: _("look it up anew"),
    Suspicion.SWAPPED: lambda: _("exchange them"),
    Suspicion.OUTSIDE: lambda: _("correct the coordinate, or the city"),
    Suspicion.SHIFTED: lambda: _("state the coordinate system"),
    Suspicion.SHARED: lambda: _("correct one of them, or end the one that is no more"),
}


@needs(Verb.READ_FIGURES)
def page(request: Any) -> HttpResponse:
    """Sites whose coordinate deserves a look; with `all` every site, each with what was found of it."""
    reading = request.page.reading
    allowed = seen_sites(reading.scope)
    known = [site for name, site in sorted(reading.registry.sites.items()) if name in allowed]
    found = found_doubts(reading)
    every = request.GET.get("all") == "1"
    listed: Sequence[tuple[Site, Doubt | None]] = _with_sound(known, found) if every else found
    shown = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "registry/coordinates.html", {
        "shown": shown, "count": len(found), "total": len(known), "every": every,
        "labels": json.dumps(map_labels(), ensure_ascii=False),
        "unstated": sum(1 for site in known if site.coordinate_system is CoordinateSystem.UNKNOWN),
        "view": _view(known),
        "on_map": any(site.lon is not None for site, _doubt in found),
        "rows": [{"site": site, "doubt": doubt, "why": told(doubt) if doubt else told_sound(site),
                  "what": REMEDIES[doubt.suspicion]() if doubt else "",
                  "url": reverse("registry_entry", args=["site", site.id])} for site, doubt in shown],
        "may_change": reading.scope.may(Verb.EDIT_REGISTRY)})


def _with_sound(known: Sequence[Site], found: Sequence[tuple[Site, Doubt]]) -> list[tuple[Site, Doubt | None]]:
    """Every site with each doubt about it, by id; None where there is none."""
    doubted: dict[str, list[Doubt | None]] = {}
    for site, doubt in found:
        doubted.setdefault(site.id, []).append(doubt)
    return [(site, doubt) for site in known for doubt in doubted.get(site.id, [None])]


def _view(known: Sequence[Site]) -> str:
    """Where the map begins: the middle of all sites, so that one that lies far off does not carry it away."""
    placed = [(site.lon, site.lat) for site in known if site.lon is not None and site.lat is not None]
    if not placed:
        return ""
    lon, lat = (median(axis) for axis in zip(*placed, strict=True))
    return f"{lon:.2f},{lat:.2f},{ZOOM}"


@needs(Verb.READ_FIGURES)
def points(request: Any) -> JsonResponse:
    """The same sites for the map, on WGS84."""
    seen: dict[str, dict[str, Any]] = {}
    for site, doubt in found_doubts(request.page.reading):
        if site.lon is None or site.lat is None or site.id in seen:
            continue
        lon, lat = to_wgs84(site.lon, site.lat, site.coordinate_system)
        seen[site.id] = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": {
            "id": site.id, "kind": watch_of(site).value, "name": name_of(site), "text": told(doubt),
            "url": reverse("registry_entry", args=["site", site.id])}}
    return JsonResponse({"type": "FeatureCollection", "features": list(seen.values())})

