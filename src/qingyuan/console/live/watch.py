"""What a site watches, where it lies, and what of it is told first: shared by list, map and home."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console.shell import words
from qingyuan.registry import Site, SiteKind
from qingyuan.vocabulary import factors

SECTION, AMBIENT, STACK, OUTFALL = "21", "22", "31", "32"      # HJ 212-2017 table 5


class Watch(StrEnum):
    """What a monitor watches, by its medium, its system code and whom it belongs to."""

    STATION = "station"
    BOUNDARY = "boundary"
    OUTLET_STACK = "outlet_stack"
    OUTLET_WATER = "outlet_water"
    SECTION = "section"
    NOISE = "noise"
    OTHER = "other"


WATCH_WORDS: dict[Watch, Any] = {
    Watch.STATION: _("air station"), Watch.BOUNDARY: _("boundary station"), Watch.OUTLET_STACK: _("stack"),
    Watch.OUTLET_WATER: _("waste-water outlet"), Watch.SECTION: _("river section"),
    Watch.NOISE: _("noise monitor"), Watch.OTHER: _("other monitor"),
}
FIRST = {Watch.OUTLET_STACK: ("a21002", "a21026", "a34013"), Watch.OUTLET_WATER: ("w01018", "w21003"),
         Watch.SECTION: ("w01009", "w01001", "w21003")}


def watch_of(site: Site) -> Watch:
    """What a site watches."""
    if site.kind is SiteKind.AIR:
        return Watch.BOUNDARY if site.belongs else Watch.STATION
    if site.kind is SiteKind.GAS:
        return Watch.OUTLET_STACK
    if site.kind is SiteKind.WATER:
        return Watch.SECTION if site.st == SECTION else Watch.OUTLET_WATER
    return Watch.NOISE if site.kind is SiteKind.NOISE else Watch.OTHER


@lru_cache(maxsize=4096)
def series_name(factor: str) -> str:
    """What the figures of a factor are called after `hour.` or `day.`: its symbol, else its code."""
    return factors.symbol_of(factor) or factor


def told_first(site: Site) -> str:
    """The figure that stands for a site in lists and on the map: the index of ambient air, else an hour value."""
    watch = watch_of(site)
    if watch in (Watch.STATION, Watch.BOUNDARY):
        return "aqi.realtime"
    wanted = next((code for code in FIRST.get(watch, ()) if code in site.plan), next(iter(site.plan), ""))
    return f"hour.{series_name(wanted)}" if wanted else ""


@lru_cache(maxsize=1024)
def level_of(value: str, standard: str) -> int | None:
    """Grade 1 to 6 of an index as published; None for anything else."""
    return words.grade_of(value, standard)
