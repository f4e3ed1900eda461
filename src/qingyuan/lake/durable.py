"""Files that are either whole or not there: written beside, synced, renamed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyarrow import Buffer

TEMPORARY = ".part"


class LakeBusy(RuntimeError):
    """Another process writes this lake."""


def put(path: Path, data: bytes | Buffer) -> None:
    """Write a file so that after a crash it is whole or absent; its folder is synced too."""
    folder = path.parent
    if not folder.is_dir():
        _make(folder)
    part = path.with_name(path.name + TEMPORARY)
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = error.filename or str(path)      # what failed was a handle, which names nothing
        raise
    os.replace(part, path)
    sync(folder)


def sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    if not folder.parent.is_dir():
        _make(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock file; raises LakeBusy at once when another process (or handle) holds it."""
    if not path.parent.is_dir():
        _make(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusy(f"another process writes the lake at {path.parent}") from None
        yield
    finally:
        os.close(handle)
