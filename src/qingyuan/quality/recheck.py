"""Compute a flag again from its own record: no data, no tables, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qingyuan.quality import (
    arrival,
    flat_line,
    hour_source,
    mark,
    negative,
    pm_inversion,
    rate,
    sentinel,
    spans,
)
from qingyuan.quality.flags import Flag, Level, What

LEVELS: Mapping[str, tuple[What, Callable[[Mapping[str, Any]], Level]]] = {
    "range@1": (What.RANGE, spans.level),
    "rate@1": (What.RATE, rate.level),
    "flat_line@1": (What.FLAT_LINE, flat_line.level),
    "pm_inversion@1": (What.PM_INVERSION, pm_inversion.level),
    "negative@1": (What.NEGATIVE, negative.level),
    "sentinel@1": (What.SENTINEL, sentinel.level),
    "mark@1": (What.MARK, mark.level),
    "duplicate_conflict@1": (What.DUPLICATE_CONFLICT, arrival.duplicate_level),
    "hour_source_difference@1": (What.HOUR_SOURCE_DIFFERENCE, hour_source.level),
    "late@1": (What.LATE, arrival.late_level),
    "clock@1": (What.CLOCK, arrival.clock_level),
}
"""Rule -> what it speaks of and how its level follows from the evidence. Old versions stay when new ones
come.
"""


def recheck(flag: Flag) -> bool:
    """True if the evidence of a flag gives its level under its rule, and the rule is about what the flag
    says.

    A flag taken back (level good) states nothing and carries no evidence. False also for an unknown rule and
    for evidence that lacks a number.
    """
    known = LEVELS.get(flag.rule)
    if known is None or known[0] is not flag.what:
        return False
    if flag.level is Level.GOOD:
        return not flag.evidence
    try:
        return known[1](flag.evidence) is flag.level
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
