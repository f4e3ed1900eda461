"""Test `hour_source_difference`: the hour as sent (2061) against the mean of its minute data (2051)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.quality.flags import Flag, Level, What
from qingyuan.quality.series import common

RULE = "hour_source_difference@1"
LIMIT_PERCENT = "1"
DIFFERENCE_LIMIT = 100 // int(LIMIT_PERCENT)
"""A difference counts when it is more than the sent value divided by this (logger against platform: rule
I13).
"""


def difference(site: str, factor: str, start_us: int, sent: str, minutes: str) -> Flag | None:
    """Suspect when the two differ by more than 1 % of the sent one; None otherwise. Raises ValueError for
    text that is no number."""
    evidence = {"sent": sent, "minutes": minutes, "limit_percent": LIMIT_PERCENT}
    found = level(evidence)
    if found is Level.GOOD:
        return None
    return Flag(site, factor, start_us, 3600, What.HOUR_SOURCE_DIFFERENCE, found, RULE, evidence)


def level(evidence: Mapping[str, Any]) -> Level:
    """Level that follows from the evidence alone. Raises KeyError or ValueError for other evidence."""
    sent, minutes = common(evidence["sent"], evidence["minutes"])
    limit, = common(evidence["limit_percent"])
    return Level.SUSPECT if abs(sent - minutes) * 100 > abs(sent) * limit else Level.GOOD
