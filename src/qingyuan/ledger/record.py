"""A record on disk: u32be length of leaf | u32be length of private | 8 bytes | leaf | private.

The 8 bytes are the first of SHA-256(leaf hash || private), so no changed bit of a record passes. The leaf hash is
RFC 6962's SHA-256(0x00 || leaf); the private bytes (withheld secrets) are outside the tree, bound by the leaf's
salted commitment.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

HEAD = Struct(">II8s")
MAGIC = b"QYL1"
MIN_LEAF, MAX_LEAF, MAX_PRIVATE = 13, 1 << 24, 1 << 20
LONGEST = HEAD.size + MAX_LEAF + MAX_PRIVATE
CHUNK = 1 << 20


class Record(NamedTuple):
    """One record read back: where it ends in what it was read from, its parts, and the leaf hash."""

    end: int
    leaf: bytes
    private: bytes
    hash: bytes

    def __repr__(self) -> str:
        return f"Record(to {self.end}, {len(self.leaf)} bytes)"         # never the private ones


def pack(leaf: bytes, private: bytes) -> tuple[bytes, bytes]:
    """Record bytes and leaf hash."""
    leaf_hash = sha256(b"\0" + leaf).digest()
    check = sha256(leaf_hash + private).digest()[:8]
    return HEAD.pack(len(leaf), len(private), check) + leaf + private, leaf_hash


def length_at(buffer: bytes, position: int) -> int | None:
    """Whole length a record at this position claims; None when its head is cut or impossible."""
    if position + HEAD.size > len(buffer):
        return None
    leaf_length, private_length, _ = HEAD.unpack_from(buffer, position)
    if not MIN_LEAF <= leaf_length <= MAX_LEAF or private_length > MAX_PRIVATE:
        return None
    return int(HEAD.size + leaf_length + private_length)


def read(buffer: bytes, position: int) -> Record | None:
    """The record at a position, or None when there is no whole valid one."""
    if position + HEAD.size > len(buffer):
        return None
    leaf_length, private_length, check = HEAD.unpack_from(buffer, position)
    start = position + HEAD.size
    middle = start + leaf_length
    end = middle + private_length
    if end > len(buffer) or not MIN_LEAF <= leaf_length <= MAX_LEAF:
        return None
    leaf, private = buffer[start:middle], buffer[middle:end]
    leaf_hash = sha256(b"\0" + leaf).digest()
    if sha256(leaf_hash + private).digest()[:8] != check:
        return None
    return Record(end, leaf, private, leaf_hash)


def walk(handle: int, offset: int, stop: int | None = None) -> Iterator[Record]:
    """Valid records of a file from an offset on, ends being file offsets.

    Ends before the first thing that is not a whole valid record, at `stop`, or at the end of the file.
    """
    stop = os.fstat(handle).st_size if stop is None else stop
    want = CHUNK
    while offset < stop:
        buffer = os.pread(handle, min(want, stop - offset), offset)
        position = 0
        while (found := read(buffer, position)) is not None:
            position = found.end
            yield Record(offset + found.end, found.leaf, found.private, found.hash)
        offset += position
        if position == 0:
            claimed = length_at(buffer, 0)
            if claimed is None or claimed <= len(buffer) or claimed > stop - offset:
                return
            want = claimed
        else:
            want = CHUNK


def find(handle: int, offset: int) -> int | None:
    """Offset of the first valid record at or behind an offset of a file, or None: what tells a hole from a tear."""
    size = os.fstat(handle).st_size
    while offset < size:
        buffer = os.pread(handle, 4 * CHUNK, offset)
        at = buffer.find(MAGIC, HEAD.size)
        while at >= 0:
            start = at - HEAD.size
            claimed = length_at(buffer, start)
            if claimed is not None and claimed <= size - offset - start:
                whole = buffer[start:start + claimed]
                if len(whole) < claimed:
                    whole = os.pread(handle, claimed, offset + start)
                if read(whole, 0) is not None:
                    return offset + start
            at = buffer.find(MAGIC, at + 1)
        offset += max(len(buffer) - HEAD.size - len(MAGIC), 1)
        if len(buffer) < 4 * CHUNK:
            return None
    return None
