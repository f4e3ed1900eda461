"""Where the services write what they do: JSON, one event a line, never a telegram's bytes."""

from __future__ import annotations

import atexit
from pathlib import Path

import structlog


def log_to(path: Path) -> None:
    """Send the log of this process to a file (appended)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = path.open("a", buffering=1, encoding="utf-8")
    atexit.register(stream.close)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
