"""What a demo has to show at its end: cities, indices, telegrams, and how many rows a figure took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.figure import Figure
from qingyuan.registry import Registry


@dataclass(frozen=True)
class CityLine:
    """One city of the closing table."""

    city: str
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
    names = sorted({site.city for site in registry.sites.values() if site.city})
    return [CityLine(name, len(registry.city_points(name)), newest.get((f"city:{name}", "aqi.realtime")),
                     newest.get((f"city:{name}", "aqi.daily"))) for name in names]


def rows_a_figure(home: Home) -> float:
    """Published versions for one figure, on average."""
    lake = Lake(home.path / "lake")
    found = [f for table in rows.TABLES for f in rows.figures(lake.read(table, all_versions=True))]
    return len(found) / max(1, len({f.key for f in found}))


def status(home: Home, name: str) -> Mapping[str, Any]:
    """A status file under run/, empty when it is missing."""
    path = home.path / "run" / name
    return json.loads(path.read_text("utf-8")) if path.exists() else {}
