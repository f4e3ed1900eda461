"""Entries on their way into the office ledger: `outbox/*.json` files {"key", "kind", "payload"}, drained in name order.

A file is removed only when its leaf is under a checkpoint, and its key makes the append repeatable, so a kill between
any two steps neither loses nor doubles an entry.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qingyuan.evidence.leaf import Kind
from qingyuan.ledger.files import canonical, put, sync_folder
from qingyuan.ledger.home import Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.office import append_once, open_office

REFUSED = ".refused"


class BadEntry(ValueError):
    """A file of the outbox is not an entry."""


@dataclass
class Drained:
    """What became of the files: leaf number by file name, and reason by file name set aside as `*.refused`."""

    leaves: dict[str, int] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def outbox_put(home: Home, key: str, kind: Kind, payload: dict[str, Any]) -> Path:
    """Leave an entry durably in the outbox; names sort by time."""
    name = f"{time.time_ns():020d}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.json"
    path = home.outbox / name
    put(path, canonical({"key": key, "kind": kind.name.lower(), "payload": payload}))
    sync_folder(home.outbox)
    return path


def drain(home: Home, keyring: Keyring, step: Callable[[str], None] = lambda _: None) -> Drained:
    """Append everything in the outbox; `step` is told each step (read, append, sign, remove) after it was done."""
    out = Drained()
    files = sorted(home.outbox.glob("*.json"))
    if not files:
        return out
    with open_office(home, keyring) as writer:
        for path in files:
            try:
                kind, payload = _read(path)
            except BadEntry as error:
                path.rename(path.with_name(path.name + REFUSED))
                out.refused[path.name] = str(error)
                continue
            step("read")
            out.leaves[path.name] = append_once(writer, kind, payload)
            step("append")
        writer.commit()
        step("commit")
        writer.checkpoint()
        step("sign")
        for path in files:
            if path.name in out.leaves:
                path.unlink()
                step("remove")
        sync_folder(home.outbox)
    return out


def _read(path: Path) -> tuple[Kind, dict[str, Any]]:
    try:
        entry = json.loads(path.read_bytes())
        kind, key, payload = Kind[entry["kind"].upper()], entry["key"], entry["payload"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadEntry("not JSON with key, kind and payload") from None
    if kind is Kind.FRAME or not isinstance(key, str) or not key or not isinstance(payload, dict):
        raise BadEntry("not an entry of the office ledger")
    return kind, payload | {"key": key}
