"""Append-only ledgers on disk: keys, group commit, checkpoints, recovery, verification."""

from qingyuan.ledger.errors import (
    ContentErased,
    HomeError,
    KeyringError,
    LeafDropped,
    LeafTooLarge,
    LedgerBroken,
    LedgerClosed,
    LedgerDamaged,
    LedgerError,
    LedgerLocked,
    LedgerShortened,
)
from qingyuan.ledger.home import OFFICE, QUARANTINE, Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.office import office_append, office_quiet, open_office
from qingyuan.ledger.repeats import raw_digest
from qingyuan.ledger.store import Ledger, StoredLeaf, writer_alive
from qingyuan.ledger.writer import LedgerWriter, Settings

__all__ = [
    "OFFICE", "QUARANTINE", "ContentErased", "Home", "HomeError", "Keyring", "KeyringError", "LeafDropped",
    "LeafTooLarge", "Ledger", "LedgerBroken", "LedgerClosed", "LedgerDamaged", "LedgerError", "LedgerLocked",
    "LedgerShortened", "LedgerWriter", "Settings", "StoredLeaf", "office_append", "office_quiet",
    "open_office", "raw_digest", "writer_alive",
]
