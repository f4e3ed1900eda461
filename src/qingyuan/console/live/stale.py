"""Since when nothing new has come."""

from __future__ import annotations

from dataclasses import dataclass

from qingyuan.console.reading import Reading
from qingyuan.numerics.time import HOUR_US

EXPECTED_US = 2 * HOUR_US       # an hour value stands one hour after its hour at the latest; one more is grace


@dataclass(frozen=True)
class Stale:
    """What is shown ends at `shown_us`; data time is `now_us`."""

    shown_us: int
    now_us: int


def stale(reading: Reading) -> Stale | None:
    """What pages say where the newest data of all are older than expected."""
    if reading.data_now_us - reading.shown_us <= EXPECTED_US + HOUR_US:
        return None
    return Stale(reading.shown_us // HOUR_US * HOUR_US + HOUR_US, reading.data_now_us)
