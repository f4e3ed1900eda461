"""Every record of a ledger read again: lengths, hashes, times, withheld bytes against their commitments."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from qingyuan.evidence.leaf import FrameLeaf, Kind, LeafError, commitment, parse
from qingyuan.ledger.errors import LedgerDamaged
from qingyuan.ledger.finding import Finding
from qingyuan.ledger.keyed import NONE, digest
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.record import Record, find, length_at, read, walk
from qingyuan.ledger.seal import SealedSegment, trailer_holds
from qingyuan.ledger.segment import SEAL, Segment
from qingyuan.ledger.verify_tree import Complain, TreeCheck


@dataclass
class Seen:
    """What the pass over the leaves found."""

    leaves: int = 0
    frames: int = 0
    opened: int = 0                  # withheld parts that matched their commitment
    not_opened: int = 0              # withheld parts not checked, for want of the keyring
    last_us: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)         # at the sizes asked for
    erasures: dict[int, dict[str, Any]] = field(default_factory=dict)
    dictionaries: set[str] = field(default_factory=set)
    digests: bytearray = field(default_factory=bytearray)         # of the keys of a keyed ledger
    lost: set[int] = field(default_factory=set)                   # leaves that could not be read


class LeafCheck:
    """Takes the leaves of a ledger in order."""

    def __init__(self, name: str, keyring: Keyring | None, tree: TreeCheck, complain: Complain,
                 sizes: set[int]) -> None:
        self._name, self._keyring, self._tree, self._complain = name, keyring, tree, complain
        self._sizes = sizes
        self.keyed: bool | None = False
        self.seen = Seen()
        self._root()

    @property
    def next(self) -> int:
        """Number of the next leaf."""
        return self._tree.size

    def add(self, file: str, offset: int, record: Record) -> None:
        """A leaf whose record holds its own hash."""
        leaf, seen, index = record.leaf, self.seen, self._tree.size
        received_us = int.from_bytes(leaf[5:13], "big")
        if received_us < seen.last_us:
            self._complain(file, index, offset, Finding.TIME_WENT_BACK)
        seen.last_us = received_us
        seen.leaves += 1
        try:
            parsed = parse(leaf)
        except LeafError as error:
            self._complain(file, index, offset, Finding.NOT_A_LEAF, detail=str(error))
            self._no_digest(index)
        else:
            if isinstance(parsed.payload, FrameLeaf):
                seen.frames += 1
                self._private(file, index, offset, parsed.payload, record.private)
            elif record.private:
                self._complain(file, index, offset, Finding.PRIVATE_UNCALLED)
            elif parsed.kind is Kind.ERASURE:
                seen.erasures[index] = parsed.payload
            if self.keyed:
                key = None if isinstance(parsed.payload, FrameLeaf) else parsed.payload.get("key")
                seen.digests += digest(key)
        self._tree.add(record.hash)
        if self._tree.size in self._sizes:
            self._root()

    def lost(self, leaf_hash: bytes) -> None:
        """A leaf that cannot be read (already complained of); its stored hash keeps the tree going."""
        self._no_digest(self._tree.size)
        self._tree.add(leaf_hash)
        if self._tree.size in self._sizes:
            self._root()

    def lost_until(self, stop: int) -> None:
        """All leaves up to a number cannot be read."""
        while self.next < stop:
            self.lost(self._tree.stored(self.next))

    def _no_digest(self, index: int) -> None:
        if self.keyed:
            self.seen.digests += NONE
            self.seen.lost.add(index)

    def _root(self) -> None:
        self.seen.roots[self._tree.size] = self._tree.root()

    def _private(self, file: str, index: int, offset: int, frame: FrameLeaf, private: bytes) -> None:
        if not frame.spans:
            if private:
                self._complain(file, index, offset, Finding.PRIVATE_UNCALLED)
        elif sum(length for _, length in frame.spans) != len(private):
            self._complain(file, index, offset, Finding.PRIVATE_LENGTH)
        elif self._keyring is None:
            self.seen.not_opened += 1
        elif commitment(self._keyring.salt(self._name, index), private) != frame.commitment:
            self._complain(file, index, offset, Finding.PRIVATE_CHANGED)
        else:
            self.seen.opened += 1


def check_log(segment: Segment, head: bytes, leaves: LeafCheck, tree: TreeCheck, complain: Complain, *,
              stop: int | None, settled: bool, signed: int) -> None:
    """Check an open segment up to leaf `stop` (None: to the end), and the offsets beside it, which must reach the
    `signed` leaves a checkpoint covers.
    """
    file = segment.path.name
    handle = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if os.pread(handle, len(head), 0) != head:
            complain(file, None, 0, Finding.WRONG_HEADER)
        size, offset, ends = os.fstat(handle).st_size, len(head), array("Q")
        while stop is None or leaves.next < stop:
            for record in walk(handle, offset):
                leaves.add(file, offset, record)
                offset = record.end
                ends.append(offset)
                if leaves.next == stop:
                    break
            if offset >= size or leaves.next == stop:
                break
            behind = _behind(handle, offset)
            complain(file, leaves.next, offset, Finding.NO_RECORD if behind is not None else Finding.TORN_OR_DAMAGED)
            if behind is None:
                break
            found = read(os.pread(handle, length_at(os.pread(handle, 16, behind), 0) or 0, behind), 0)
            at = None if found is None else tree.search(found.hash, leaves.next + 1)
            ends.extend([behind] * ((at or leaves.next + 1) - leaves.next))
            leaves.lost_until(at or leaves.next + 1)
            offset = behind
    finally:
        os.close(handle)
    _check_ends(segment, ends, complain, settled and stop is None, min(signed, leaves.next) - segment.first)


def _behind(handle: int, offset: int) -> int | None:
    """Where reading can go on behind a record that is not valid: where it says it ends, or the next valid one."""
    claimed = length_at(os.pread(handle, 16, offset), 0)
    if claimed is not None and next(walk(handle, offset + claimed), None) is not None:
        return offset + claimed
    return find(handle, offset + 1)


def _check_ends(segment: Segment, ends: array[int], complain: Complain, settled: bool, needed: int) -> None:
    file = segment.ends.name
    try:
        known = segment.ends.read_bytes()
    except FileNotFoundError:
        if needed > 0 and not segment.path.with_suffix(SEAL).exists():          # else sealed just now
            complain(file, None, None, Finding.FILE_MISSING)
        return
    expected = ends.tobytes()
    for at in range(0, min(len(known), len(expected)), 8):
        if not expected[at:at + 8].startswith(known[at:at + 8]):
            complain(file, segment.first + at // 8, at, Finding.WRONG_OFFSET)
    if len(known) < 8 * needed:
        complain(file, segment.first + len(known) // 8, len(known), Finding.TOO_SHORT)
    if settled and len(known) > len(expected):
        complain(file, None, len(expected), Finding.TOO_LONG)


def check_sealed(segment: Segment, name: str, origin: str, leaves: LeafCheck, complain: Complain,
                 after: int | None) -> None:
    """Check a sealed segment byte by byte; `after` is the first leaf of the next one."""
    file = segment.path.name
    if not trailer_holds(segment.path):
        complain(file, None, None, Finding.WRONG_TRAILER)
    try:
        sealed = SealedSegment(segment, name, origin)
    except LedgerDamaged as error:
        complain(error.file.name, error.leaf, error.offset, error.finding or Finding.UNREADABLE_SEAL, detail=error.what)
        leaves.lost_until(after if after is not None else leaves.next)
        return
    leaves.seen.dictionaries.add(sealed.dictionary)
    for number, (first, offset, _) in enumerate(sealed.blocks):
        stop = sealed.blocks[number + 1][0] if number + 1 < len(sealed.blocks) else segment.first + sealed.count
        if first != leaves.next:
            complain(file, leaves.next, offset, Finding.INDEX_GAP)
        for record in _records(sealed, number, file, complain):
            if leaves.next < stop:
                leaves.add(file, offset, record)
        if leaves.next < stop:
            complain(file, leaves.next, offset, Finding.BLOCK_SHORT)
            leaves.lost_until(stop)
    if leaves.next != segment.first + sealed.count or after not in (None, leaves.next):
        complain(file, leaves.next, None, Finding.LEAF_COUNT)
    sealed.close()


def _records(sealed: SealedSegment, number: int, file: str, complain: Complain) -> Iterator[Record]:
    try:
        raw = sealed.block(number)
    except LedgerDamaged as error:
        complain(file, error.leaf, error.offset, error.finding or Finding.BLOCK_UNREADABLE, detail=error.what)
        return
    position = 0
    while (found := read(raw, position)) is not None:
        yield found
        position = found.end
    if position != len(raw):
        complain(file, None, sealed.blocks[number][1], Finding.NO_RECORD)
