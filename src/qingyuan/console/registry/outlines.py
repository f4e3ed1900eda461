"""Outlines of parks for maps, on WGS84."""

from __future__ import annotations

import math
from typing import Any

from django.http import Http404, JsonResponse
from django.urls import reverse

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.watch import watch_of
from qingyuan.console.reading import Reading
from qingyuan.console.registry.rights import may_see, seen_names, seen_sites
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.words import name_of, named
from qingyuan.registry import CoordinateSystem, EntryKind, Park
from qingyuan.registry.datum import to_wgs84
from qingyuan.registry.outline import geometry

WIDEST, NEAREST = 360.0, 12.0          # degrees that zoom 0 shows; the closest look at a park
DECIMALS = 6                           # of a degree: a tenth of a metre


def feature(park: Park) -> dict[str, Any]:
    """A park's outline as a GeoJSON polygon with its name."""
    ring = tuple(_placed(lon, lat, park.coordinate_system) for lon, lat in park.outline)
    return {"type": "Feature", "geometry": geometry(ring), "properties": {
        "id": park.id, "name": named(park), "url": reverse("registry_entry", args=["park", park.id])}}


def park_features(reading: Reading) -> list[dict[str, Any]]:
    """The outlines of all parks the person may see, by id."""
    names = seen_names(reading.scope, reading.registry)
    return [feature(park) for name, park in sorted(reading.registry.parks.items())
            if park.outline and (names is None or name in names)]


def view_of(park: Park) -> str:
    """Where a map of a park begins: its middle, and a zoom that shows all of it."""
    lons, lats = zip(*park.outline, strict=True)
    wide = max(max(lons) - min(lons), (max(lats) - min(lats)) / math.cos(math.radians(lats[0])), 1e-6)
    zoom = min(NEAREST, math.floor(math.log2(WIDEST / wide)))
    return f"{(max(lons) + min(lons)) / 2:.4f},{(max(lats) + min(lats)) / 2:.4f},{zoom:g}"


@needs(Verb.READ_FIGURES)
def outline(request: Any, name: str) -> JsonResponse:
    """The outline of a park with those of its sites that the person may see."""
    reading = request.page.reading
    park = reading.registry.parks.get(name)
    if park is None or not park.outline or not may_see(reading, EntryKind.PARK, name):
        raise Http404(name)
    allowed, members = seen_sites(reading.scope), {name, *park.organisations}
    points = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": list(_placed(
                  site.lon, site.lat, site.coordinate_system))}, "properties": {
                      "id": site.id, "kind": watch_of(site).value, "name": name_of(site), "origin": site.origin.value,
                      "url": reverse("registry_entry", args=["site", site.id])}}
              for site in reading.registry.sites.values()
              if site.id in allowed and site.lon is not None and site.lat is not None and members & set(site.belongs)]
    return JsonResponse({"type": "FeatureCollection", "features": [feature(park), *points]})


def _placed(lon: float, lat: float, system: CoordinateSystem) -> tuple[float, float]:
    x, y = to_wgs84(lon, lat, system)
    return round(x, DECIMALS), round(y, DECIMALS)
