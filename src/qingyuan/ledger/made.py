"""Files made from the log: hash files, offsets. They may lag after a kill; here they are completed or written anew."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from qingyuan.evidence.merkle import root_at
from qingyuan.evidence.note import Checkpoint
from qingyuan.ledger.dropped import read_dropped
from qingyuan.ledger.errors import LedgerDamaged
from qingyuan.ledger.levels import HASH, Levels, LevelWriter, begin_again, fit
from qingyuan.ledger.meta import Meta
from qingyuan.ledger.record import Record
from qingyuan.ledger.seal import SealedSegment
from qingyuan.ledger.segment import LogSegment, Segment, header
from qingyuan.ledger.tear import Tail

RUN = 4096


class Logs:
    """Records of all segments in the order of leaves."""

    def __init__(self, meta: Meta, segments: list[Segment]) -> None:
        self._meta, self._segments = meta, segments

    def records(self, start: int, stop: int) -> Iterator[Record]:
        """Records of leaves start to stop (exclusive); raises LedgerDamaged."""
        for segment, after in zip(self._segments, [*self._segments[1:], None], strict=True):
            limit = stop if after is None else min(stop, after.first)
            if start >= limit:
                continue
            if start < segment.first:
                raise LedgerDamaged(segment.path.parent, 0, start, "the segment of this leaf is missing")
            reader = (SealedSegment(segment, self._meta.name, self._meta.origin) if segment.sealed else
                      LogSegment(segment, header(self._meta.name, segment.first, self._meta.origin)))
            try:
                yield from reader.records(start, limit)
            finally:
                reader.close()
            start = limit


def fit_ends(active: Segment, tail: Tail) -> None:
    """Make the offsets file of the open segment say what was found."""
    handle = os.open(active.ends, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        keep = 0 if tail.walked else 8 * tail.number
        os.ftruncate(handle, keep)
        os.pwrite(handle, array("Q", tail.ends).tobytes(), keep)
    finally:
        os.close(handle)


def fit_hashes(folder: Path, logs: Logs, size: int, start: int, hashes: list[bytes], signed: Checkpoint | None) -> None:
    """Make the hash files those of the log; `hashes` are of the leaves from `start` on.

    Raises LedgerDamaged when the leaves on disk do not have the signed root.
    """
    levels, writer = Levels(folder), LevelWriter(folder)
    try:
        have = min(levels.count(0), start)
        fit(folder, writer, have)
        if have < start:
            writer.append(0, b"".join(record.hash for record in logs.records(have, start)))
        writer.append(0, b"".join(hashes))
        fit(folder, writer, size)
        right = signed is None or root_at(signed.size, levels.get) == signed.root
    finally:
        levels.close()
        writer.close()
    if not right:
        write_again(folder, logs, size, signed)


def write_again(folder: Path, logs: Logs, size: int, signed: Checkpoint | None) -> None:
    """Write the hash files anew from the log; raises LedgerDamaged when they then do not have the signed root."""
    levels, writer = Levels(folder), LevelWriter(folder)
    try:
        kept = read_dropped(folder).first
        begin_again(folder, writer, (record.hash for record in logs.records(kept, size)), kept)
        if signed is not None and root_at(signed.size, levels.get) != signed.root:
            raise LedgerDamaged(folder / "checkpoint", 0, None, "the leaves on disk do not have the signed root")
    finally:
        levels.close()
        writer.close()


def audit(folder: Path, logs: Logs, start: int, size: int, signed: Checkpoint | None,
          each: Callable[[Record], None]) -> None:
    """Read leaves whole and hold them against `hashes.0`; where that differs it is written anew from the log.

    A crash of the machine can leave holes in hash files, which are synced only now and then.
    """
    levels, differs, known = Levels(folder), False, b""
    try:
        for number, record in enumerate(logs.records(start, size)):
            at = number % RUN
            if at == 0:
                known = levels.run(0, start + number, min(RUN, size - start - number))
            differs = differs or known[HASH * at:HASH * at + HASH] != record.hash
            each(record)
    finally:
        levels.close()
    if differs:
        write_again(folder, logs, size, signed)
