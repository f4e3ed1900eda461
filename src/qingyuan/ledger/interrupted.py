"""Ledgers whose writer died: what was synced and acknowledged after the last checkpoint is signed by the next comer.

Readers see only leaves under a checkpoint. Without this, leaves acknowledged in the last moments before a kill would
stay invisible until the gateway returns, while others already take the time as closed.
"""

from __future__ import annotations

import struct
from pathlib import Path

from qingyuan.ledger.errors import LedgerClosed, LedgerLocked
from qingyuan.ledger.home import OFFICE, Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.segment import header, list_segments
from qingyuan.ledger.store import CLOSED, Ledger, writer_alive
from qingyuan.ledger.writer import LedgerWriter, Settings

OFFSET = struct.Struct("<Q")


def interrupted(folder: Path) -> bool:
    """True if nobody writes the ledger, it may go on, and its log is missing or goes on behind the last checkpoint."""
    if writer_alive(folder) or (folder / CLOSED).exists():
        return False
    with Ledger(folder) as ledger:
        segments = list_segments(folder)
        if not segments:
            return True
        last = segments[-1]
        if last.sealed:
            return False
        count = ledger.size - last.first
        if count < 0:
            return True
        signed = len(header(ledger.name, last.first, ledger.origin))
        if count:
            with last.ends.open("rb") as ends:
                ends.seek((count - 1) * OFFSET.size)
                offset = ends.read(OFFSET.size)
            if len(offset) < OFFSET.size:
                return True
            signed = OFFSET.unpack(offset)[0]
        return last.path.stat().st_size > signed


def settle_interrupted(home: Home, keyring: Keyring) -> list[str]:
    """Recover and sign interrupted telegram ledgers; returns their names. Raises LedgerDamaged, LedgerShortened."""
    done = []
    for name in home.ledgers():
        if name != OFFICE and interrupted(home.ledger_path(name)):
            try:
                LedgerWriter.open(home.ledger_path(name), keyring, home.id, Settings(wait_s=0.0)).close()
                done.append(name)
            except (LedgerLocked, LedgerClosed):     # a gateway came back meanwhile, or it is closed for good
                continue
    return done
