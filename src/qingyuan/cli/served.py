"""Between `serve` and its children: how a child says why it ended, also where a full disk leaves no room in a log."""

from __future__ import annotations

import os
from contextlib import suppress

SERVED = "QINGYUAN_SERVED"      # <process of serve>:<file handle>; of use to its own children only
LONGEST = 4096                  # bytes; a pipe takes so many at once


def offer() -> tuple[int, int]:
    """A pipe for the last words of one child: (our end, which never blocks, and the child's)."""
    ours, childs = os.pipe()
    os.set_blocking(ours, False)
    return ours, childs


def environment(handle: int) -> dict[str, str]:
    """What a child must find in its environment to use its end."""
    return {SERVED: f"{os.getpid()}:{handle}"}


def is_served() -> bool:
    """True in a child of `serve`; not in what such a child starts in turn."""
    return _handle() is not None


def tell(words: str) -> None:
    """Say to `serve`, if it is our parent, why we end."""
    handle = _handle()
    if handle is not None:
        with suppress(OSError):
            os.write(handle, words.encode("utf-8", "replace")[:LONGEST])


def heard(ours: int) -> str:
    """What a child that has ended said last, in one line; empty when it said nothing."""
    with suppress(OSError):
        return " ".join(os.read(ours, LONGEST).decode("utf-8", "replace").split())
    return ""


def _handle() -> int | None:
    parent, _, handle = os.environ.get(SERVED, "").partition(":")
    return int(handle) if parent == str(os.getppid()) and handle.isascii() and handle.isdigit() else None
