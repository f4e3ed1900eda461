"""Surface-water sections: the newest value of each factor, its age, and how it went."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.latest import COLUMNS, Latest
from qingyuan.console.live.selection import Selection, choices
from qingyuan.console.live.stale import stale
from qingyuan.console.live.watch import Watch, series_name, watch_of
from qingyuan.console.reading import Reading
from qingyuan.console.shell.access import needs
from qingyuan.numerics.time import DAY_US, HOUR_US
from qingyuan.registry import Site, SiteKind
from qingyuan.vocabulary.factors import unit_of

A_PAGE = 100
TREND_US = 3 * DAY_US
USUAL = ("w01010", "w01001", "w01009", "w01019", "w21003", "w21011", "w21001")     # GB 3838 table 1, those sent hourly
WIDTH, HEIGHT = 72, 20


@needs(Verb.READ_FIGURES)
def sections(request: Any) -> HttpResponse:
    """All river sections of the person. No class is stated here: none is computed yet."""
    reading, wanted = request.page.reading, Selection.of(request.GET)
    known = [site for site in reading.sites(kind=SiteKind.WATER) if watch_of(site) is Watch.SECTION]
    kept = wanted.keep(known)
    page = Paginator(kept, A_PAGE).get_page(request.GET.get("page"))
    planned = {code for site in page for code in site.plan}
    codes = [*(code for code in USUAL if code in planned), *sorted(planned - set(USUAL))]
    rows = trends(reading, list(page), codes)
    return render(request, "live/sections.html", {
        "sections_page": page, "count": len(kept), "codes": [(code, unit_of(code)) for code in codes],
        "wanted": wanted, "choices": choices(known),
        "stale": stale(reading), "shown_us": -(-reading.shown_us // HOUR_US) * HOUR_US,
        "rows": [{"site": site, "heard": max((c["end"] for c in cells if c), default=None), "cells": cells}
                 for site in page if (cells := [rows.get((site.id, code)) for code in codes]) is not None]})


def trends(reading: Reading, sites: list[Site], codes: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """For each (site, factor) the newest value and the line of the last three days."""
    if not sites:
        return {}
    names = {f"hour.{series_name(code)}": code for code in codes}
    start_us = reading.shown_us - TREND_US
    table = reading.columns("hour", (*COLUMNS, "mantissa", "scale"), [site.id for site in sites], names=list(names),
                            start_us=start_us, end_us=reading.shown_us)
    table = table.filter(table.column("mantissa").is_valid()).sort_by("start")
    series: dict[tuple[str, str], list[tuple[int, float]]] = {}
    newest: dict[tuple[str, str], Latest] = {}
    for row in zip(*(table.column(c).to_pylist() for c in (*COLUMNS, "mantissa", "scale")), strict=True):
        key = row[1], names[row[0]]
        newest[key] = Latest(*row[:8])
        series.setdefault(key, []).append((row[2], row[8] / 10 ** row[9]))
    return {key: {"figure": found, "end": found.start + found.span_s * 1_000_000,
                  "line": spark(series[key], start_us, reading.shown_us)} for key, found in newest.items()}


def spark(points: list[tuple[int, float]], start_us: int, end_us: int) -> list[str]:
    """Polylines `x,y x,y …` in a box of WIDTH × HEIGHT, broken where more than six hours are missing."""
    low, high = min(value for _, value in points), max(value for _, value in points)
    height, width = (high - low) or 1.0, end_us - start_us
    lines: list[list[str]] = [[]]
    before = None
    for at, value in points:
        if before is not None and at - before > 6 * HOUR_US:
            lines.append([])
        before = at
        x, y = (at - start_us) / width * (WIDTH - 2) + 1, HEIGHT - 2 - (value - low) / height * (HEIGHT - 4)
        lines[-1].append(f"{x:.1f},{y:.1f}")
    return [" ".join(line) for line in lines if len(line) > 1]
