"""Tests of observations: pure functions on integer arrays that give flags with their evidence."""

from qingyuan.quality.arrival import clock, duplicate_conflict, late
from qingyuan.quality.flags import PRECEDENCE, Flag, Level, What, worst
from qingyuan.quality.hour_source import DIFFERENCE_LIMIT, difference
from qingyuan.quality.hours import LOOKBACK_HOURS, check_hours, usable
from qingyuan.quality.recheck import recheck
from qingyuan.quality.series import Series

__all__ = [
    "DIFFERENCE_LIMIT", "LOOKBACK_HOURS", "PRECEDENCE", "Flag", "Level", "Series", "What", "check_hours",
    "clock", "difference", "duplicate_conflict", "late", "recheck", "usable", "worst",
]
