"""The tree of a ledger worked out again from its leaf hashes and held against the hash files, as a stream."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

from qingyuan.evidence.merkle import EMPTY, node_hash
from qingyuan.ledger.finding import Finding
from qingyuan.ledger.levels import HASH, LEVELS, WIDTH, fold, level_path

RUN = 1 << WIDTH
MISSING = bytes(HASH)


class Complain(Protocol):
    """Where problems go."""

    def __call__(self, file: str, leaf: int | None, offset: int | None, code: Finding, /, **facts: Any) -> None:
        """Note a problem."""


class TreeCheck:
    """Takes leaf hashes in order; complains of every entry of a hash file that is another."""

    def __init__(self, folder: Path, complain: Complain) -> None:
        self._complain = complain
        self._handles = {level: os.open(path, os.O_RDONLY | os.O_CLOEXEC) for level in LEVELS
                         if (path := level_path(folder, level)).exists()}
        self._rows: dict[int, list[bytes]] = {level: [] for level in LEVELS}
        self._done = dict.fromkeys(LEVELS, 0)
        self.size = 0

    def add(self, leaf_hash: bytes) -> None:
        """The next leaf hash."""
        row = self._rows[0]
        row.append(leaf_hash)
        self.size += 1
        if len(row) == RUN:
            self._full(0)

    def stored(self, index: int) -> bytes:
        """What `hashes.0` holds for a leaf; zeros where it holds nothing."""
        data = os.pread(self._handles[0], HASH, HASH * index) if 0 in self._handles else b""
        return data if len(data) == HASH else MISSING

    def search(self, leaf_hash: bytes, start: int, reach: int = 1 << 16) -> int | None:
        """First entry of `hashes.0` from `start` on that is this hash; None when there is none within reach."""
        data = os.pread(self._handles[0], HASH * reach, HASH * start) if 0 in self._handles else b""
        at = data.find(leaf_hash)
        while at >= 0 and at % HASH:
            at = data.find(leaf_hash, at + 1)
        return None if at < 0 else start + at // HASH

    def root(self) -> bytes:
        """Root over the leaves so far."""
        out = b""
        for level in LEVELS:
            row, stop = self._rows[level], len(self._rows[level])
            while stop:
                width = stop & -stop
                peak = fold(b"".join(row[stop - width:stop]))
                out = node_hash(peak, out) if out else peak
                stop -= width
        return out or EMPTY

    def finish(self, needed: int, settled: bool) -> None:
        """Check what no full run covered. Each file must reach the `needed` leaves a checkpoint signs.

        Where the ledger is `settled` (no writer at work) a file may not hold more than the log gives.
        """
        for level in LEVELS:
            name, row, done = f"hashes.{level}", self._rows[level], self._done[level]
            handle = self._handles.get(level)
            have = 0 if handle is None else os.fstat(handle).st_size
            if handle is not None and row:
                self._compare(level, done, row, os.pread(handle, HASH * len(row), HASH * done))
            if have < HASH * (needed >> level):
                self._complain(name, have // HASH << level, have, Finding.TOO_SHORT)
            if settled and have > HASH * (done + len(row)):
                self._complain(name, None, HASH * (done + len(row)), Finding.TOO_LONG)
        for handle in self._handles.values():
            os.close(handle)

    def _full(self, level: int) -> None:
        row, done = self._rows[level], self._done[level]
        data = b"".join(row)
        if level in self._handles and (known := os.pread(self._handles[level], len(data), HASH * done)) != data:
            self._compare(level, done, row, known)
        self._done[level] = done + RUN
        self._rows[level] = []
        if level + WIDTH in self._rows:
            above = self._rows[level + WIDTH]
            above.append(fold(data))
            if len(above) == RUN:
                self._full(level + WIDTH)

    def _compare(self, level: int, done: int, row: list[bytes], known: bytes) -> None:
        """Name each entry that differs; a file may end early, even inside an entry, after a kill."""
        for number, expected in enumerate(row):
            found = known[HASH * number:HASH * number + HASH]
            if not expected.startswith(found):
                self._complain(f"hashes.{level}", done + number << level, HASH * (done + number),
                               Finding.WRONG_LEAF_HASH if level == 0 else Finding.WRONG_NODE_HASH)
