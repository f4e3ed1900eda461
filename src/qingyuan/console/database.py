"""The database a URL names: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PRAGMAS = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA cache_size=-8000;"


class BadDatabaseUrl(ValueError):
    """The text names no database this program can use."""


def from_url(url: str) -> dict[str, Any]:
    """Django's settings of the database `sqlite:///path` or `postgresql://user:password@host:port/name?option=value`.

    A host that is a folder (a Unix socket) is given as `?host=/folder`. Raises BadDatabaseUrl.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path[1:])))         # sqlite:///relative, sqlite:////absolute
    if parts.scheme not in ("postgresql", "postgres"):
        raise BadDatabaseUrl(f"QINGYUAN_DATABASE_URL begins with '{parts.scheme}'; "
                             "write sqlite:///path or postgresql://user@host/name")
    options = dict(parse_qsl(parts.query))
    if not parts.path.strip("/"):
        raise BadDatabaseUrl("QINGYUAN_DATABASE_URL names no database; write postgresql://user@host/name")
    return {"ENGINE": "django.db.backends.postgresql", "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""), "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", parts.hostname or ""), "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def sqlite(path: Path | str) -> dict[str, Any]:
    """SQLite in a file: write-ahead log, and a transaction takes the write lock when it begins."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "CONN_MAX_AGE": None,
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": PRAGMAS}}
