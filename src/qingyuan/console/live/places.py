"""The map and its sites as GeoJSON, with the list that is always the same set."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live import labels
from qingyuan.console.live.latest import MAIN, Latest, latest, told
from qingyuan.console.live.selection import Selection, choices
from qingyuan.console.live.stale import stale
from qingyuan.console.live.templatetags.live import site_address
from qingyuan.console.live.watch import WATCH_WORDS, series_name, watch_of
from qingyuan.console.reading import Reading
from qingyuan.console.registry.outlines import park_features
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.templatetags.qy import hour_period
from qingyuan.numerics.time import HOUR_US
from qingyuan.pipeline.reasons import Stage
from qingyuan.registry import CoordinateSystem, Origin, Site
from qingyuan.registry.datum import to_wgs84
from qingyuan.vocabulary import units
from qingyuan.vocabulary.factors import AIR_SIX

LISTED = 200
SHIFTED = (CoordinateSystem.GCJ02, CoordinateSystem.BD09)
WIND = {"hour.a01007": "wind_speed", "hour.a01008": "wind_from"}


@needs(Verb.READ_FIGURES)
def map_page(request: Any) -> HttpResponse:
    """The map, and beside it the same sites as a list."""
    reading, wanted, name = request.page.reading, Selection.of(request.GET), _name(request)
    known, kept, newest = _chosen(reading, wanted, name)
    inside = _inside(kept, request.GET.get("box", ""))
    data = {**wanted.given, **({"factor": request.GET["factor"]} if name != MAIN else {})}
    if request.page.as_of:
        data["as_of"] = request.page.as_of
    return render(request, "live/map.html", {
        "wanted": wanted, "choices": choices(known), "count": len(kept), "listed": LISTED, "stale": stale(reading),
        "factor": "" if name == MAIN else request.GET["factor"], "factors": factor_choices(known),
        "data": reverse("sites_geojson") + (f"?{urlencode(data)}" if data else ""),
        **map_parts(reading), "unplaced": sum(site.lon is None for site in kept), "grades": words.GRADES.items(),
        "rows": [{"site": site, "watch": WATCH_WORDS[watch_of(site)], "newest": newest.get(site.id)}
                 for site in inside[:LISTED]]})


@needs(Verb.READ_FIGURES)
def sites_geojson(request: Any) -> HttpResponse:
    """The sites that fit as points (degrees as registered): grade, kind, origin, newest value, wind where known; beside
    them the outlines of the parks the person may see.

    `at`: start of an hour in epoch seconds; the state of that hour instead of now.
    """
    reading, name = request.page.reading, _name(request)
    at = request.GET.get("at", "")
    until_us = int(at) * 1_000_000 + 1 if at.isdecimal() and len(at) < 12 else None
    _, kept, newest = _chosen(reading, Selection.of(request.GET), name, until_us)
    wind: dict[str, dict[str, float]] = {}
    for (site, what), found in latest(reading, list(WIND), until_us=until_us).items():
        wind.setdefault(site, {})[WIND[what]] = float(found.value)
    made = Features(request.page.as_of)
    features = [made.of(site, newest.get(site.id), wind.get(site.id)) for site in kept if site.lon is not None]
    features += park_features(reading)
    return JsonResponse({"type": "FeatureCollection", "features": features, "shown": reading.shown_us},
                        json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def map_parts(reading: Reading) -> dict[str, Any]:
    """What every map needs: its words, and the hours of the last day for its slider."""
    last = (reading.shown_us - 1) // HOUR_US * 3600
    return {"map_labels": json.dumps(labels.map_labels(), ensure_ascii=False),
            "map_times": json.dumps([last - 3600 * back for back in reversed(range(24))])}


def _inside(sites: list[Site], box: str) -> list[Site]:
    """The sites that lie in `west,south,east,north` degrees; all of them where the text is no box."""
    parts = [part for part in box.split(",") if part.replace(".", "", 1).removeprefix("-").isdecimal()]
    if len(parts) != 4:
        return sites
    west, south, east, north = map(float, parts)
    return [site for site in sites if (place := _place(site))
            and west <= place[0] <= east and south <= place[1] <= north]


def _place(site: Site) -> tuple[float, float] | None:
    """Longitude and latitude on the map, WGS 84 degrees."""
    if site.lon is None or site.lat is None:
        return None
    if site.coordinate_system not in SHIFTED:
        return site.lon, site.lat
    lon, lat = to_wgs84(site.lon, site.lat, site.coordinate_system)
    return round(lon, 6), round(lat, 6)


def _name(request: Any) -> str:
    """Name of the figure that is asked for by `factor`."""
    code = request.GET.get("factor", "")
    return f"hour.{series_name(code)}" if code.isalnum() else MAIN


def _chosen(reading: Reading, wanted: Selection, name: str, until_us: int | None = None,
            ) -> tuple[list[Site], list[Site], dict[str, Latest]]:
    """All sites of the person, those that fit, and their newest figures (up to an instant of data time)."""
    known = reading.sites()
    kept = wanted.keep(known)
    newest = told(reading, kept, name, until_us)
    kept = wanted.graded(kept, newest)
    if name != MAIN:
        kept = [site for site in kept if site.id in newest]
    return known, kept, newest


def factor_choices(sites: list[Site]) -> list[tuple[str, str]]:
    """(code, name) of the factors that some sites monitor: those of the index first, then by name."""
    known = {code for site in sites for code in site.plan}
    six = [code for code in AIR_SIX.values() if code in known]
    return [(code, words.factor_name(code)) for code in [*six, *sorted(known - set(six), key=words.factor_name)]]


class Features:
    """Makes features; the words that thousands of them share are looked up once."""

    def __init__(self, as_of: str) -> None:
        self._as_of, self._chinese = as_of, words.chinese()
        self._origins = {origin: str(words.word(origin)) for origin in Origin}
        self._grades = {level: str(word) for level, word in words.GRADES.items()}
        self._tails: dict[tuple[str, int, int], str] = {}
        self._heads: dict[str, str] = {}
        self._wind = _("wind from {degrees}°, {speed} m/s")

    def of(self, site: Site, found: Latest | None, wind: dict[str, float] | None) -> dict[str, Any]:
        """One site as a GeoJSON point."""
        said: dict[str, Any] = {
            "id": site.id, "kind": watch_of(site).value, "name": (not self._chinese and site.name_en) or site.name,
            "url": site_address(site.id, self._as_of), "origin": site.origin.value,
            "origin_word": self._origins[site.origin]}
        if found is not None:
            said |= {"text": f"{self._head(found.name)} {found.value}{self._tail(found)}", "value": float(found.value)}
            if (level := found.level) is not None:
                said |= {"scale": "air", "grade": level, "letter": str(level), "grade_text": self._grades[level]}
        if wind and len(wind) == len(WIND):
            said |= wind | {"wind_text": self._wind.format(degrees=f"{wind['wind_from']:g}",
                                                           speed=f"{wind['wind_speed']:g}")}
        return {"type": "Feature", "geometry": {"type": "Point", "coordinates": _place(site)}, "properties": said}

    def _head(self, name: str) -> str:
        if name not in self._heads:
            self._heads[name] = "AQI" if name.startswith("aqi.") else words.factor_name(name.partition(".")[2])
        return self._heads[name]

    def _tail(self, found: Latest) -> str:
        """Unit, stage and period."""
        key = f"{found.unit} {found.stage}", found.start, found.span_s
        if key not in self._tails:
            unit = f" {units.label(found.unit)}" if found.unit else ""
            self._tails[key] = f"{unit} · {words.word(Stage(found.stage))} · {hour_period(found)}"
        return self._tails[key]
