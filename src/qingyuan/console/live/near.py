"""Neighbours of a site: like monitors close by."""

from __future__ import annotations

from math import cos, hypot, radians

from qingyuan.console.live.watch import Watch, watch_of
from qingyuan.console.reading import Reading
from qingyuan.registry import Site

REACH_KM, MOST = 30.0, 3
KM_A_DEGREE = 111.2
COMPARED = (Watch.STATION, Watch.BOUNDARY, Watch.SECTION)       # outlets are not neighbours of each other


def distance_km(one: Site, other: Site) -> float:
    """Distance on a flat map about the first site, good to 1 % within the reach; infinite without coordinates."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return float("inf")
    east = (other.lon - one.lon) * cos(radians(one.lat))
    return KM_A_DEGREE * hypot(east, other.lat - one.lat)


def near(reading: Reading, site: Site, factor: str, most: int = MOST) -> list[Site]:
    """The nearest sites of the same kind and origin that monitor the factor, nearest first; none of an outlet."""
    watch = watch_of(site)
    if watch not in COMPARED:
        return []
    found = [(distance, other.id, other) for other in reading.sites(kind=site.kind)
             if other.id != site.id and other.origin is site.origin and factor in other.plan
             and (distance := distance_km(site, other)) <= REACH_KM and watch_of(other) is watch]
    return [other for _, _, other in sorted(found, key=lambda row: row[:2])[:most]]


def nearest_with(reading: Reading, site: Site, factor: str) -> Site | None:
    """The site itself if it monitors the factor, else the nearest of any kind and the same origin that does."""
    if factor in site.plan:
        return site
    found = [(distance, other.id, other) for other in reading.sites() if other.origin is site.origin
             and factor in other.plan and (distance := distance_km(site, other)) <= REACH_KM]
    return min(found, key=lambda row: row[:2])[2] if found else None
