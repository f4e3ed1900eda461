"""Test `rate`: a step from one hour to the next that is larger than air usually makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyuan.quality import limits
from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = limits.rule("rate")
LOOKBACK_HOURS = 1


def check(series: Series, factor: str, usable: NDArray[np.bool_]) -> Outcome:
    """Suspect where abs(value - value of the hour before) > the limit of data/rate.csv (per hour).

    usable: values that count; a step from or to another one, or across a gap, is not evaluated. Looks back
    only, so a lone spike shows as two flags, one up and one down, and no flag has to wait for the next hour.
    A limit is no law of nature: dust fronts and fireworks exceed it, hence never more than suspect.
    """
    row = limits.by_factor("rate").get(factor)
    levels = np.where(usable, Level.NOT_EVALUATED, Level.MISSING).astype(np.uint8)
    if row is None or len(series) < 2:
        return Outcome(What.RATE, RULE, levels, {})
    pair = series.follows() & usable
    pair[1:] &= usable[:-1]
    step = np.zeros_like(series.scaled)
    step[1:] = np.abs(np.diff(series.scaled))
    levels[pair] = np.where(step[pair] > series.threshold(row["per_hour"]), Level.SUSPECT, Level.GOOD)
    return Outcome(What.RATE, RULE, levels, {
        i: {"before": series.text(i - 1), "value": series.text(i), "per_hour": row["per_hour"]}
        for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    before, value, limit = common(evidence["before"], evidence["value"], evidence["per_hour"])
    return Level.SUSPECT if abs(value - before) > limit else Level.GOOD
