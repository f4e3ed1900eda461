"""Test `range`: a value outside what the factor can be. Bounds belong to the span, as in QARTOD's gross
range.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qingyuan.quality import limits
from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = limits.rule("range")
BOUNDS = ("fail_low", "suspect_low", "suspect_high", "fail_high")


def check(series: Series, factor: str) -> Outcome:
    """Levels of each value in the unit of the table; a factor without a row is not evaluated.

    Source of the spans: data/range.csv, all of them proposals. Below zero the test `negative` speaks for
    concentrations, so they have no lower bound here.
    """
    row = limits.by_factor("range").get(factor)
    levels = np.full(len(series), Level.NOT_EVALUATED if row is None else Level.GOOD, np.uint8)
    if row is None:
        return Outcome(What.RANGE, RULE, levels, {})
    for worse, low, high in ((Level.SUSPECT, "suspect_low", "suspect_high"),
                             (Level.FAIL, "fail_low", "fail_high")):
        if row[low]:
            levels[series.scaled < series.threshold(row[low])] = worse
        if row[high]:
            levels[series.scaled > series.threshold(row[high])] = worse
    bounds = {name: row[name] for name in BOUNDS if row[name]}
    return Outcome(What.RANGE, RULE, levels, {
        i: {"value": series.text(i), **bounds} for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    def outside(low: str, high: str) -> bool:
        below = low in evidence and _less(evidence["value"], evidence[low])
        return below or (high in evidence and _less(evidence[high], evidence["value"]))

    if outside("fail_low", "fail_high"):
        return Level.FAIL
    return Level.SUSPECT if outside("suspect_low", "suspect_high") else Level.GOOD


def _less(a: str, b: str) -> bool:
    first, second = common(a, b)
    return first < second
