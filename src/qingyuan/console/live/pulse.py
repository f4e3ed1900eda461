"""The gateways' pulse at an instant: which ran, what came within a minute; lag and refusals are known for now only."""

from __future__ import annotations

from dataclasses import dataclass

from qingyuan.console import home, received
from qingyuan.console.operations import recent, watch
from qingyuan.console.reading import Reading


@dataclass(frozen=True)
class Pulse:
    """What is known at the instant; None for what nobody states, or what only now is known of.

    last_minute: telegrams accepted within the 60 s before; rejected_share: per cent of all that came since the
    gateways started.
    """

    running: int
    gateways: int
    last_minute: int
    last_us: int | None
    lag_s: float | None
    rejected_share: float | None


def pulse(reading: Reading) -> Pulse:
    """Read the ledgers' newest leaves and, for now, the status files."""
    tails = recent.tails(reading.as_of_us)
    found = watch.gateways(reading, tails)
    running = sum(one.running for one in found)
    now = reading.as_of_us is None
    return Pulse(
        running, len(found), received.last_minute(reading.as_of_us),
        max((sent.received_us for tail in tails.values() for sent in tail.sent.values()), default=None),
        home.status("pipeline.status.json").get("lag_s") if now and running else None,
        _rejected_share() if now else None)


def _rejected_share() -> float:
    found = [status for status in home.gateways().values() if "telegrams" in status]
    rejected = sum(sum(status.get("rejected", {}).values()) for status in found)
    came = rejected + sum(status["telegrams"] for status in found)
    return 100 * rejected / came if came else 0.0
