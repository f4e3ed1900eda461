"""Hash files: `hashes.0` holds 32 bytes a leaf, `hashes.8`, `.16`, … the roots of complete subtrees of 256^k leaves.

Tile N of level L of C2SP tlog-tiles is the N-th run of 8192 bytes of `hashes.<8L>`. One file a level, because a
file a tile would be hundreds of thousands of files a day. The files may lag behind the log; they are made from it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from qingyuan.evidence.merkle import node_hash
from qingyuan.ledger.files import write_all

HASH = 32
WIDTH = 8
LEVELS = (0, 8, 16, 24, 32)


def level_path(folder: Path, level: int) -> Path:
    """File of a tile level."""
    return folder / f"hashes.{level}"


def fold(hashes: bytes) -> bytes:
    """Root of a complete subtree from its 2^k leaf or node hashes in one run of bytes."""
    row = [hashes[at:at + HASH] for at in range(0, len(hashes), HASH)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


class Levels:
    """Reads nodes of the tree from the hash files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handles: dict[int, int] = {}

    def close(self) -> None:
        """Give the files back; done at the end of its life as well."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def __del__(self) -> None:
        self.close()

    def count(self, level: int) -> int:
        """Whole hashes in the file of a tile level."""
        handle = self._handle(level)
        return 0 if handle is None else os.fstat(handle).st_size // HASH

    def get(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves number `index`; raises LookupError beyond the files."""
        base = level - level % WIDTH
        width = 1 << (level - base)
        return fold(self.run(base, index * width, width))

    def run(self, base: int, start: int, count: int) -> bytes:
        """Neighbouring hashes of a tile level in one run of bytes; raises LookupError beyond the file."""
        handle = self._handle(base)
        data = b"" if handle is None else os.pread(handle, HASH * count, HASH * start)
        if len(data) != HASH * count:
            raise LookupError(f"{level_path(self._folder, base)} does not reach entry {start + count - 1}")
        return data

    def _handle(self, level: int) -> int | None:
        if level not in self._handles:
            try:
                self._handles[level] = os.open(level_path(self._folder, level), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
        return self._handles[level]


class LevelWriter:
    """Appends to the hash files of a folder; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._handles: dict[int, int] = {}

    def append(self, level: int, hashes: bytes) -> None:
        """Append hashes to the file of a tile level."""
        if hashes:
            write_all(self._handle(level), hashes)

    def cut(self, level: int, count: int) -> None:
        """Keep the first `count` hashes of a level."""
        if level_path(self._folder, level).exists():
            os.ftruncate(self._handle(level), HASH * count)

    def sync(self) -> None:
        """Make what was appended durable."""
        for handle in self._handles.values():
            os.fdatasync(handle)

    def close(self) -> None:
        """Give the files back."""
        while self._handles:
            os.close(self._handles.popitem()[1])

    def _handle(self, level: int) -> int:
        if level not in self._handles:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._handles[level] = os.open(level_path(self._folder, level), flags, 0o600)
        return self._handles[level]


def fit(folder: Path, writer: LevelWriter, leaves: int) -> None:
    """Make the files above `hashes.0` agree in length with the first `leaves` of it, from the level below."""
    levels = Levels(folder)
    try:
        writer.cut(0, leaves)
        for level in LEVELS[1:]:
            want, have = leaves >> level, levels.count(level)
            if have > want or level_path(folder, level).exists():
                writer.cut(level, min(have, want))
            run = 1 << WIDTH
            writer.append(level, b"".join(fold(levels.run(level - WIDTH, run * at, run)) for at in range(have, want)))
    finally:
        levels.close()


def begin_again(folder: Path, writer: LevelWriter, hashes: Iterable[bytes], keep: int = 0) -> None:
    """Write all hash files anew from leaf hashes; the first `keep` entries of `hashes.0` are kept."""
    writer.cut(0, keep)
    for level in LEVELS[1:]:
        writer.cut(level, 0)
    count, batch = keep, []
    for leaf_hash in hashes:
        batch.append(leaf_hash)
        count += 1
        if len(batch) == 4096:
            writer.append(0, b"".join(batch))
            batch.clear()
    writer.append(0, b"".join(batch))
    fit(folder, writer, count)
