"""Coordinates that cannot be right, or deserve a look: held against the outline of the site's own city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from qingyuan.registry.datum import to_wgs84
from qingyuan.registry.kinds import CoordinateSystem
from qingyuan.registry.site import Site
from qingyuan.vocabulary.boundaries import Area, cities, counties

EAST, NORTH = (73.0, 136.0), (3.0, 54.0)      # a box around the country, degrees
BORDER_KM = 0.5                               # nearer to the outline than this is no doubt: it is drawn that roughly
SHIFT_KM = 1.5                                # the greatest shift of BD-09
PLACE = 5                                     # decimals at which two places are one, about a metre
SUFFIXES = ("", "市", "区", "县", "地区", "盟")


class Suspicion(StrEnum):
    """Why a coordinate is doubted."""

    MISSING = "missing"
    IMPOSSIBLE = "impossible"          # outside the country, whichever way it is read
    SWAPPED = "swapped"                # right once longitude and latitude are exchanged
    OUTSIDE = "outside"                # not in the site's own city
    SHIFTED = "shifted"                # in its city only if the coordinate is one of GCJ-02 or BD-09
    SHARED = "shared"                  # another site of the same kind stands at the very same place


@dataclass(frozen=True)
class Doubt:
    """One doubt about a site's coordinate: which area it should lie in, how far it is from there in kilometres, the
    other sites at the same place, and the system that would put it right.
    """

    suspicion: Suspicion
    area: str = ""
    distance_km: float | None = None
    others: tuple[str, ...] = ()
    system: CoordinateSystem | None = None


class Held(StrEnum):
    """What a coordinate without a doubt was held against."""

    INSIDE = "inside"                  # it lies in the site's own city
    BORDER = "border"                  # it lies so near to the city's outline that this is no doubt
    COUNTRY = "country"                # the city is unknown: only that it lies in the country


def held(site: Site) -> tuple[Held, str]:
    """What the coordinate of a site was held against, with the name of the area; for one about which is no doubt."""
    area = area_of(site.city, site.city_code, site.province)
    if area is None or site.lon is None or site.lat is None:
        return Held.COUNTRY, ""
    inside = area.holds(*to_wgs84(site.lon, site.lat, site.coordinate_system))
    return Held.INSIDE if inside else Held.BORDER, area.name


@cache
def area_of(city: str, city_code: str = "", province: str = "") -> Area | None:
    """The prefecture or county a site says it lies in; None where the name is unknown or names several."""
    every = (*cities(), *counties())
    if len(city_code) == 4:
        city_code += "00"
    if found := next((area for area in every if area.code == city_code), None):
        return found
    names = {city + suffix for suffix in SUFFIXES} if city else set()
    for level in (cities(), counties()):
        named = [a for a in level if a.name in names and (not province or a.province.startswith(province[:2]))]
        if len(named) == 1:
            return named[0]
    return None


def place_doubt(lon: float, lat: float, system: CoordinateSystem, area: Area | None) -> Doubt | None:
    """What is wrong with one coordinate (degrees, in `system`) of a site that lies in `area`."""
    name = area.name if area else ""
    if not _in_country(lon, lat):
        turned = _in_country(lat, lon) and (area is None or area.holds(lat, lon))
        return Doubt(Suspicion.SWAPPED if turned else Suspicion.IMPOSSIBLE, name)
    if area is None:
        return None
    x, y = to_wgs84(lon, lat, system)
    if area.holds(x, y):
        return None
    far = area.distance_km(x, y)
    if far < SHIFT_KM and system not in (CoordinateSystem.GCJ02, CoordinateSystem.BD09):
        for other in (CoordinateSystem.GCJ02, CoordinateSystem.BD09):
            if area.holds(*to_wgs84(lon, lat, other)):
                return Doubt(Suspicion.SHIFTED, name, far, system=other)
    return Doubt(Suspicion.OUTSIDE, name, far) if far > BORDER_KM else None


def doubts(sites: Iterable[Site]) -> list[tuple[Site, Doubt]]:
    """Every doubt about the coordinates of some sites, by site id and in the order of `Suspicion`."""
    ordered = sorted(sites, key=lambda site: site.id)
    together: dict[tuple[object, ...], list[Site]] = defaultdict(list)
    found: list[tuple[Site, Doubt]] = []
    for site in ordered:
        if site.lon is None or site.lat is None:
            found.append((site, Doubt(Suspicion.MISSING)))
            continue
        together[site.kind, round(site.lon, PLACE), round(site.lat, PLACE)].append(site)
        area = area_of(site.city, site.city_code, site.province)
        if doubt := place_doubt(site.lon, site.lat, site.coordinate_system, area):
            found.append((site, doubt))
    for there in together.values():
        for site in there:
            others = tuple(s.id for s in there if s.id != site.id and not set(s.belongs) & set(site.belongs))
            if others:
                found.append((site, Doubt(Suspicion.SHARED, others=others)))
    order = list(Suspicion)
    return sorted(found, key=lambda item: (item[0].id, order.index(item[1].suspicion)))


def _in_country(lon: float, lat: float) -> bool:
    return EAST[0] <= lon <= EAST[1] and NORTH[0] <= lat <= NORTH[1]
