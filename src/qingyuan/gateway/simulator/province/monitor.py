"""A monitor: what one station would send hour by hour, mishaps put in, and the readings that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from qingyuan.gateway.simulator.faults import Fault
from qingyuan.gateway.simulator.province.incidents import MARKED, Incident, Mishap
from qingyuan.gateway.simulator.province.period import Floats
from qingyuan.gateway.simulator.source import Reading, Station
from qingyuan.numerics.time import HOUR_US

MINUTE_US = 60_000_000
LINE = {Mishap.REPEAT: Fault.REPEAT, Mishap.PASSWORD: Fault.PASSWORD, Mishap.DAMAGED: Fault.CRC}
WOBBLE = 0.06                    # of ten-minute and real-time values about their hour
Derive = Callable[["Monitor"], dict[str, dict[str, tuple[Floats, int]]]]


@dataclass
class Monitor:
    """Values (hours,) by factor, rounded to `digits` when sent. `derive` gives what else stands beside an average
    (factor -> suffix -> values and decimals), computed from the values as they are sent. `step` is the hours from one
    reading to the next, `phase` the first of them, `fine` the command of finer data (2051, 2011) if any, `spans` the
    permit's limits, in which span gas and invented values are stated.
    """

    station: Station
    digits: dict[str, int]
    values: dict[str, Floats]
    derive: Derive | None = None
    step: int = 1
    phase: int = 0
    fine: str = ""
    spans: dict[str, float] = field(default_factory=dict)
    stopped: np.ndarray | None = None
    marks: dict[str, np.ndarray] = field(default_factory=dict)
    held: dict[str, np.ndarray] = field(default_factory=dict)       # hours in which a factor does not move at all

    def __post_init__(self) -> None:
        hours = len(next(iter(self.values.values())))
        idle = np.zeros(hours, bool) if self.stopped is None else self.stopped
        self.marks = {factor: np.where(idle, "F", "N") for factor in self.digits}
        self.held = {factor: idle.copy() for factor in self.digits}

    def suffer(self, incidents: Sequence[Incident], draw: np.random.Generator) -> None:
        """Put in what is measured or marked wrongly, then round as the logger does."""
        for incident in (i for i in incidents if i.site == self.station.id):
            for factor in filter(incident.concerns, self.digits):
                self._suffer(incident, factor, draw)
        for factor, digits in self.digits.items():
            self.values[factor] = np.round(self.values[factor], digits) + 0.0

    def _suffer(self, incident: Incident, factor: str, draw: np.random.Generator) -> None:
        when, values = slice(incident.first, incident.end), self.values[factor]
        count = incident.end - incident.first
        if incident.what is Mishap.FLAT:
            values[when] = values[incident.first]
        elif incident.what is Mishap.SPIKE:
            values[when] *= incident.size
        elif incident.what in (Mishap.NEGATIVE, Mishap.OVER_RANGE):
            values[when] = incident.size
        elif incident.what is Mishap.SUBSTITUTED:
            values[when] = self.spans[factor] * (0.62 + 0.012 * draw.normal(0, 1, count))
        elif incident.what is Mishap.CALIBRATION:
            values[when] = self.spans[factor] * incident.size
        elif incident.what is Mishap.LINK:
            values[when] = 0.0
        if incident.what in MARKED:
            self.marks[factor][when] = MARKED[incident.what]
        if incident.what in (Mishap.FLAT, Mishap.OVER_RANGE, Mishap.LINK):
            self.held[factor][when] = True

    def readings(self, start_us: int, incidents: Sequence[Incident], draw: np.random.Generator) -> Iterator[Reading]:
        """Everything the station sends, in order of time."""
        own = [i for i in incidents if i.site == self.station.id]
        beside = self.derive(self) if self.derive else {}
        for hour in range(self.phase, len(next(iter(self.values.values()))), self.step):
            here = [i for i in own if i.first <= hour < i.end]
            if any(i.what is Mishap.SILENCE for i in here):
                continue
            late = next((i for i in here if i.what is Mishap.LATE), None)
            reading = Reading(
                self.station.id, start_us + hour * HOUR_US,
                tuple((factor, f"{self.values[factor][hour]:.{digits}f}", str(self.marks[factor][hour]))
                      for factor, digits in self.digits.items()),
                beside=tuple((factor, suffix, f"{series[hour]:.{digits}f}") for factor, columns in beside.items()
                             for suffix, (series, digits) in columns.items()),
                fault=next((LINE[i.what] for i in here if i.what in LINE), None),
                delay_us=0 if late is None else (late.end - hour) * HOUR_US)
            if self.fine and hour:
                yield from self._fine(hour, reading, draw)
            yield reading

    def _fine(self, hour: int, whole: Reading, draw: np.random.Generator) -> Iterator[Reading]:
        """Ten-minute averages, or real-time values every five minutes, whose mean is the hour's value."""
        minutes = 10 if self.fine == "2051" else 5
        wobble = WOBBLE * draw.normal(0, 1, (60 // minutes, len(self.digits)))
        wobble -= wobble.mean(axis=0)
        held = [self.held[factor][hour] for factor in self.digits]
        for part, row in enumerate(wobble):
            values = tuple(
                (factor, f"{self.values[factor][hour] * (1 + off):.{digits}f}", str(self.marks[factor][hour]))
                for (factor, digits), off in zip(self.digits.items(), np.where(held, 0.0, row), strict=True))
            yield whole._replace(start_us=whole.start_us + part * minutes * MINUTE_US, values=values, beside=(),
                                 cn=self.fine)
