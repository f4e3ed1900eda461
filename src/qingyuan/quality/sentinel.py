"""Test `sentinel`: a number that stands for "no value" and was sent as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from qingyuan.quality import limits
from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = limits.rule("sentinel")


def check(series: Series, factor: str) -> Outcome:
    """Equal to one of data/sentinel.csv: fail. -99.0 equals -99; positive ones count for named factors
    only.
    """
    listed = _listed(factor)
    levels = np.full(len(series), Level.GOOD, np.uint8)
    for text in listed:
        levels[series.scaled == series.threshold(text)] = Level.FAIL
    return Outcome(What.SENTINEL, RULE, levels, {
        i: {"value": series.text(i), "stands_for_nothing": list(listed)} for i in flagged(levels)})


@cache
def _listed(factor: str) -> tuple[str, ...]:
    return tuple(row["value"] for row in limits.rows("sentinel")
                 if row["factors"] == "*" or factor in row["factors"].split())


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    value, *listed = common(evidence["value"], *evidence["stands_for_nothing"])
    return Level.FAIL if value in listed else Level.GOOD
