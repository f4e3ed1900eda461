"""Test `negative`: a concentration below zero. Noise round zero is suspect, beyond the detection limit it
fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qingyuan.quality import limits
from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = limits.rule("negative")


def check(series: Series, factor: str) -> Outcome:
    """Below zero suspect, below minus the tolerance (unit of data/negative.csv) fail.

    The value itself is left as it is; counting it as half the detection limit is a matter of statistics.
    Factors without a row (temperature, potential, ...) may be negative and are not evaluated.
    """
    row = limits.by_factor("negative").get(factor)
    levels = np.full(len(series), Level.NOT_EVALUATED if row is None else Level.GOOD, np.uint8)
    if row is None:
        return Outcome(What.NEGATIVE, RULE, levels, {})
    levels[series.scaled < 0] = Level.SUSPECT
    levels[series.scaled < -series.threshold(row["tolerance"])] = Level.FAIL
    return Outcome(What.NEGATIVE, RULE, levels, {
        i: {"value": series.text(i), "tolerance": row["tolerance"]} for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    value, tolerance = common(evidence["value"], evidence["tolerance"])
    return Level.FAIL if value < -tolerance else Level.SUSPECT if value < 0 else Level.GOOD
