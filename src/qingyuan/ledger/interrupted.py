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
from qingyuan.ledger.meta import read_meta
from qingyuan.ledger.segment import Segment, header, list_segments
from qingyuan.ledger.store import CHECKPOINT, CLOSED, Ledger, writer_alive
from qingyuan.ledger.writer import LedgerWriter, Settings

OFFSET = struct.Struct("<Q")


def begun(folder: Path) -> bool:
    """False for a ledger that never held a leaf and has no checkpoint: it is being made, or its maker died."""
    if (folder / CHECKPOINT).exists():
        return True
    segments = list_segments(folder)
    if not segments:
        return False
    meta = read_meta(folder)
    return any(one.sealed or one.first or one.path.stat().st_size > len(header(meta.name, one.first, meta.origin))
               for one in segments)


def interrupted(folder: Path) -> bool:
    """True if nobody writes the ledger and it may go on, but its log or its checkpoint is missing, or the log goes on
    behind the checkpoint.
    """
    if writer_alive(folder) or (folder / CLOSED).exists():
        return False
    if not (folder / CHECKPOINT).exists():
        return True
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
            offset = _offset(last, count - 1)
            if offset is None:
                return True
            signed = offset
        return last.path.stat().st_size > signed


def _offset(segment: Segment, number: int) -> int | None:
    """Where a record of an open segment ends, or None where that is not written down (any more)."""
    try:
        with segment.ends.open("rb") as ends:
            ends.seek(number * OFFSET.size)
            data = ends.read(OFFSET.size)
    except FileNotFoundError:
        return None
    return OFFSET.unpack(data)[0] if len(data) == OFFSET.size else None


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
