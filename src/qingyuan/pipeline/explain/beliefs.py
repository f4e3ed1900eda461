"""What was believed at an instant about some subjects over some time: figures, observations, flags, registry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from qingyuan.evidence.leaf import Kind, head, parse
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Ledger
from qingyuan.pipeline import rows
from qingyuan.pipeline.feed import OFFICE
from qingyuan.pipeline.figure import Figure, FigureKey
from qingyuan.pipeline.intake import Observation
from qingyuan.quality import Flag, Level
from qingyuan.registry import Registry, fold


@dataclass
class Beliefs:
    """Rows as of one instant."""

    as_of_us: int
    registry: Registry
    figures: dict[tuple[str, str, int], Figure]
    observations: dict[tuple[str, str, int], list[Observation]]     # site, factor, hour start -> rows
    flags: list[Flag]

    def figure(self, name: str, subject: str, start_us: int) -> Figure | None:
        """The version believed then, or None."""
        return self.figures.get((name, subject, start_us))


class Registries:
    """The registry as it was known at any instant; the office ledger is read once, equal states are made once."""

    def __init__(self, home: Home) -> None:
        with Ledger(home.ledger_path(OFFICE)) as ledger:
            heads = ((head(stored.data), stored.data) for stored in ledger.leaves(0, ledger.size))
            self._entries = [(at_us, parse(data).payload) for (kind, at_us), data in heads if kind is Kind.REGISTRY]
        self._folds: dict[int, Registry] = {}

    def at(self, as_of_us: int) -> Registry:
        """The registry at an instant."""
        known = bisect_right(self._entries, as_of_us, key=lambda entry: entry[0])
        if known not in self._folds:
            self._folds[known] = fold(self._entries[:known])
        return self._folds[known]


def registry_at(home: Home, as_of_us: int) -> Registry:
    """The registry as it was known at an instant."""
    return Registries(home).at(as_of_us)


def versions(lake: Lake, key: FigureKey) -> list[Figure]:
    """Every published version of a figure, oldest first."""
    table = lake.read(key.table, sites=[key.subject], start_us=key.start_us, end_us=key.start_us + 1,
                      all_versions=True)
    return sorted((f for f in rows.figures(table) if f.name == key.name), key=lambda f: f.version)


def gather(home: Home, lake: Lake, subjects: Iterable[str], start_us: int, end_us: int, as_of_us: int,
           registry: Registry | None = None) -> Beliefs:
    """Read everything about some subjects in [start, end) as it was believed at an instant."""
    where: dict[str, Any] = {"sites": sorted(subjects), "start_us": start_us, "end_us": end_us, "as_of_us": as_of_us}
    found_figures = (f for table in rows.TABLES for f in rows.figures(lake.read(table, **where)))
    figures = {(f.name, f.subject, f.start): f for f in found_figures}
    observations: dict[tuple[str, str, int], list[Observation]] = {}
    for row in rows.observations(lake.read("observation", **where)):
        hour = row.key.start_us // 3_600_000_000 * 3_600_000_000
        observations.setdefault((row.key.site, row.key.factor, hour), []).append(row)
    for found in observations.values():
        found.sort(key=lambda r: (r.key.kind, r.key.start_us))
    flags = [f for f in rows.flags(lake.read("flag", **where)) if f.level is not Level.GOOD]
    return Beliefs(as_of_us, registry or registry_at(home, as_of_us), figures, observations, flags)
