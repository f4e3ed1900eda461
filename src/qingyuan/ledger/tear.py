"""What stands at the end of an open segment: a tear that may be cut, damage that may not, or too few leaves.

A tear is cut only behind the last signed checkpoint and only when no valid record is found behind it, because a hole
in the middle has acknowledged records after it. Torn bytes are moved aside, not deleted.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from qingyuan.ledger.errors import LedgerDamaged, LedgerShortened
from qingyuan.ledger.files import named, put, sync_folder, write_all
from qingyuan.ledger.record import find, length_at, read, walk
from qingyuan.ledger.segment import Segment


@dataclass
class Tail:
    """The records of an open segment behind those a checkpoint covers, and where the valid bytes end."""

    number: int                                     # records of the segment before the tail
    start: int                                      # offset of the first record of the tail
    end: int                                        # offset behind the last valid record
    size: int                                       # bytes of the file
    last: bytes = b""                               # newest leaf of the segment
    hashes: list[bytes] = field(default_factory=list)
    ends: array[int] = field(default_factory=lambda: array("Q"))
    walked: bool = False                            # `ends` is of the whole segment, not of the tail only


def look(segment: Segment, head: bytes, ledger: str, signed: int) -> Tail:
    """Read the end of an open segment against the number of leaves a checkpoint signs; changes nothing.

    Raises LedgerDamaged (header, hole, or damage inside what is signed) or LedgerShortened.
    """
    handle = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(handle).st_size
        begin = os.pread(handle, len(head), 0)
        need = max(0, signed - segment.first)
        if begin != head:
            if not head.startswith(begin):
                raise LedgerDamaged(segment.path, 0, segment.first, "the header is not this ledger's")
            if need:
                raise LedgerShortened(ledger, segment.first, signed)
            return Tail(0, 0, 0, size)
        tail = _from_ends(segment, handle, need, len(head), size) or _from_start(handle, need, len(head), size)
        have = segment.first + tail.number + len(tail.hashes)
        if tail.end < size and (behind := find(handle, tail.end)) is not None:
            raise LedgerDamaged(segment.path, tail.end, have, f"no valid record here, but one at offset {behind}")
        if have < signed:
            if tail.end < size and not _cut_short(handle, tail.end, size):
                raise LedgerDamaged(segment.path, tail.end, have, "damage inside what a checkpoint covers")
            raise LedgerShortened(ledger, have, signed)
        return tail
    finally:
        os.close(handle)


def cut(segment: Segment, head: bytes, tail: Tail) -> Path | None:
    """Move torn bytes to `<segment>.torn-<n>` (with their SHA-256 behind) and cut the segment; None when whole."""
    if tail.end == tail.size and tail.end:
        return None
    handle = os.open(segment.path, os.O_RDWR | os.O_CLOEXEC)
    try:
        aside = None
        if tail.end:
            torn = os.pread(handle, tail.size - tail.end, tail.end)
            aside = _free_name(segment.path)
            put(aside, torn + hashlib.sha256(torn).digest())
            sync_folder(segment.path.parent)
        os.ftruncate(handle, tail.end)
        if not tail.end:                            # a kill between making the segment and its header
            with named(segment.path):
                write_all(handle, head)
            tail.start = tail.end = len(head)
        tail.size = tail.end
        os.fsync(handle)
        return aside
    finally:
        os.close(handle)


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.name}.torn-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _from_ends(segment: Segment, handle: int, need: int, begin: int, size: int) -> Tail | None:
    """Step over what is signed by the offsets file, if its last record proves it right."""
    if need == 0:
        return _walk_on(handle, Tail(0, begin, begin, size))
    try:
        with segment.ends.open("rb") as file:
            file.seek(8 * max(0, need - 2))
            known = array("Q", file.read(16 if need > 1 else 8))
    except (FileNotFoundError, ValueError):
        return None
    if len(known) != (2 if need > 1 else 1):
        return None
    start, end = (known[0], known[1]) if need > 1 else (begin, known[0])
    last = read(os.pread(handle, end - start, start), 0) if begin <= start < end <= size else None
    if last is None or last.end != end - start:
        return None
    return _walk_on(handle, Tail(need, end, end, size, last.leaf))


def _walk_on(handle: int, tail: Tail) -> Tail:
    for record in walk(handle, tail.start):
        tail.hashes.append(record.hash)
        tail.ends.append(record.end)
        tail.end, tail.last = record.end, record.leaf
    return tail


def _from_start(handle: int, need: int, begin: int, size: int) -> Tail:
    tail = Tail(0, begin, begin, size, walked=True)
    for record in walk(handle, begin):
        if tail.number < need:
            tail.number += 1
            tail.start = record.end
        else:
            tail.hashes.append(record.hash)
        tail.ends.append(record.end)
        tail.end, tail.last = record.end, record.leaf
    return tail


def _cut_short(handle: int, offset: int, size: int) -> bool:
    """True if what is left of the file is the beginning of one record that would reach beyond its end."""
    left = os.pread(handle, 16, offset)
    claimed = length_at(left, 0)
    return len(left) < 16 or (claimed is not None and claimed > size - offset)
