"""What is believed now, kept by subject and local day; older days come from the lake when asked for."""

from __future__ import annotations

from collections.abc import Iterator

from qingyuan.lake import Lake
from qingyuan.numerics.time import local_day_start
from qingyuan.pipeline import rows
from qingyuan.pipeline.cell import Cell, Written
from qingyuan.pipeline.figure import DAY_US, Draft, Figure, publish
from qingyuan.pipeline.intake import Observation
from qingyuan.pipeline.reasons import Reason
from qingyuan.quality import Flag, What

KEEP_DAYS = 3


class State:
    """Cells in memory over a lake; every change is collected in `written` until the tick is committed."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._cells: dict[tuple[str, int], Cell] = {}
        self._stored = rows.days_in(lake)
        self.written = Written()

    def cell(self, subject: str, at_us: int) -> Cell:
        """The cell of the local day that holds `at_us`."""
        day = local_day_start(at_us)
        if day in self._stored:          # a whole day at once: one question a table, not one a site
            self._stored.discard(day)
            rows.load_day(self._lake, day, lambda other: self._cells.setdefault((other, day), Cell()))
        return self._cells.setdefault((subject, day), Cell())

    def put(self, observation: Observation) -> Observation | None:
        """Believe an observation; returns the one it replaces. A repeat of the same content changes nothing."""
        key = observation.key
        cell = self.cell(key.site, key.start_us)
        before = cell.observations.get(key)
        if before is not None and before.says_the_same(observation):
            return observation
        cell.observations[key] = observation
        self.written.observations.append(observation)
        return before

    def figure(self, name: str, subject: str, start_us: int) -> Figure | None:
        """The version believed now."""
        return self.cell(subject, start_us).figures.get((name, start_us))

    def post(self, draft: Draft, believed_us: int, cause: Reason) -> Figure | None:
        """Publish a draft if it says something new; returns the new version, or None."""
        name, subject, start_us = draft.key
        figures = self.cell(subject, start_us).figures
        before = figures.get((name, start_us))
        if before is not None and not before.differs(draft):
            return None
        after = publish(draft, before, believed_us, cause)
        figures[name, start_us] = after
        self.written.figures.append(after)
        return after

    def adopt(self, figure: Figure) -> None:
        """Take a later version that says the same as the one believed now; any other changes nothing."""
        figures = self.cell(figure.subject, figure.start).figures
        before = figures.get((figure.name, figure.start))
        if before is not None and before.says_the_same(figure):
            figures[figure.name, figure.start] = figure
            self.written.figures.append(figure)

    def observations(self, site: str, start_us: int, end_us: int) -> Iterator[Observation]:
        """Observations of a site that begin in [start, end), in no order."""
        day = local_day_start(start_us)
        while day < end_us:
            for key, observation in self.cell(site, day).observations.items():
                if start_us <= key.start_us < end_us:
                    yield observation
            day += DAY_US

    def conflicts(self, site: str, start_us: int, end_us: int) -> list[Flag]:
        """Flags that two telegrams contradicted each other; they do not follow from what is believed now."""
        day, out = local_day_start(start_us), []
        while day < end_us:
            out += [f for (_, start, what), f in self.cell(site, day).flags.items()
                    if what == What.DUPLICATE_CONFLICT.value and start_us <= start < end_us]
            day += DAY_US
        return out

    def set_flags(self, site: str, start_us: int, end_us: int, flags: list[Flag], believed_us: int) -> None:
        """Replace the flags of a site in [start, end); what is new, changed or gone is written."""
        fresh = {(f.factor, f.start_us, f.what.value): f for f in flags if start_us <= f.start_us < end_us}
        day = local_day_start(start_us)
        while day < end_us:
            kept = self.cell(site, day).flags
            for where, old in list(kept.items()):
                if start_us <= where[1] < end_us and where not in fresh:
                    del kept[where]
                    self.written.flags.append((old.cleared(), believed_us))
            day += DAY_US
        for where, flag in fresh.items():
            kept = self.cell(site, where[1]).flags
            if kept.get(where) != flag:
                kept[where] = flag
                self.written.flags.append((flag, believed_us))

    def committed(self, data_now_us: int) -> None:
        """The tick is in the lake: forget what was collected and days that are long past."""
        self.written = Written()
        oldest = local_day_start(data_now_us) - KEEP_DAYS * DAY_US
        for where in [w for w in self._cells if w[1] < oldest]:
            self._stored.add(where[1])
            del self._cells[where]

