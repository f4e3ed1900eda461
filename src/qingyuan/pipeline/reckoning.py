"""Everything worked off again, publication by publication, and for each the rows that have its root.

The office ledger says what was published: a root a tick. Rows worked off anew that have it are what was published,
whatever a lake says. Where they do not (other code, other rules), rows of a lake that have it are. Where neither
does, what was published is not held any more; only its root is on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qingyuan.evidence.figures import figures_root
from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline.figure import Figure, FigureKey
from qingyuan.pipeline.publication import lines
from qingyuan.pipeline.reasons import Reason
from qingyuan.pipeline.run import Pipeline


class Reckoning:
    """One run over the ledgers into a fresh lake, held against the publications and an old lake's rows."""

    def __init__(self, home: Home, fresh: Lake, leaves: Sequence[Mapping[str, Any]],
                 held: Mapping[int, list[Figure]]) -> None:
        self._leaves, self._held, self.publications = leaves, held, len(leaves)
        self.corrected_us = max((leaf["tick_us"] for leaf in leaves if leaf["reason"] != "tick"), default=0)
        self._roots: dict[int, set[str]] = defaultdict(set)
        for leaf in leaves:
            if leaf["reason"] == "tick":
                self._roots[leaf["tick_us"]].add(leaf["figures_root"])
        self.recomputed: dict[int, list[Figure]] = {}
        self.published: dict[int, list[Figure]] = {}     # tick or correction -> its rows, where they are held
        self.differing: list[int] = []                   # ticks that come out otherwise than published
        self.lost: list[int] = []                        # published, and neither found nor made again
        self.pipeline = Pipeline(home, fresh, self._take)

    def run(self, through_us: int) -> None:
        """Work off every published tick, and those without a figure up to an instant."""
        horizon = 0
        for leaf in self._leaves:
            if leaf["reason"] == "tick":
                horizon = max(horizon, leaf["tick_us"])
            else:
                self.pipeline.advance(horizon)
                self._correction(leaf["tick_us"], leaf["figures_root"])
        self.pipeline.advance(max(horizon, through_us))
        for tick_us in sorted(set(self._roots) - set(self.recomputed)):
            self._otherwise(tick_us)
        self.differing.sort()
        self.lost.sort()

    def _take(self, tick_us: int, figures: Sequence[Figure], cut: dict[str, int], reason: Reason | None) -> None:
        self.recomputed[tick_us] = list(figures)
        if root_of(figures) in self._roots[tick_us]:
            self.published[tick_us] = list(figures)
        else:
            self._otherwise(tick_us)

    def _otherwise(self, tick_us: int) -> None:
        self.differing.append(tick_us)
        held = self._held.get(tick_us, [])
        if root_of(held) in self._roots[tick_us]:
            self.published[tick_us] = held
        elif self._roots[tick_us]:
            self.lost.append(tick_us)

    def _correction(self, tick_us: int, root: str) -> None:
        """Rows of an earlier rebuild's publication: those held, else those this rebuild would have appended then."""
        for figures in (self._held.get(tick_us, []), self.corrections(tick_us)):
            if figures and root_of(figures) == root:
                self.published[tick_us] = figures
                self.pipeline.adopt(figures)
                return
        self.lost.append(tick_us)

    def corrections(self, believed_us: int) -> list[Figure]:
        """What has to be appended so that the newest belief is what comes out now; by key."""
        now, before, lost = latest(self.recomputed), latest(self.published), set(self.lost)
        out = []
        for key in sorted(now):
            new, was = now[key], before.get(key)
            if was is None or not new.says_the_same(was):
                gone = new.version if new.believed_from in lost else 0
                out.append(replace(new, believed_from=believed_us, reason=Reason.SOFTWARE.value,
                                   version=max(was.version if was else 0, gone) + 1))
        return out

    def rows(self) -> list[Figure]:
        """Every row that was published and is held, oldest belief first."""
        return [f for tick_us in sorted(self.published) for f in self.published[tick_us]]


def root_of(figures: Iterable[Figure]) -> str:
    """Root of a publication of these figures, hexadecimal."""
    return figures_root(lines(list(figures))).hex()


def latest(by_tick: Mapping[int, Iterable[Figure]]) -> dict[FigureKey, Figure]:
    """The newest version of each figure."""
    return {f.key: f for tick_us in sorted(by_tick) for f in by_tick[tick_us]}
