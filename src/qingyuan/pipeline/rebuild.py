"""Make the lake again from the ledgers and hold it against what was published.

What was published is a root a tick in the office ledger. Where the figures worked off again have it, the lake gives
way: damage is named, the lake is written anew, nothing is appended. Only where the published root is another (other
code, other rules) corrections are appended with the reason `software`, and a publication leaf says so. Before that
everything received is worked off: a correction is believed after all that it rests on and before all that follows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from qingyuan.lake import Lake
from qingyuan.lake.durable import LakeBusy
from qingyuan.lake.manifest import BrokenManifest
from qingyuan.lake.schema import SPECS
from qingyuan.ledger import Home, Keyring, Ledger, settle_interrupted
from qingyuan.pipeline import rows
from qingyuan.pipeline.alone import alone
from qingyuan.pipeline.besides import beside
from qingyuan.pipeline.damage import Damage, figures_off, others_off
from qingyuan.pipeline.explain.beliefs import registry_at
from qingyuan.pipeline.feed import OFFICE, publications
from qingyuan.pipeline.figure import TABLES, Figure
from qingyuan.pipeline.follow import POLL_S, open_pipeline
from qingyuan.pipeline.holdings import Holdings, holdings
from qingyuan.pipeline.publication import OfficePublisher
from qingyuan.pipeline.reasons import Reason
from qingyuan.pipeline.reckoning import Reckoning
from qingyuan.registry import Registry, Site


class UnknownEngine(ValueError):
    """The engine asked for is not one of this release."""


class UnknownSite(LookupError):
    """No site and no city of that name is in the registry."""


@dataclass
class Report:
    """What a rebuild found and did."""

    ticks: int = 0
    rows: int = 0
    publications: int = 0
    differing_publications: list[int] = field(default_factory=list)    # ticks whose root is not the published one
    not_held: list[int] = field(default_factory=list)    # publications of which only the root is left
    had_lake: bool = False
    equal: bool = True                # the lake held every row it should, with its believed_from, and no other
    damage: Damage = field(default_factory=Damage)
    behind: int = 0                   # published figures that had not reached the lake yet
    corrections: int = 0              # appended by this rebuild

    @property
    def well(self) -> bool:
        """True if nothing was wrong and nothing comes out otherwise than published."""
        return not (self.differing_publications or self.not_held or self.corrections or self.damage)


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


def rebuild(home: Home, part: Part | None = None, engine: str = "local") -> Report:
    """Rebuild the lake of a home and compare.

    Raises UnknownEngine for an engine this release does not have, UnknownSite for a site nobody registered, LakeBusy
    when the lake has to be written and a pipeline is at work.
    """
    if engine != "local":
        raise UnknownEngine(f"engine '{engine}' is not part of this release; use --engine local")
    part = part or Part()
    _must_be_known(part.site, registry_at(home, time.time_ns() // 1000))
    settle_interrupted(home, Keyring.open(home.path / "keys"))
    first = _compare(home, part, None)
    if not first.corrections:
        return first
    with _only_one(home, first):
        second = _compare(home, part, _everything_worked_off(home))
    return replace(second, had_lake=first.had_lake, damage=first.damage, behind=first.behind, equal=False)


def _everything_worked_off(home: Home) -> int:
    """Work off what was received until now; an instant after every tick and before every telegram still to come."""
    pipeline = open_pipeline(home, Keyring.open(home.path / "keys"))
    while True:
        closed_us = pipeline.feed.refresh()
        pipeline.advance(closed_us)
        step = pipeline.feed.tick_us_at(closed_us)
        after = max(pipeline.progress.tick_us, (closed_us - 1) // step * step) + 1
        ahead = [at for at in (pipeline.feed.next_received(), pipeline.next_tick()) if at is not None]
        if after <= closed_us and after < min(ahead, default=after + 1):
            return after
        time.sleep(POLL_S)


def _compare(home: Home, part: Part, believed_us: int | None) -> Report:
    """One comparison; corrections are counted, and with an instant to believe them from appended."""
    found = holdings(Lake(home.path / "lake"))           # before the publications: each of its rows has a leaf then
    leaves = [content for _, content in publications(Ledger(home.ledger_path(OFFICE)))]
    with beside(home) as path:
        fresh = Lake(path)
        reckoning = Reckoning(home, fresh, leaves, found.figures)
        reckoning.pipeline.feed.refresh()
        reckoning.run(min(found.tick_us, time.time_ns() // 1000))    # closed when it was worked off, whoever writes now
        return _Comparison(home, fresh, part, found, reckoning).finish(believed_us)


def _must_be_known(name: str | None, registry: Registry) -> None:
    cities = {f"city:{version.record.city}" for site in registry.sites.values() for version in site.versions
              if isinstance(version.record, Site)}
    if name is not None and name not in registry.sites and name not in cities:
        raise UnknownSite(f"no site or city '{name}' is registered; list them with: qingyuan stations --home DIR")


class _Comparison:
    """An old lake beside what it should hold, and the writing that follows from it."""

    def __init__(self, home: Home, fresh: Lake, part: Part, found: Holdings, reckoning: Reckoning) -> None:
        self._home, self._fresh, self._part, self._found, self._reckoning = home, fresh, part, found, reckoning
        others = [f for tick_us in reckoning.lost for f in found.figures.get(tick_us, []) if not part.holds(f)]
        self._right = reckoning.rows() + others          # what a part leaves out stays as it was

    def finish(self, believed_us: int | None) -> Report:
        """Compare, append what has to be corrected, write the lake where it must be written."""
        reckoning, found = self._reckoning, self._found
        report = Report(reckoning.pipeline.progress.ticks, 0, reckoning.publications, reckoning.differing,
                        reckoning.lost, found.present)
        if found.present:
            report.damage, report.behind = figures_off(self._right, found, self._part.holds)
            if not reckoning.differing:
                report.damage.other_rows = others_off(self._fresh, found)
        fixes = [f for f in reckoning.corrections(believed_us or 0) if self._part.holds(f)]
        report.corrections = len(fixes)
        report.equal = not (report.damage or report.behind or fixes)
        if fixes and believed_us is not None:
            self._append(fixes, believed_us)
        elif not found.present or report.damage or report.behind:
            with _only_one(self._home, report):
                self._write(self._right)
        report.rows = sum(file.rows for file in Lake(self._home.path / "lake").current().files)
        return report

    def _append(self, fixes: list[Figure], believed_us: int) -> None:
        cut = self._reckoning.pipeline.feed.cut()
        OfficePublisher(self._home, Keyring.open(self._home.path / "keys"))(believed_us, fixes, cut, Reason.SOFTWARE)
        self._write([*self._right, *fixes], believed_us)

    def _write(self, figures: list[Figure], believed_us: int = 0) -> None:
        lake = Lake(self._home.path / "lake")
        with lake.writing():
            if _number(self._home) != self._found.number:
                raise LakeBusy("the lake was written while it was being compared; rebuild again")
            self._anew(lake, figures, max(believed_us, self._reckoning.corrected_us))

    def _anew(self, lake: Lake, figures: list[Figure], corrected_us: int) -> None:
        state = self._fresh.current()
        with lake.begin(afresh=True) as transaction:
            for name in SPECS:
                table = (rows.figure_table(f for f in figures if f.key.table == name) if name in TABLES
                         else self._fresh.read(name, all_versions=True))
                transaction.write(name, table)
            transaction.commit(position=state.position, tick_us=max(state.tick_us, corrected_us))


@contextmanager
def _only_one(home: Home, report: Report) -> Iterator[None]:
    """Nobody else turns ledgers into the lake."""
    wrong = f"{len(report.damage.figures)} figures and {len(report.damage.files)} files of the lake are damaged"
    held = ExitStack()
    try:
        held.enter_context(alone(home))
    except LakeBusy as error:
        raise LakeBusy(f"{error}, and the lake has to be written ({wrong}); stop it and rebuild again"
                       if report.damage else f"{error}, and the lake has to be written") from None
    with held:
        yield


def _number(home: Home) -> int:
    """Number of the newest whole manifest, 0 when there is none."""
    try:
        return Lake(home.path / "lake").current().number
    except BrokenManifest:
        return 0
