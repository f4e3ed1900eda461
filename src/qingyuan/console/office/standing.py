"""What the office ledger says of loggers and of what was admitted, read on from where the last reading ended."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import OFFICE, Home, Ledger
from qingyuan.registry import Admission, EntryError
from qingyuan.registry import parse as parse_entry
from qingyuan.registry.claims import Claims


class Standing:
    """For use by whoever holds the office ledger: what he appends he adds, what others appended is read."""

    def __init__(self, home: Home) -> None:
        self._path = home.ledger_path(OFFICE)
        self._read = 0
        self.claims = Claims()
        self.admissions: list[Admission] = []

    def read_on(self, size: int) -> None:
        """Take in what others appended, up to a size of the ledger."""
        with Ledger(self._path) as ledger:
            for stored in ledger.leaves(self._read, size):
                leaf = parse(stored.data)
                if leaf.kind is Kind.REGISTRY and isinstance(leaf.payload, dict):
                    self.add(leaf.received_us, leaf.payload)
        self._read = size

    def reach(self, size: int) -> None:
        """All that was appended up to a size has been added."""
        self._read = size

    def add(self, learned_us: int, payload: Mapping[str, Any]) -> None:
        """Take in a registry entry."""
        self.claims.add(learned_us, payload)
        if payload.get("entry") == "admission":
            try:
                record = parse_entry(payload).record
            except EntryError:
                return
            assert isinstance(record, Admission)
            self.admissions.append(record)


_standing: dict[Path, Standing] = {}


def standing(home: Home) -> Standing:
    """What is known of a home's office ledger in this process."""
    return _standing.setdefault(home.path, Standing(home))


def forget(home: Home) -> None:
    """Begin anew: an append did not end as it should."""
    _standing.pop(home.path, None)
