"""What a witness refuses to sign, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """Closed list of reasons."""

    MISSING = "missing"                  # a ledger seen before is not there
    UNREADABLE = "unreadable"            # meta file or checkpoint cannot be read
    UNKNOWN_KEY = "unknown_key"          # the keys are not those seen before, or a new one was not introduced
    UNSIGNED = "unsigned"                # no known key signed the checkpoint
    SHORTENED = "shortened"              # fewer leaves than seen before
    REWRITTEN = "rewritten"              # the tree does not continue the one seen before
    UNPROVEN = "unproven"                # the hash files do not reach the checkpoint


@dataclass(frozen=True)
class Alarm:
    """One refusal: what was seen before, what is shown now."""

    ledger: str
    what: What
    detail: str
    seen_size: int
    seen_root: str
    size: int | None = None
    root: str | None = None
    note: str | None = None              # the checkpoint as shown: signed, it convicts

    def __str__(self) -> str:
        return f"ledger {self.ledger}: {self.what.value}: {self.detail}"


class Refused(Exception):
    """Raised inside a visit to a ledger; carries what becomes the alarm."""

    def __init__(self, what: What, detail: str) -> None:
        super().__init__(detail)
        self.what, self.detail = what, detail
