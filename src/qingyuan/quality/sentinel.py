"""Test `sentinel`: a number that stands for "no value" and was sent as data."""

from __future__ import annotations

from collections.abc import Mapping
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
    listed = [row["value"] for row in limits.rows("sentinel")
              if row["factors"] == "*" or factor in row["factors"].split()]
    levels = np.full(len(series), Level.GOOD, np.uint8)
    levels[np.isin(series.scaled, [series.threshold(text) for text in listed])] = Level.FAIL
    return Outcome(What.SENTINEL, RULE, levels, {
        i: {"value": series.text(i), "stands_for_nothing": listed} for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    value, *listed = common(evidence["value"], *evidence["stands_for_nothing"])
    return Level.FAIL if value in listed else Level.GOOD
