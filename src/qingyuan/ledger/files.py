"""Files that are whole or absent, locks, and small text files that carry their own checksum."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qingyuan.ledger.errors import LedgerDamaged, LedgerLocked

TEMPORARY = ".tmp"


def put(path: Path, data: bytes, *, mode: int = 0o600, sync: bool = True) -> None:
    """Write a file beside its place, sync it, rename it; readers see the old or the new one."""
    part = path.with_name(path.name + TEMPORARY)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with named(path):
            write_all(handle, data)
            if sync:
                os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(part, path)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Give an OSError from the block the path it is about, where it names none: what failed was a handle."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_all(handle: int, data: bytes | bytearray | memoryview) -> None:
    """Write every byte; the kernel may take a large buffer in parts."""
    done = os.write(handle, data)
    while done < len(data):
        done += os.write(handle, memoryview(data)[done:])


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def canonical(payload: dict[str, Any]) -> bytes:
    """Canonical JSON: UTF-8, sorted keys, no blanks."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def sealed_text(kind: str, payload: dict[str, Any]) -> bytes:
    """A small file that shows any changed bit: `<kind> sha256=<hex>` and one line of canonical JSON."""
    body = canonical(payload) + b"\n"
    return f"{kind} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def open_text(path: Path, kind: str) -> dict[str, Any]:
    """Content of a `sealed_text` file; raises LedgerDamaged when a byte is not what was written."""
    data = path.read_bytes()
    head, _, body = data.partition(b"\n")
    if head != f"{kind} sha256={hashlib.sha256(body).hexdigest()}".encode():
        raise LedgerDamaged(path, 0, None, "checksum does not match the content")
    content: dict[str, Any] = json.loads(body)
    return content


def lock(path: Path, wait_s: float) -> int:
    """Take an exclusive lock on a file and return its handle; raises LedgerLocked after `wait_s` seconds.

    The lock is of this handle: closing it, or the end of the process however it comes, frees it.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + wait_s
    pause = 0.0005
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES) or time.monotonic() >= until:
                os.close(handle)
                if error.errno in (errno.EAGAIN, errno.EACCES):
                    raise LedgerLocked(f"{path.parent.name}: another writer holds the lock") from None
                raise
        else:
            return handle
        time.sleep(pause)
        pause = min(pause * 2, 0.05)


@contextmanager
def locked(path: Path, wait_s: float = 30.0) -> Iterator[None]:
    """Hold a lock file for a block."""
    handle = lock(path, wait_s)
    try:
        yield
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """True if some process holds the lock file just now."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return True
        raise
    finally:
        os.close(handle)
    return False
