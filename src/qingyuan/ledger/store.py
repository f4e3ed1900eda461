"""Reading a ledger: leaves, roots and proofs up to its latest signed checkpoint. Any process may read at any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qingyuan.evidence import merkle
from qingyuan.evidence.note import NoteError, parse_checkpoint, verify
from qingyuan.ledger.dropped import read_dropped
from qingyuan.ledger.errors import LeafDropped, LedgerDamaged
from qingyuan.ledger.files import is_locked, open_text
from qingyuan.ledger.finding import Finding
from qingyuan.ledger.keyed import FILE as KEYS
from qingyuan.ledger.keyed import candidates, payload_of
from qingyuan.ledger.levels import Levels
from qingyuan.ledger.meta import read_meta
from qingyuan.ledger.record import Record
from qingyuan.ledger.seal import SealedSegment
from qingyuan.ledger.segment import LogSegment, Segment, covering, header, list_segments

CHECKPOINT, WITNESSED, LOCK, CLOSED = "checkpoint", "checkpoint.witnessed", "lock", "closed"
CLOSED_KIND = "qingyuan-closed-v1"
OPEN_SEGMENTS = 8


@dataclass(frozen=True)
class StoredLeaf:
    """A leaf as stored: its number, bytes, private bytes (secrets withheld from the leaf) and leaf hash."""

    index: int
    data: bytes
    private: bytes
    hash: bytes

    def __repr__(self) -> str:
        return f"StoredLeaf({self.index}, {len(self.data)} bytes)"


def writer_alive(folder: Path) -> bool:
    """True if a process holds a ledger's writer lock just now."""
    return is_locked(folder / LOCK)


class Ledger:
    """A ledger opened for reading. Not for use from two threads at once; open one in each."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._meta = read_meta(self.path)
        self._levels = Levels(self.path)
        self._segments: list[Segment] = []
        self._listed = -1
        self._opened: dict[Path, LogSegment | SealedSegment] = {}
        self._note = ""
        self.size = self._signed = 0
        self.refresh()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the files back; a ledger that nobody refers to any more does so by itself."""
        self._levels.close()
        while self._opened:
            self._opened.popitem()[1].close()

    def __del__(self) -> None:
        if hasattr(self, "_opened"):
            self.close()

    @property
    def name(self) -> str:
        """Name in the home."""
        return self._meta.name

    @property
    def origin(self) -> str:
        """Origin line of its checkpoints."""
        return self._meta.origin

    @property
    def vkeys(self) -> list[str]:
        """All verifier key lines it ever had, oldest first."""
        return self._meta.vkeys

    @property
    def vkey(self) -> str:
        """Verifier key line of the newest key."""
        return self._meta.vkeys[-1]

    def refresh(self) -> int:
        """See what became durable since; returns the size. Raises LedgerDamaged when the checkpoint is not signed.

        The size of a ledger that was closed because it was shortened is what is left of it; what is left is still
        provable under the checkpoint it had.
        """
        path = self.path / CHECKPOINT
        note = path.read_text("utf-8", errors="replace")
        if note != self._note:
            try:
                try:
                    verify(note, self.vkeys)
                except NoteError:
                    self._meta = read_meta(self.path)      # a new key may have come
                    verify(note, self.vkeys)
                seen = parse_checkpoint(note)
            except NoteError as error:
                raise LedgerDamaged(path, 0, None, Finding.NOT_SIGNED) from error
            if seen.origin != self.origin:
                raise LedgerDamaged(path, 0, None, Finding.NOT_SIGNED)
            self._note, self._signed = note, seen.size
        if (self.path / CLOSED).exists():
            self.size = min(self._signed, int(open_text(self.path / CLOSED, CLOSED_KIND)["have"]))
        else:
            self.size = self._signed
        return self.size

    def checkpoint(self) -> str:
        """The signed checkpoint this reader stands at."""
        return self._note

    def witnessed(self) -> str | None:
        """The newest checkpoint a witness has co-signed, or None."""
        try:
            return (self.path / WITNESSED).read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def leaf(self, index: int) -> StoredLeaf:
        """One leaf; raises IndexError beyond the size, LeafDropped, LedgerDamaged."""
        if not 0 <= index < self.size:
            raise IndexError(f"ledger {self.name} has {self.size} leaves, not leaf {index}")
        while True:
            segment, _ = self._segment(index)
            try:
                return _stored(index, self._reader(segment).record(index))
            except FileNotFoundError:
                self._segments = []

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[StoredLeaf]:
        """Leaves start to stop (exclusive; None: the size). Raises as `leaf`; dropped leaves are not skipped."""
        stop = self.size if stop is None else min(stop, self.size)
        while start < stop:
            segment, end = self._segment(start)
            limit = stop if end is None else min(stop, end)
            try:
                reader = self._reader(segment)
            except FileNotFoundError:
                self._segments = []
                continue
            for record in reader.records(start, limit):
                yield _stored(start, record)
                start += 1

    def with_key(self, key: str) -> Iterator[StoredLeaf]:
        """Leaves whose payload has a `key`, oldest first, found by the digests made from the log.

        A hit is confirmed by the leaf; what those digests lack is not found, so that who must be sure reads all.
        """
        try:
            found = list(candidates(self.path / KEYS, key))
        except FileNotFoundError:
            return
        for index in found:
            if index < self.size and payload_of((stored := self.leaf(index)).data).get("key") == key:
                yield stored

    def still_there(self, start: int, stop: int) -> Iterator[StoredLeaf]:
        """Leaves start to stop (exclusive) but for those dropped by retention; a segment may go meanwhile."""
        stop = min(stop, self.size)
        while start < stop:
            try:
                for stored in self.leaves(start, stop):
                    start = stored.index + 1
                    yield stored
            except LeafDropped:
                start = read_dropped(self.path).held_from(start)

    def first(self) -> int:
        """First leaf that was neither dropped nor set aside at the end of its retention."""
        return read_dropped(self.path).first

    def segments(self) -> list[Segment]:
        """Segments on disk, oldest first; the last one is open."""
        return list_segments(self.path)

    def get(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves number `index`."""
        return self._levels.get(level, index)

    def root(self, size: int | None = None) -> bytes:
        """Root of the tree over the first `size` leaves, from the hash files."""
        return merkle.root_at(self._within(self.size if size is None else size), self.get)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Path from a leaf to the root at a size."""
        return merkle.inclusion(index, self._within(self.size if size is None else size), self.get)

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the tree at `new` continues the tree at `old`."""
        return merkle.consistency(old, self._within(self.size if new is None else new), self.get)

    def _within(self, size: int) -> int:
        if not 0 <= size <= self._signed:
            raise IndexError(f"ledger {self.name} is signed up to {self._signed} leaves, not {size}")
        return size

    def _segment(self, index: int) -> tuple[Segment, int | None]:
        """The segment of a leaf, and the leaf after its last one (None: as far as there are leaves)."""
        found = covering(self._segments, index) if self._segments else None
        if found is None or (found is self._segments[-1] and self._listed != self.size):
            self._segments, self._listed = list_segments(self.path), self.size
            found = covering(self._segments, index)
        if found is None:
            dropped = read_dropped(self.path)
            if (kept := dropped.kept(index)) is not None:
                return kept.segment(self.path), kept.stop
            if index < dropped.first:
                raise LeafDropped(f"ledger {self.name}: leaf {index} was dropped at the end of its retention")
            raise LedgerDamaged(self.path, 0, index, "the segment of this leaf is missing")
        after = self._segments.index(found) + 1
        return found, self._segments[after].first if after < len(self._segments) else None

    def _reader(self, segment: Segment) -> LogSegment | SealedSegment:
        reader = self._opened.get(segment.path)
        if reader is None:
            reader = (SealedSegment(segment, self.name, self.origin) if segment.sealed
                      else LogSegment(segment, header(self.name, segment.first, self.origin)))
            while len(self._opened) >= OPEN_SEGMENTS:
                self._opened.pop(next(iter(self._opened))).close()
            self._opened[segment.path] = reader
        return reader


def _stored(index: int, record: Record) -> StoredLeaf:
    return StoredLeaf(index, record.leaf, record.private, record.hash)
