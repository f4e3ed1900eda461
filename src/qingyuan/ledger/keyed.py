"""Finding a leaf by its payload's `key`: `keys.0` holds 8 bytes a leaf, the start of SHA-256(key), zeros without one.

Made from the log like the hash files; a hit is confirmed by reading the leaf.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from qingyuan.ledger.files import write_all

FILE, WIDTH, NONE = "keys.0", 8, bytes(8)
PAYLOAD = 13
FRAME = 1


def payload_of(leaf: bytes) -> dict[str, Any]:
    """JSON content of a leaf; empty for frames."""
    return {} if leaf[4] == FRAME else json.loads(leaf[PAYLOAD:])


def digest_of(leaf: bytes) -> bytes:
    """The entry of a leaf."""
    return digest(payload_of(leaf).get("key"))


def digest(key: object) -> bytes:
    """The entry of a key."""
    return NONE if not isinstance(key, str) else sha256(key.encode()).digest()[:WIDTH]


class KeyFile:
    """Entries of a ledger; one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._handle)

    def sync(self) -> None:
        """Make what was appended durable."""
        os.fdatasync(self._handle)

    def fit(self, size: int, leaves: Callable[[int], Iterable[bytes]]) -> None:
        """Cut or complete the file to `size` entries; `leaves(start)` gives the leaves from a number on."""
        have = min(os.fstat(self._handle).st_size // WIDTH, size)
        os.ftruncate(self._handle, have * WIDTH)
        if have < size:
            self.append(digest_of(leaf) for leaf in leaves(have))

    def append(self, digests: Iterable[bytes]) -> None:
        """Append entries."""
        write_all(self._handle, b"".join(digests))

    def candidates(self, key: str) -> Iterator[int]:
        """Leaves whose entry is that of a key, oldest first."""
        yield from candidates(self._path, key)


def candidates(path: Path, key: str) -> Iterator[int]:
    """Leaves whose entry in a file is that of a key, oldest first. Raises FileNotFoundError."""
    wanted = np.frombuffer(digest(key), np.uint64)
    entries = np.fromfile(path, np.uint64)
    yield from np.flatnonzero(entries == wanted).tolist()
