"""What a demo has to show at its end: cities, indices, telegrams, and how many rows a figure took."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.numerics.time import micros
from qingyuan.pipeline import rows
from qingyuan.pipeline.figure import Figure
from qingyuan.registry import Origin, Registry, Site, SiteKind


@dataclass(frozen=True)
class CityLine:
    """One city of the closing table."""

    city: str
    origins: tuple[Origin, ...]          # of its points: measured, simulated
    points: int
    now: Figure | None
    day: Figure | None

    @property
    def primary(self) -> list[str]:
        """Primary pollutants of the newest hour."""
        return self.now.details()["primary"] if self.now else []


def cities(home: Home, registry: Registry) -> list[CityLine]:
    """Newest real-time and daily index of every city, by name."""
    newest: dict[tuple[str, str], Figure] = {}
    for figure in rows.figures(Lake(home.path / "lake").read("figure")):
        where = figure.subject, figure.name
        if figure.subject.startswith("city:") and (where not in newest or figure.start > newest[where].start):
            newest[where] = figure
    now_us = registry.data_now(time.time_ns() // 1000)
    points = {name: registry.city_points(name, now_us)
              for name in sorted({s.city for s in registry.sites.values() if s.city})}
    return [CityLine(name, tuple(sorted({site.origin for site in found})), len(found),
                     newest.get((f"city:{name}", "aqi.realtime")), newest.get((f"city:{name}", "aqi.daily")))
            for name, found in points.items() if found]


class Watch(Enum):
    """What a monitor watches."""

    AIR = "air"
    BOUNDARY = "boundary"
    STACK = "stack"
    OUTFALL = "outfall"
    SECTION = "section"
    OTHER = "other"


@dataclass
class MonitorLine:
    """All monitors of one kind and origin."""

    watch: Watch
    origin: Origin
    sites: int = 0
    values: int = 0
    newest_us: int = 0


def watch_of(site: Site) -> Watch:
    """What a site watches, by its medium and system code (HJ 212-2017 table 5)."""
    if site.kind is SiteKind.AIR:
        return Watch.BOUNDARY if site.belongs else Watch.AIR
    if site.kind is SiteKind.GAS:
        return Watch.STACK
    if site.kind is SiteKind.WATER:
        return Watch.OUTFALL if site.st == "32" else Watch.SECTION
    return Watch.OTHER


def monitors(home: Home, registry: Registry) -> list[MonitorLine]:
    """Sites and hour values by what is watched; measured and simulated are never added together."""
    lines: dict[tuple[Watch, Origin], MonitorLine] = {}
    where: dict[str, MonitorLine] = {}
    for site in registry.sites.values():
        line = where[site.id] = lines.setdefault((watch_of(site), site.origin),
                                                 MonitorLine(watch_of(site), site.origin))
        line.sites += 1
    hours = Lake(home.path / "lake").read("hour").group_by("subject").aggregate([("start", "count"), ("start", "max")])
    for row in hours.to_pylist():
        if (known := where.get(row["subject"])) is not None:
            known.values += row["start_count"]
            known.newest_us = max(known.newest_us, micros(row["start_max"]))
    order = list(Watch)
    return sorted(lines.values(), key=lambda line: (order.index(line.watch), line.origin))


def rows_a_figure(home: Home) -> float:
    """Published versions for one figure, on average."""
    lake = Lake(home.path / "lake")
    found = [f for table in rows.TABLES for f in rows.figures(lake.read(table, all_versions=True))]
    return len(found) / max(1, len({f.key for f in found}))


def status(home: Home, name: str) -> Mapping[str, Any]:
    """A status file under run/, empty when it is missing."""
    path = home.path / "run" / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
