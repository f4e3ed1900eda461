"""How data came, and the two ways to an hour."""

import pytest
from quality_rows import HOUR_US, SO2, T0

from qingyuan.quality import clock, difference, duplicate_conflict, late

END = T0 + HOUR_US
SECOND = 1_000_000


def test_late_after_the_limit():
    assert late("s", SO2, T0, 3600, END + 3600 * SECOND) is None
    flag = late("s", SO2, T0, 3600, END + 3600 * SECOND + 1)
    assert flag.evidence == {
        "end_us": str(END), "arrived_us": str(END + 3600 * SECOND + 1), "limit_s": "3600"}
    assert late("s", SO2, T0, 3600, END + 11 * SECOND, limit_s=10) is not None


def test_clock_ahead_of_receipt():
    assert clock("s", SO2, T0, 3600, END - 300 * SECOND) is None
    assert clock("s", SO2, T0, 3600, END - 300 * SECOND - 1).evidence["tolerance_s"] == "300"


def test_duplicate_conflict_is_about_content():
    assert duplicate_conflict("s", SO2, T0, 3600, "53", "53") is None
    assert duplicate_conflict("s", SO2, T0, 3600, "53", "53.0").evidence == {"first": "53", "second": "53.0"}


@pytest.mark.parametrize(("sent", "minutes", "flagged"), [
    ("100", "101", False), ("100", "101.01", True), ("100", "98.9", True), ("0", "0", False),
    ("0", "0.1", True), ("-10", "-10.1", False), ("-10", "-10.11", True)])
def test_hour_source_differs_by_more_than_one_percent(sent, minutes, flagged):
    assert (difference("s", SO2, T0, sent, minutes) is not None) == flagged
