"""The pipeline of a home: tick after tick from the ledgers into the lake, and how far it has come."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.evaluate import tick
from qingyuan.pipeline.evaluate.context import Context
from qingyuan.pipeline.feed import Feed
from qingyuan.pipeline.figure import DAY_US, Figure
from qingyuan.pipeline.publication import Publisher
from qingyuan.pipeline.reasons import Unplaced
from qingyuan.pipeline.state import KEEP_DAYS, State
from qingyuan.standards import TABLES, Tables

BATCH_ROWS = 200_000


@dataclass
class Progress:
    """What a pipeline has done since it was opened."""

    tick_us: int = 0
    data_now_us: int = 0
    ticks: int = 0
    arrivals: int = 0
    observations: int = 0
    figures: int = 0
    flags: int = 0
    lag_s: float = 0.0
    worst_lag_s: float = 0.0
    unplaced: Counter[Unplaced] = field(default_factory=Counter)


class Pipeline:
    """Everything between the ledgers and the lake; one at a time writes a lake."""

    def __init__(self, home: Home, lake: Lake, publish: Publisher, *, tables: Tables = TABLES) -> None:
        manifest = lake.current()
        self._home, self._lake, self._publish = home, lake, publish
        self._tables = tables
        self.feed = Feed(home, dict(manifest.position))
        self.feed.skip_admissions()
        self.state = State(lake)
        self.progress = Progress(manifest.tick_us)
        self._pending: tuple[int, dict[str, int]] = manifest.tick_us, dict(manifest.position)
        data_now = self.feed.registry.data_now(manifest.tick_us)
        held = rows.held_hours(lake, data_now - KEEP_DAYS * DAY_US) if manifest.tick_us else []
        self.agenda = tick.waiting(self.feed.registry, held, data_now)

    def next_tick(self) -> int | None:
        """The next tick at which something can change, or None."""
        times = [at for at in (self.feed.next_received(), self._next_due()) if at is not None]
        if not times:
            return None
        after = max(min(times), self.progress.tick_us + 1)
        step = self.feed.tick_us_at(after)
        return -(-after // step) * step

    def _next_due(self) -> int | None:
        due = self.agenda.next_data_us()
        return None if due is None else self.feed.registry.real_at(due)

    def advance(self, through_us: int) -> int:
        """Work off every tick up to `through_us`; returns how many there were. The caller refreshes the feed.

        Each tick is published on its own; the lake shows them together. A process that dies in between works the same
        ticks off again, and finds each of them published.
        """
        done = 0
        while (at := self.next_tick()) is not None and at <= through_us:
            self._tick(at)
            done += 1
            if len(self.state.written) > BATCH_ROWS:
                self._commit()
        self._commit()
        return done

    def adopt(self, figures: Iterable[Figure]) -> None:
        """Believe corrections that an earlier rebuild published, where they say what is believed here anyway."""
        for figure in figures:
            self.state.adopt(figure)
        self._commit()

    def _tick(self, tick_us: int) -> None:
        arrivals, changed = self.feed.take(tick_us)
        registry = self.feed.registry
        context = Context(self.state, registry, tick_us, registry.data_now(tick_us), self._tables)
        before = len(self.state.written.figures)
        tick.run(context, arrivals, changed, self.agenda, self.progress.unplaced)
        self.progress.tick_us, self.progress.data_now_us = tick_us, context.data_now_us
        self.progress.ticks += 1
        self.progress.arrivals += len(arrivals)
        self._pending = tick_us, self.feed.cut()
        if figures := self.state.written.figures[before:]:
            self._publish(tick_us, figures, self._pending[1], None)

    def _commit(self) -> None:
        written = self.state.written
        if written:
            tick_us, cut = self._pending
            transaction = self._lake.begin()
            if written.observations:
                transaction.write("observation", rows.observation_table(written.observations))
            if written.flags:
                transaction.write("flag", rows.flag_table(written.flags))
            for table in rows.TABLES:
                if found := [f for f in written.figures if f.key.table == table]:
                    transaction.write(table, rows.figure_table(found))
            transaction.commit(position=cut, tick_us=tick_us)
            self.progress.lag_s = round(max(0.0, time.time() - tick_us / 1e6), 3)
            self.progress.worst_lag_s = max(self.progress.worst_lag_s, self.progress.lag_s)
            self.progress.observations += len(written.observations)
            self.progress.figures += len(written.figures)
            self.progress.flags += len(written.flags)
        self.state.committed(self.progress.data_now_us)
