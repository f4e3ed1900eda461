"""Test `flat_line`: the same value hour after hour (rule I04: 4 h for gases, 3 h for particles)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyuan.quality import limits
from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = limits.rule("flat_line")
LOOKBACK_HOURS = max(int(row["hours"]) for row in limits.rows("flat_line")) - 1


def check(series: Series, factor: str, usable: NDArray[np.bool_]) -> Outcome:
    """Suspect from the hour on in which the value has been equal for `hours` hours without a gap.

    Equal means equal numbers; 53 and 53.0 are. usable: values that count; others break the run. Values below
    `from_value` (data/flat_line.csv, with the reason) are good: reported in whole numbers they repeat by
    themselves. A stuck instrument and a source that shows an old page look alike here; that is for a person.
    """
    row = limits.by_factor("flat_line").get(factor)
    counting = Level.NOT_EVALUATED if row is None else Level.GOOD
    levels = np.where(usable, counting, Level.MISSING).astype(np.uint8)
    if row is None:
        return Outcome(What.FLAT_LINE, RULE, levels, {})
    hours = int(row["hours"])
    same = series.follows() & usable
    same[1:] &= usable[:-1] & (np.diff(series.scaled) == 0)
    run = same.copy()
    for back in range(1, hours - 1):
        run[back:] &= same[:-back]
        run[:back] = False
    levels[run & (series.scaled >= series.threshold(row["from_value"]))] = Level.SUSPECT
    return Outcome(What.FLAT_LINE, RULE, levels, {
        i: {"values": [series.text(k) for k in range(i - hours + 1, i + 1)], "hours": row["hours"],
            "from_value": row["from_value"]} for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    least, *values = common(evidence["from_value"], *evidence["values"])
    flat = len(values) >= int(evidence["hours"]) and len(set(values)) == 1 and values[0] >= least
    return Level.SUSPECT if flat else Level.GOOD
