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
from qingyuan.ledger.finding import Finding, Gap, Problem, Unchecked
from qingyuan.ledger.home import OFFICE, QUARANTINE, Home
from qingyuan.ledger.interrupted import begun, interrupted, settle_interrupted
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.office import office_append, office_quiet, open_office
from qingyuan.ledger.outbox import drain, outbox_put
from qingyuan.ledger.quarantine import Quarantine, Quota
from qingyuan.ledger.repeats import raw_digest, raw_of
from qingyuan.ledger.store import Ledger, StoredLeaf, writer_alive
from qingyuan.ledger.succession import open_or_succeed
from qingyuan.ledger.verify import HomeReport, LedgerReport, verify_home
from qingyuan.ledger.writer import LedgerWriter, Settings

__all__ = [
    "OFFICE", "QUARANTINE", "ContentErased", "Finding", "Gap", "Home", "HomeError", "HomeReport", "Keyring",
    "KeyringError", "LeafDropped", "LeafTooLarge", "Ledger", "LedgerBroken", "LedgerClosed", "LedgerDamaged",
    "LedgerError", "LedgerLocked", "LedgerReport", "LedgerShortened", "LedgerWriter", "Problem", "Quarantine",
    "Quota", "Settings", "StoredLeaf", "Unchecked", "begun", "drain", "interrupted", "office_append", "office_quiet",
    "open_office", "open_or_succeed", "outbox_put", "raw_digest", "raw_of", "settle_interrupted", "verify_home",
    "writer_alive",
]
