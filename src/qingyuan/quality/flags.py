"""A flag: what a test says of one value, with the numbers that let anyone compute it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]


class What(StrEnum):
    """What a flag is about: a closed list, one member a test."""

    RANGE = "range"
    RATE = "rate"
    FLAT_LINE = "flat_line"
    PM_INVERSION = "pm_inversion"
    NEGATIVE = "negative"
    SENTINEL = "sentinel"
    MARK = "mark"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    HOUR_SOURCE_DIFFERENCE = "hour_source_difference"
    LATE = "late"
    CLOCK = "clock"


class Level(IntEnum):
    """How bad it is; the numbers are those of QARTOD (2011, flag values)."""

    GOOD = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4           # keeps the value out of automatic provisional figures; a person may restore it
    MISSING = 9


PRECEDENCE = (Level.MISSING, Level.NOT_EVALUATED, Level.GOOD, Level.SUSPECT, Level.FAIL)
"""Later wins when several tests speak of one value."""

_RANK = np.zeros(10, np.uint8)
_RANK[list(PRECEDENCE)] = range(len(PRECEDENCE))
_BAD = np.isin(np.arange(10), [Level.SUSPECT, Level.FAIL])


def worst(levels: Sequence[Levels]) -> Levels:
    """One level a point out of several tests of the same points, by PRECEDENCE. Raises ValueError for no
    test.
    """
    if not levels:
        raise ValueError("no test to merge")
    ranks = np.max([_RANK[one] for one in levels], axis=0)
    return np.array(PRECEDENCE, np.uint8)[ranks]


@dataclass(frozen=True, slots=True)
class Flag:
    """What one test says of one factor of one site in one period.

    evidence: the numbers the test compared and the thresholds it used, as text; `recheck` needs nothing else.
    An automatic flag with level FAIL excludes the value from automatic provisional figures and from nothing
    else.
    """

    site: str
    factor: str
    start_us: int                # start of the period, UTC microseconds
    span_s: int
    what: What
    level: Level
    rule: str                    # test@version
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def cleared(self) -> Flag:
        """The row that takes this flag back."""
        return replace(self, level=Level.GOOD, evidence={})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test says of each point of a series."""

    what: What
    rule: str
    levels: Levels
    evidence: Mapping[int, Mapping[str, Any]]    # point -> numbers, for each point that is suspect or fails


def flagged(levels: Levels) -> list[int]:
    """Points that are suspect or fail."""
    return _BAD[levels].nonzero()[0].tolist()
