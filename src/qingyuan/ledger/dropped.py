"""Which leaves of a quarantine ledger were dropped at the end of their retention. Their hashes are kept.

The file `dropped` says so; each dropped segment is also an `erasure` leaf of the same ledger, so that dropping can be
neither hidden nor invented.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qingyuan.ledger.files import open_text, put, sealed_text, sync_folder

KIND = "qingyuan-dropped-v1"
FILE = "dropped"


@dataclass(frozen=True)
class DroppedSegment:
    """A sealed segment that is gone, and the erasure leaf that tells of it."""

    first: int
    count: int
    sha256: str                 # of the sealed file, its trailer
    hashes: str                 # SHA-256 over its run of `hashes.0`, which nothing else can check now
    told_by: int

    def payload(self) -> dict[str, Any]:
        """What the erasure leaf says."""
        return {"dropped": {"first": self.first, "count": self.count, "sha256": self.sha256, "hashes": self.hashes}}


@dataclass(frozen=True)
class Dropped:
    """All dropped segments of a ledger, oldest first."""

    segments: tuple[DroppedSegment, ...] = ()

    @property
    def first(self) -> int:
        """First leaf still there."""
        return self.segments[-1].first + self.segments[-1].count if self.segments else 0


def read_dropped(folder: Path) -> Dropped:
    """Read the file; nothing dropped when there is none. Raises LedgerDamaged."""
    try:
        content = open_text(folder / FILE, KIND)
    except FileNotFoundError:
        return Dropped()
    return Dropped(tuple(DroppedSegment(**row) for row in content["segments"]))


def write_dropped(folder: Path, dropped: Dropped) -> None:
    """Put the file in its place, durably."""
    put(folder / FILE, sealed_text(KIND, {"segments": [asdict(segment) for segment in dropped.segments]}))
    sync_folder(folder)
