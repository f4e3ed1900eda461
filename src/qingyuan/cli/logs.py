"""Where the services write what they do: JSON, one event a line, never a telegram's bytes.

A fault is written as the kinds of the exceptions and the lines of code they came through. What an exception says, and
the local variables, are left out: they may hold a telegram or a password.
"""

from __future__ import annotations

import atexit
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

import structlog

FRAMES = 60             # of one exception, the innermost ones
_written_to: list[Path] = []


class _Lines:
    """A log file, appended. A line for which there is no room is lost, and the process goes on."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self.close = self._file.close

    def write(self, text: str) -> int:
        """Append a text, or not."""
        with suppress(OSError):
            self._file.write(text.encode("utf-8", "backslashreplace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


def log_to(path: Path) -> None:
    """Send the log of this process to a file (appended)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = _Lines(path)
    atexit.register(lines.close)
    _written_to[:] = [path]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _faults,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, lines)),
    )


def log_fault(error: BaseException) -> None:
    """Write a fault that nobody foresaw to the log of this process, if it has one."""
    if _written_to:
        structlog.get_logger("fault").critical("unexpected fault; the process ends", exc_info=error)


def plain(error: BaseException) -> str:
    """A fault for a text file: as the log has it, with the lines of code."""
    return "\n".join(line for kind, frames in _chain(error)
                     for line in (f"fault {kind}", *traceback.format_list(frames)))


def _faults(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put the way of an exception in the place of the exception itself."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    elif found and not isinstance(found, BaseException):
        found = sys.exc_info()[1]
    if isinstance(found, BaseException):
        event["exception"] = [{"kind": kind, "frames": [f"{f.filename}:{f.lineno} {f.name}" for f in frames]}
                              for kind, frames in _chain(found)]
    return event


def _chain(error: BaseException | None) -> Iterator[tuple[str, list[traceback.FrameSummary]]]:
    """An exception and those that it came from, newest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        kind = type(error)
        yield (f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."),
               list(traceback.extract_tb(error.__traceback__))[-FRAMES:])
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
