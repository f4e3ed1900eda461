"""When a ledger cannot go on: it is closed for good, kept as it is, and a new name begins."""

from __future__ import annotations

import re
import time

from qingyuan.ledger.errors import LedgerClosed, LedgerShortened
from qingyuan.ledger.files import locked, put, sealed_text, sync_folder
from qingyuan.ledger.home import Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.store import CLOSED, CLOSED_KIND, LOCK
from qingyuan.ledger.writer import LedgerWriter, Settings


def successor_of(name: str) -> str:
    """`gw1` -> `gw1-2` -> `gw1-3`; a quarantine keeps its ending."""
    stem, dot, ending = name.partition(".")
    match = re.fullmatch(r"(.*)-(\d+)", stem)
    base, number = (match[1], int(match[2])) if match and int(match[2]) > 1 else (stem, 1)
    return f"{base}-{number + 1}{dot}{ending}"


def open_or_succeed(home: Home, keyring: Keyring, name: str, settings: Settings | None = None) -> LedgerWriter:
    """Open a ledger for writing; where it is found shorter than a signed checkpoint, close it and begin the next name.

    A ledger closed before leads to its successor. Damage is not succeeded: LedgerDamaged goes to the operator.
    """
    while True:
        try:
            return LedgerWriter.open(home.ledger_path(name), keyring, home.id, settings)
        except LedgerClosed:
            name = successor_of(name)
        except LedgerShortened as short:
            _close(home, name, short)


def _close(home: Home, name: str, short: LedgerShortened) -> None:
    folder = home.ledger_path(name)
    with locked(folder / LOCK, 2.0):
        put(folder / CLOSED, sealed_text(CLOSED_KIND, {
            "why": "fewer leaves on disk than a signed checkpoint covers", "have": short.have, "signed": short.signed,
            "closed_us": time.time_ns() // 1000, "successor": successor_of(name)}))
        sync_folder(folder)
