"""The office ledger: registry, rulings, rule sets, publications. Any process appends, one at a time, for good.

A payload's `key` makes an append repeatable: a second append with the same key gives the first leaf's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from qingyuan.evidence.leaf import Kind
from qingyuan.ledger.files import locked
from qingyuan.ledger.home import OFFICE, Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.store import LOCK
from qingyuan.ledger.writer import LedgerWriter, Settings

SETTINGS = Settings(repeats=0, sync_hashes=256, keyed=True, wait_s=30.0)


def open_office(home: Home, keyring: Keyring, wait_s: float = SETTINGS.wait_s) -> LedgerWriter:
    """The office ledger for appending; waits for others to finish, then keeps them out until closed.

    Raises LedgerLocked after `wait_s` seconds.
    """
    return LedgerWriter.open(home.ledger_path(OFFICE), keyring, home.id, replace(SETTINGS, wait_s=wait_s))


def append_once(writer: LedgerWriter, kind: Kind, payload: dict[str, Any]) -> int:
    """Buffer an entry unless its key is there already; returns the leaf number either way."""
    key = payload.get("key")
    found = writer.find_key(key) if isinstance(key, str) else None
    return writer.append_json(kind, payload) if found is None else found


def office_append(home: Home, keyring: Keyring, kind: Kind, payload: dict[str, Any]) -> int:
    """Append one entry durably and under a checkpoint; returns its leaf number."""
    with open_office(home, keyring) as writer:
        return append_once(writer, kind, payload)


@contextmanager
def office_quiet(home: Home) -> Iterator[None]:
    """Nobody appends to the office ledger meanwhile: what has a receive time before is under its checkpoint."""
    with locked(home.ledger_path(OFFICE) / LOCK):
        yield
