"""Tests of how data came: late, ahead of time, or two telegrams that contradict each other.

Times are data time (under a replay profile, the declared one), UTC microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.quality.flags import Flag, Level, What

LATE_RULE, CLOCK_RULE, DUPLICATE_RULE = "late@1", "clock@1", "duplicate_conflict@1"
LATE_S = 3600         # HJ 633-2026 5.2: published within 1 h after the hour
CLOCK_S = 300         # ours: a logger's clock may be five minutes fast
SECOND_US = 1_000_000


def late(site: str, factor: str, start_us: int, span_s: int, arrived_us: int,
         limit_s: int = LATE_S) -> Flag | None:
    """Suspect when a period arrived more than `limit_s` seconds after its end; None otherwise."""
    evidence = {"end_us": str(start_us + span_s * SECOND_US), "arrived_us": str(arrived_us),
                "limit_s": str(limit_s)}
    return _flag(site, factor, start_us, span_s, What.LATE, LATE_RULE, evidence, late_level)


def clock(site: str, factor: str, start_us: int, span_s: int, arrived_us: int,
          tolerance_s: int = CLOCK_S) -> Flag | None:
    """Suspect when a period arrived more than `tolerance_s` seconds before its end; None otherwise."""
    evidence = {"end_us": str(start_us + span_s * SECOND_US), "arrived_us": str(arrived_us),
                "tolerance_s": str(tolerance_s)}
    return _flag(site, factor, start_us, span_s, What.CLOCK, CLOCK_RULE, evidence, clock_level)


def duplicate_conflict(site: str, factor: str, start_us: int, span_s: int, first: str,
                       second: str) -> Flag | None:
    """Suspect when two telegrams state different content for one period; None when they state the same.

    first, second: what was stated, as text, in the order of receipt. The later one is believed.
    """
    evidence = {"first": first, "second": second}
    return _flag(site, factor, start_us, span_s, What.DUPLICATE_CONFLICT, DUPLICATE_RULE, evidence,
                 duplicate_level)


def late_level(evidence: Mapping[str, Any]) -> Level:
    """The level that follows from the evidence of a flag `late`."""
    delay_us = int(evidence["arrived_us"]) - int(evidence["end_us"])
    return Level.SUSPECT if delay_us > int(evidence["limit_s"]) * SECOND_US else Level.GOOD


def clock_level(evidence: Mapping[str, Any]) -> Level:
    """The level that follows from the evidence of a flag `clock`."""
    ahead_us = int(evidence["end_us"]) - int(evidence["arrived_us"])
    return Level.SUSPECT if ahead_us > int(evidence["tolerance_s"]) * SECOND_US else Level.GOOD


def duplicate_level(evidence: Mapping[str, Any]) -> Level:
    """The level that follows from the evidence of a flag `duplicate_conflict`."""
    return Level.SUSPECT if evidence["first"] != evidence["second"] else Level.GOOD


def _flag(site: str, factor: str, start_us: int, span_s: int, what: What, rule: str, evidence: dict[str, str],
          level: Any) -> Flag | None:
    found = level(evidence)
    return None if found is Level.GOOD else Flag(site, factor, start_us, span_s, what, found, rule, evidence)
