"""Sealed segments: zstd blocks of whole records, readable leaf by leaf, under one SHA-256.

File: `QYSEAL1` line, JSON line {ledger, origin, first, count, dictionary}, blocks (each a zstd frame of whole
records, about 64 KiB raw), index (u64be first leaf, u64be offset, u32be raw length a block), u32be number of blocks,
u64be offset of the index, and 32 bytes SHA-256 over everything before. The dictionary is trained on leaves of the
ledger, never on the private bytes, and lies beside as `dictionary-<sha256 hex>`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from struct import Struct

import zstandard

from qingyuan.ledger.errors import LedgerDamaged
from qingyuan.ledger.files import TEMPORARY, canonical, put, sync_folder, write_all
from qingyuan.ledger.finding import Finding
from qingyuan.ledger.record import HEAD, Record, length_at, read, walk
from qingyuan.ledger.segment import SEAL, Segment, header

MAGIC = b"QYSEAL1\n"
ENTRY, FOOT, DIGEST = Struct(">QQI"), Struct(">IQ"), 32
BLOCK, SAMPLE, DICTIONARY_SIZE = 64 << 10, 2 << 20, 32 << 10
LEVEL = 6
DICTIONARY = re.compile(r"dictionary-([0-9a-f]{64})")


def seal_segment(segment: Segment, ledger: str, origin: str, count: int) -> Segment:
    """Write the sealed form of a full log of `count` records, prove it holds the same bytes, remove the log.

    Raises LedgerDamaged when the log does not hold exactly that many valid records. A kill at any point leaves the
    log, or the sealed file, or both with equal content.
    """
    folder = segment.path.parent
    target = segment.path.with_suffix(SEAL)
    head = header(ledger, segment.first, origin)
    log = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(log).st_size
        name, dictionary = _dictionary(folder, log, len(head))
        first_line = MAGIC + canonical({"ledger": ledger, "origin": origin, "first": segment.first, "count": count,
                                        "dictionary": name}) + b"\n"
        part = target.with_name(target.name + TEMPORARY)
        raw, written, end = _write(part, first_line, segment.first, dictionary, log, len(head))
    finally:
        os.close(log)
    if (written, end) != (count, size):
        part.unlink()
        raise LedgerDamaged(segment.path, end, segment.first + written, "no valid record here")
    again = hashlib.sha256()
    sealed = SealedSegment(Segment(segment.first, part, True), ledger, origin)
    for block in range(len(sealed.blocks)):
        again.update(sealed.block(block))
    sealed.close()
    if again.digest() != raw:
        raise LedgerDamaged(part, 0, None, "the sealed form does not give the log back")
    os.replace(part, target)
    sync_folder(folder)
    remove_log(segment)
    return Segment(segment.first, target, True)


def remove_log(segment: Segment) -> None:
    """Remove a log whose sealed form is in place."""
    segment.ends.unlink(missing_ok=True)
    segment.path.unlink(missing_ok=True)


def trailer_holds(path: Path) -> bool:
    """True if a sealed file's SHA-256 trailer is that of its bytes (streams)."""
    digest, left = hashlib.sha256(), path.stat().st_size - DIGEST
    if left < 0:
        return False
    with path.open("rb") as file:
        while left:
            data = file.read(min(left, 1 << 20))
            digest.update(data)
            left -= len(data)
        return file.read() == digest.digest()


class SealedSegment:
    """A sealed segment for reading by leaf number. Not for use from two threads at once."""

    def __init__(self, segment: Segment, ledger: str, origin: str) -> None:
        self._segment = segment
        self._handle = os.open(segment.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._open(ledger, origin)
        except (ValueError, KeyError, IndexError, OSError, zstandard.ZstdError) as error:
            self.close()
            raise LedgerDamaged(segment.path, 0, None, f"not a readable sealed segment ({error})") from None
        except LedgerDamaged:
            self.close()
            raise
        self._held: tuple[int, bytes] = -1, b""

    def _open(self, ledger: str, origin: str) -> None:
        path, size = self._segment.path, os.fstat(self._handle).st_size
        head = os.pread(self._handle, 4096, 0)
        line = head[len(MAGIC):head.index(b"\n", len(MAGIC))]
        about = json.loads(line)
        self.count, self.dictionary = int(about["count"]), str(about["dictionary"])
        wanted = {"ledger": ledger, "origin": origin, "first": self._segment.first, "count": self.count,
                  "dictionary": self.dictionary}
        if not head.startswith(MAGIC) or line != canonical(wanted):
            raise LedgerDamaged(path, 0, None, Finding.WRONG_HEADER)
        foot = size - DIGEST - FOOT.size
        number, start = FOOT.unpack(os.pread(self._handle, FOOT.size, foot))
        if start + number * ENTRY.size != foot:
            raise LedgerDamaged(path, foot, None, Finding.WRONG_INDEX)
        self.blocks = list(ENTRY.iter_unpack(os.pread(self._handle, foot - start, start)))
        self._stops = [entry[1] for entry in self.blocks[1:]] + [start]
        shared = read_dictionary(path.parent, self.dictionary) if self.dictionary else None
        self._zstd = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(shared) if shared else None)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._handle)

    def block(self, number: int) -> bytes:
        """Raw records of a block; raises LedgerDamaged."""
        first, offset, length = self.blocks[number]
        try:
            data = os.pread(self._handle, self._stops[number] - offset, offset)
            raw = self._zstd.decompress(data, max_output_size=length)
        except (zstandard.ZstdError, OSError, ValueError, MemoryError):
            raise LedgerDamaged(self._segment.path, offset, first, Finding.BLOCK_UNREADABLE) from None
        if len(raw) != length:
            raise LedgerDamaged(self._segment.path, offset, first, Finding.BLOCK_LENGTH)
        return raw

    def record(self, index: int) -> Record:
        """A leaf's record; raises LedgerDamaged when it is not valid."""
        return next(self.records(index, index + 1))

    def records(self, start: int, stop: int) -> Iterator[Record]:
        """Records of leaves start to stop (exclusive); raises LedgerDamaged at the first one that is not valid."""
        number = bisect_right(self.blocks, start, key=lambda entry: entry[0]) - 1
        while start < stop:
            if number != self._held[0]:
                self._held = number, self.block(number)
            at, raw = self.blocks[number][0], self._held[1]
            position = 0
            while at < start and (length := length_at(raw, position)) is not None:
                position, at = position + length, at + 1
            while start < stop and position < len(raw):
                found = read(raw, position)
                if found is None or at != start:
                    raise LedgerDamaged(self._segment.path, self.blocks[number][1], start, "no valid record here")
                yield found
                position, at, start = found.end, at + 1, start + 1
            number += 1
            if start < stop and number == len(self.blocks):
                raise LedgerDamaged(self._segment.path, 0, start, "the sealed segment ends before this leaf")


def read_dictionary(folder: Path, name: str) -> bytes:
    """A dictionary by the hexadecimal SHA-256 of its bytes; raises LedgerDamaged when they are others."""
    path = folder / f"dictionary-{name}"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise LedgerDamaged(path, 0, None, Finding.DICTIONARY_MISSING) from None
    if hashlib.sha256(data).hexdigest() != name:
        raise LedgerDamaged(path, 0, None, Finding.DICTIONARY_CHANGED)
    return data


def _dictionary(folder: Path, log: int, start: int) -> tuple[str, bytes]:
    """The dictionary of the ledger, trained on this log when there is none yet; ("", b"") when it has too little."""
    known = sorted(folder.glob("dictionary-*"))
    for path in known:
        if (match := DICTIONARY.fullmatch(path.name)) is not None:
            return match[1], read_dictionary(folder, match[1])
    samples: list[bytes | bytearray | memoryview] = []
    total = 0
    for record in walk(log, start):
        samples.append(record.leaf)
        total += len(record.leaf)
        if total > SAMPLE:
            break
    try:
        data = zstandard.train_dictionary(DICTIONARY_SIZE, samples).as_bytes()
    except (zstandard.ZstdError, ValueError):
        return "", b""
    name = hashlib.sha256(data).hexdigest()
    put(folder / f"dictionary-{name}", data)
    sync_folder(folder)
    return name, data


def _write(part: Path, first_line: bytes, first: int, dictionary: bytes, log: int, start: int
           ) -> tuple[bytes, int, int]:
    """Write the sealed file and sync it; returns SHA-256 of the raw records, their number, and where they end."""
    shared = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=shared)
    raw, entries, count, end = hashlib.sha256(), [], 0, start
    with _Hashed(part) as out:
        out.write(first_line)
        block, block_first = bytearray(), first
        for record in walk(log, start):
            block += _bytes(record)
            count, end = count + 1, record.end
            if len(block) >= BLOCK:
                entries.append(ENTRY.pack(block_first, out.size, len(block)))
                raw.update(block)
                out.write(packer.compress(bytes(block)))
                block, block_first = bytearray(), first + count
        if block:
            entries.append(ENTRY.pack(block_first, out.size, len(block)))
            raw.update(block)
            out.write(packer.compress(bytes(block)))
        index = out.size
        out.write(b"".join(entries) + FOOT.pack(len(entries), index))
    return raw.digest(), count, end


def _bytes(record: Record) -> bytes:
    check = hashlib.sha256(record.hash + record.private).digest()[:8]
    return HEAD.pack(len(record.leaf), len(record.private), check) + record.leaf + record.private


class _Hashed:
    """A file that ends with the SHA-256 of what was written to it."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._digest = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> _Hashed:
        return self

    def write(self, data: bytes) -> None:
        write_all(self._handle, data)
        self._digest.update(data)
        self.size += len(data)

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                write_all(self._handle, self._digest.digest())
                os.fsync(self._handle)
        finally:
            os.close(self._handle)
