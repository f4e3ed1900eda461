"""What can be wrong with a home, a keyring or a ledger, in words of the domain. No message holds a secret."""

from __future__ import annotations

from pathlib import Path

from qingyuan.ledger.finding import WORDS, Finding


class HomeError(RuntimeError):
    """A folder is no home, or is one already."""


class KeyringError(RuntimeError):
    """The keyring is missing, cannot be opened, or a key asked for is not in it."""


class LedgerError(RuntimeError):
    """Base of everything a ledger refuses."""


class LedgerLocked(LedgerError):
    """Another process writes this ledger."""


class LedgerBroken(LedgerError):
    """A write or sync failed; what was buffered is not acknowledged and nothing more is taken."""


class LedgerClosed(LedgerError):
    """The ledger was closed for good; a successor has taken its place."""


class LedgerShortened(LedgerError):
    """The ledger holds fewer leaves than a signed checkpoint of it says."""

    def __init__(self, ledger: str, have: int, signed: int) -> None:
        super().__init__(f"ledger {ledger}: {have} leaves on disk, but a signed checkpoint covers {signed}")
        self.ledger, self.have, self.signed = ledger, have, signed


class LedgerDamaged(LedgerError):
    """A record or file cannot be what was written; names file, byte offset and leaf, and the finding if it is one."""

    def __init__(self, file: Path, offset: int, leaf: int | None, what: str | Finding) -> None:
        self.finding = what if isinstance(what, Finding) else None
        said = WORDS[self.finding] if self.finding is not None else str(what)
        where = "" if leaf is None else f", leaf {leaf}"
        super().__init__(f"{file}: offset {offset}{where}: {said}")
        self.file, self.offset, self.leaf, self.what = file, offset, leaf, said


class LeafTooLarge(LedgerError, ValueError):
    """A leaf is larger than a ledger takes."""


class LeafDropped(LedgerError, LookupError):
    """The leaf was dropped at the end of its retention; its hash is kept."""


class ContentErased(LookupError):
    """The content was erased; only its commitment is left."""
