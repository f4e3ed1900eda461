"""The gateway's pulse: telegrams a minute, lag, share rejected, as gateways and pipeline state of themselves."""

from __future__ import annotations

from dataclasses import dataclass

from qingyuan.console import home

GONE_US = 60_000_000         # a status file older than this is a gateway that does not run


@dataclass(frozen=True)
class Pulse:
    """What is known now; None for what nobody states. `running`: gateways that wrote within a minute."""

    running: int
    gateways: int
    per_minute: float
    telegrams: int
    rejected: int
    lag_s: float | None
    last_us: int | None

    @property
    def rejected_share(self) -> float:
        """Per cent of all that came since the gateways started."""
        came = self.telegrams + self.rejected
        return 100 * self.rejected / came if came else 0.0


def pulse() -> Pulse:
    """Read the status files."""
    now_us = home.now_us()
    found = [status for status in home.gateways().values() if "telegrams" in status]
    running = [status for status in found if now_us - status.get("at_us", 0) < GONE_US]
    pipeline = home.status("pipeline.status.json")
    return Pulse(
        len(running), len(found), sum(60 * status.get("rate", 0.0) for status in running),
        sum(status["telegrams"] for status in found),
        sum(sum(status.get("rejected", {}).values()) for status in found),
        pipeline.get("lag_s") if running else None,
        max((status["last_commit_us"] for status in found if status.get("last_commit_us")), default=None))
