"""Segment files of a ledger: what they are called, their header, and reading the open one by leaf number.

`NNNNNNNNNNNNNNNN.log` (open, or waiting to be sealed) has beside it `NNNNNNNNNNNNNNNN.ends`: for each record the
u64le offset behind it. That file only saves time; it may lag and is made again from the log.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qingyuan.ledger.errors import LedgerDamaged
from qingyuan.ledger.files import canonical
from qingyuan.ledger.record import LONGEST, Record, read, walk

MAGIC = b"QYSEG1\n"
LOG, ENDS, SEAL, KEPT = ".log", ".ends", ".seal", ".kept"
DIGITS = 16


@dataclass(frozen=True, order=True)
class Segment:
    """One segment on disk by its first leaf."""

    first: int
    path: Path
    sealed: bool

    @property
    def ends(self) -> Path:
        """Offsets beside an open segment."""
        return self.path.with_suffix(ENDS)


def segment_path(folder: Path, first: int, suffix: str = LOG) -> Path:
    """Where the segment beginning at a leaf lives."""
    return folder / f"{first:0{DIGITS}d}{suffix}"


def header(ledger: str, first: int, origin: str) -> bytes:
    """First bytes of an open segment; fixed by what the ledger is called, so that each byte can be checked."""
    return MAGIC + canonical({"ledger": ledger, "first": first, "origin": origin}) + b"\n"


def is_segment(name: str, suffix: str) -> bool:
    """True for the name of a segment file with this suffix."""
    stem = name.removesuffix(suffix)
    return name.endswith(suffix) and len(stem) == DIGITS and stem.isdigit()


def list_segments(folder: Path) -> list[Segment]:
    """Segments in the order of their leaves. Where a sealed one and its log are both there, the sealed one counts."""
    names = _names(folder)
    while (again := _names(folder)) != names:       # one listing can miss both names while a segment is being sealed
        names = again
    found: dict[int, Segment] = {}
    for name in names:
        first, sealed = int(name[:DIGITS]), name.endswith(SEAL)
        if sealed or first not in found:
            found[first] = Segment(first, folder / name, sealed)
    return [found[first] for first in sorted(found)]


def _names(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if is_segment(name, LOG) or is_segment(name, SEAL))


def covering(segments: list[Segment], index: int) -> Segment | None:
    """The segment a leaf would be in, by first leaves alone."""
    at = bisect_right(segments, index, key=lambda segment: segment.first) - 1
    return segments[at] if at >= 0 else None


class LogSegment:
    """An open segment for reading by leaf number. Not for use from two threads at once."""

    def __init__(self, segment: Segment, head: bytes) -> None:
        self._segment, self._start = segment, len(head)
        self._ends = array("Q")
        self._log = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._index: int | None = os.open(segment.ends, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._index = None
        if os.pread(self._log, len(head), 0) != head:
            self.close()
            raise LedgerDamaged(segment.path, 0, None, "the header is not this ledger's")

    def close(self) -> None:
        """Give the files back."""
        for handle in (self._log, self._index):
            if handle is not None:
                os.close(handle)

    def record(self, index: int) -> Record:
        """A leaf's record; raises LedgerDamaged when it is not there or not valid."""
        number = index - self._segment.first
        self._reach(number)
        if number < len(self._ends):
            start, end = self._offset(number), self._ends[number]
            if start < end <= start + LONGEST and (found := read(os.pread(self._log, end - start, start), 0)):
                return found
        self._rewalk()
        if number >= len(self._ends):
            raise LedgerDamaged(self._segment.path, self._offset(len(self._ends)), index, "no valid record here")
        start = self._offset(number)
        found = read(os.pread(self._log, self._ends[number] - start, start), 0)
        assert found is not None
        return found

    def records(self, start: int, stop: int) -> Iterator[Record]:
        """Records of leaves start to stop (exclusive); raises LedgerDamaged at the first one that is not valid."""
        if start >= stop:
            return
        self.record(start)
        offset = self._offset(start - self._segment.first)
        for found in walk(self._log, offset):
            yield found
            offset, start = found.end, start + 1
            if start == stop:
                return
        raise LedgerDamaged(self._segment.path, offset, start, "no valid record here")

    def _offset(self, number: int) -> int:
        return self._ends[number - 1] if number else self._start

    def _reach(self, number: int) -> None:
        if number < len(self._ends):
            return
        if self._index is not None:
            have = 8 * len(self._ends)
            data = os.pread(self._index, max(0, os.fstat(self._index).st_size // 8 * 8 - have), have)
            self._ends.frombytes(data[:len(data) // 8 * 8])

    def _rewalk(self) -> None:
        self._ends = array("Q", (found.end for found in walk(self._log, self._start)))
