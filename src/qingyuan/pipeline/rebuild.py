"""Make the lake again from the ledgers and hold it against what was published.

Equal means: the same rows with the same `believed_from`. Where the figures differ (other code, other rules), what
was published stays; corrections are appended with the reason `software`, and a publication leaf says so.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qingyuan.evidence.figures import canonical, figures_root
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Keyring, Ledger, settle_interrupted
from qingyuan.pipeline import rows
from qingyuan.pipeline.feed import OFFICE, publications
from qingyuan.pipeline.figure import TABLES, Figure, FigureKey
from qingyuan.pipeline.publication import OfficePublisher, lines
from qingyuan.pipeline.reasons import Reason
from qingyuan.pipeline.run import Pipeline


class UnknownEngine(ValueError):
    """The engine asked for is not one of this release."""


@dataclass
class Report:
    """What a rebuild found."""

    ticks: int = 0
    rows: int = 0
    publications: int = 0
    differing_publications: list[int] = field(default_factory=list)    # ticks whose root is not the published one
    had_lake: bool = False
    equal: bool = True                # every row with its believed_from
    corrections: int = 0


@dataclass(frozen=True)
class Part:
    """Which figures are compared and corrected; None leaves a side open."""

    site: str | None = None
    from_us: int | None = None
    to_us: int | None = None

    def holds(self, figure: Figure) -> bool:
        """True if the figure is in the part."""
        return ((self.site is None or figure.subject == self.site)
                and (self.from_us is None or figure.start >= self.from_us)
                and (self.to_us is None or figure.start < self.to_us))


class _Checker:
    """Holds each tick's root against the publication leaf of that tick."""

    def __init__(self, published: dict[int, str], report: Report) -> None:
        self._published, self._report = published, report

    def __call__(self, tick_us: int, figures: Sequence[Figure], cut: dict[str, int], reason: Reason | None) -> None:
        if self._published.pop(tick_us, None) != figures_root(lines(figures)).hex():
            self._report.differing_publications.append(tick_us)

    def left_over(self) -> list[int]:
        """Ticks that were published and did not come again."""
        return sorted(self._published)


def rebuild(home: Home, part: Part | None = None, engine: str = "local") -> Report:
    """Rebuild the lake of a home; raises UnknownEngine for an engine this release does not have."""
    if engine != "local":
        raise UnknownEngine(f"engine '{engine}' is not part of this release; use --engine local")
    part = part or Part()
    settle_interrupted(home, Keyring.open(home.path / "keys"))
    office = Ledger(home.ledger_path(OFFICE))
    leaves = [content for _, content in publications(office)]
    report = Report(publications=len(leaves))
    ticks = {p["tick_us"]: p["figures_root"] for p in leaves if p["reason"] == "tick"}
    path = home.path / "lake"
    fresh_path = home.path / f"lake.rebuild-{time.time_ns()}"
    checker = _Checker(ticks, report)
    try:
        pipeline = Pipeline(home, Lake(fresh_path), checker)
        closed = pipeline.feed.refresh()
        horizon = max(ticks, default=None) if ticks else None
        pipeline.advance(closed if horizon is None else min(closed, horizon))
        report.differing_publications += checker.left_over()
        report.ticks = pipeline.progress.ticks
        fresh, old = Lake(fresh_path), Lake(path)
        report.rows = sum(file.rows for file in fresh.current().files)
        report.had_lake = bool(old.current().files)
        if not report.had_lake:
            old.close()
            shutil.rmtree(path, ignore_errors=True)
            fresh.close()
            fresh_path.rename(path)
        else:
            _compare(home, fresh, old, part, report)
    finally:
        shutil.rmtree(fresh_path, ignore_errors=True)
    return report


def _compare(home: Home, fresh: Lake, old: Lake, part: Part, report: Report) -> None:
    now, before = _versions(fresh, part), _versions(old, part)
    report.equal = sorted(map(_line, now)) == sorted(map(_line, before))
    latest_now, latest_before = _latest(now), _latest(before)
    tick_us = time.time_ns() // 1000
    fixes = []
    for key in sorted(latest_now):
        new, was = latest_now[key], latest_before.get(key)
        if was is None or (new.value, new.unit, new.standard, new.detail) != (
                was.value, was.unit, was.standard, was.detail):
            fixes.append(replace(new, believed_from=tick_us, version=(was.version if was else 0) + 1,
                                 reason=Reason.SOFTWARE.value))
    if fixes:
        _append(home, old, fixes, tick_us)
    report.corrections = len(fixes)


def _append(home: Home, lake: Lake, fixes: list[Figure], tick_us: int) -> None:
    position = dict(lake.current().position)
    OfficePublisher(home, Keyring.open(home.path / "keys"))(tick_us, fixes, position, Reason.SOFTWARE)
    transaction = lake.begin()
    for table in TABLES:
        if found := [f for f in fixes if f.key.table == table]:
            transaction.write(table, rows.figure_table(found))
    transaction.commit(position=position, tick_us=lake.current().tick_us)


def _versions(lake: Lake, part: Part) -> list[Figure]:
    return [f for table in TABLES for f in rows.figures(lake.read(table, all_versions=True)) if part.holds(f)]


def _latest(figures: list[Figure]) -> dict[FigureKey, Figure]:
    return {f.key: f for f in sorted(figures, key=lambda f: f.version)}


def _line(figure: Figure) -> bytes:
    return canonical(figure.row())
