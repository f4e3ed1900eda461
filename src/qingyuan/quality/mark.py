"""Test `mark`: the instrument itself says that the value does not count (calibration, fault, upkeep, ...)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from qingyuan.quality.flags import Level, Outcome, What, flagged
from qingyuan.quality.series import Series
from qingyuan.vocabulary import marks

RULE = "mark@1"


def check(series: Series) -> Outcome:
    """Fail where the mark of HJ 212-2017 (table of marks in the vocabulary) does not count.

    The mark is believed as sent. A false mark is an offence of its own (State Council Order 820, art. 25) and
    is looked for elsewhere.
    """
    counted = {letter: Level.GOOD if marks.counts(letter) else Level.FAIL for letter in set(series.marks)}
    levels = np.array([counted[letter] for letter in series.marks], np.uint8)
    return Outcome(What.MARK, RULE, levels, {i: {"mark": series.marks[i]} for i in flagged(levels)})


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError for other evidence."""
    return Level.GOOD if marks.counts(evidence["mark"]) else Level.FAIL
