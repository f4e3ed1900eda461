"""What became of the segments of a quarantine ledger at the end of their retention.

Most are dropped: only their hashes are kept. One that holds an admitted leaf is set aside whole, as `NNN.kept`, for
good. The file `dropped` says which; each is also an `erasure` leaf of the same ledger, so that neither can be hidden
or invented.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qingyuan.ledger.files import open_text, put, sealed_text, sync_folder
from qingyuan.ledger.segment import KEPT, Segment, segment_path

KIND = "qingyuan-dropped-v1"
FILE = "dropped"


@dataclass(frozen=True)
class DroppedSegment:
    """A sealed segment that is gone, or set aside, and the erasure leaf that tells of it."""

    first: int
    count: int
    sha256: str                 # of the sealed file, its trailer
    hashes: str                 # SHA-256 over its run of `hashes.0`, which nothing else can check now
    told_by: int
    kept: bool = False          # set aside because it holds an admitted leaf

    @property
    def stop(self) -> int:
        """Leaf after its last one."""
        return self.first + self.count

    def payload(self) -> dict[str, Any]:
        """What the erasure leaf says."""
        return {"kept" if self.kept else "dropped": {
            "first": self.first, "count": self.count, "sha256": self.sha256, "hashes": self.hashes}}

    def segment(self, folder: Path) -> Segment:
        """Its file, once it is set aside."""
        return Segment(self.first, segment_path(folder, self.first, KEPT), True)


@dataclass(frozen=True)
class Dropped:
    """All segments of a ledger that are gone or set aside, oldest first."""

    segments: tuple[DroppedSegment, ...] = ()

    @property
    def first(self) -> int:
        """First leaf that was neither dropped nor set aside."""
        return self.segments[-1].stop if self.segments else 0

    def kept(self, index: int) -> DroppedSegment | None:
        """The segment set aside that holds a leaf."""
        return next((one for one in self.segments if one.kept and one.first <= index < one.stop), None)

    def held_from(self, index: int) -> int:
        """First leaf from this one on that is still there, set aside or not."""
        return next((max(index, one.first) for one in self.segments if one.kept and index < one.stop),
                    max(index, self.first))


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
