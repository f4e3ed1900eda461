"""What a gateway counts, for the tick leaf, the status file and the log."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from qingyuan.evidence.leaf import Verdict

REJECTED = tuple(verdict for verdict in Verdict if verdict is not Verdict.ACCEPTED)


@dataclass
class Counters:
    """Since the gateway began."""

    telegrams: int = 0                    # accepted and new
    repeats: int = 0                      # accepted again, not appended again
    answers: int = 0
    registered: int = 0                   # loggers that registered themselves
    connections: int = 0                  # ever opened
    refused: int = 0                      # connections beyond the limit
    idle: int = 0                         # connections closed for silence
    deaf: int = 0                         # connections closed because answers were never read
    beyond_quota: int = 0                 # strangers' frames counted, not kept
    rejected: dict[str, int] = field(default_factory=lambda: {verdict.name.lower(): 0 for verdict in REJECTED})

    def reject(self, verdict: Verdict) -> None:
        """Count a frame that was not accepted."""
        self.rejected[verdict.name.lower()] += 1

    def payload(self) -> dict[str, int]:
        """All counters as one flat table."""
        plain = asdict(self)
        return {**{name: value for name, value in plain.items() if name != "rejected"}, **self.rejected}
