"""What can be wrong with a registry entry, named so that a person finds the place."""

from __future__ import annotations


class EntryError(ValueError):
    """An entry cannot be taken; names entry, field, fault and remedy. Never shows a secret."""

    def __init__(self, entry: str, field: str, what: str, remedy: str = "") -> None:
        super().__init__(f"{entry}: field {field}: {what}" + (f"; {remedy}" if remedy else ""))
        self.entry, self.field, self.what, self.remedy = entry, field, what, remedy
