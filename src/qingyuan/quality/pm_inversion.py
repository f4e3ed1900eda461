"""Test `pm_inversion`: more PM2.5 than PM10, although the one is a part of the other. A weak hint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series, common

RULE = "pm_inversion@1"
PM10, PM25 = "a34002", "a34004"


def check(pm25: Series, pm10: Series, usable25: NDArray[np.bool_], usable10: NDArray[np.bool_]) -> Outcome:
    """Suspect (never more) where PM2.5 > PM10 in the same hour; points are those of `pm25`, same unit in
    both.

    Honest limits. The two come from two instruments with their own heating and noise; inversion of hours
    reached 9.3 % at one national station in 2022 from heated inlets and low concentrations, 10 % of all hours
    at twelve stations in two years of another network, and 0.1 % in the Yangtze delta in spring 2020. It
    proves nothing, is no interference by itself, and excludes no value.
    """
    levels = np.where(usable25, Level.NOT_EVALUATED, Level.MISSING).astype(np.uint8)
    _, at25, at10 = np.intersect1d(pm25.start_us, pm10.start_us, assume_unique=True, return_indices=True)
    both = usable25[at25] & usable10[at10]
    at25, at10 = at25[both], at10[both]
    more = _more(pm25, pm10, at25, at10)
    levels[at25] = np.where(more, Level.SUSPECT, Level.GOOD)
    partner = dict(zip(at25.tolist(), at10.tolist(), strict=True))
    return Outcome(What.PM_INVERSION, RULE, levels, {
        i: {"pm25": pm25.text(i), "pm10": pm10.text(partner[i])} for i in flagged(levels)})


def _more(pm25: Series, pm10: Series, at25: NDArray[np.int64], at10: NDArray[np.int64]) -> NDArray[np.bool_]:
    if pm25.scale == pm10.scale:
        return pm25.scaled[at25] > pm10.scaled[at10]
    return np.array([exceeds(pm25.text(i), pm10.text(k)) for i, k in zip(at25, at10, strict=True)], bool)


def exceeds(pm25: str, pm10: str) -> bool:
    """True if the first number is larger. Raises ValueError for other text."""
    first, second = common(pm25, pm10)
    return first > second


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    return Level.SUSPECT if exceeds(evidence["pm25"], evidence["pm10"]) else Level.GOOD
