"""Rights as they stand in the ledger: who may do what is shown to auditors, so that a changed database is noticed.

People appear by their pseudonyms only. Instants are our time, whatever clock the data run by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from qingyuan.registry.fields import Fields


def _instants(fields: Fields, to_us: int | None) -> tuple[int, int | None]:
    """Beginning and revocation of a right that ends at `to_us` (None: never). Raises EntryError."""
    from_us = fields.whole("from_us")
    if to_us is not None and to_us <= from_us:
        raise fields.fault("to_us", "is not after from_us")
    return from_us, fields.whole("revoked_us") if "revoked_us" in fields else None


@dataclass(frozen=True, slots=True)
class Grant:
    """A role of a person within a territory, a line and a subject, over [from_us, to_us), until it is revoked."""

    id: str
    holder: str                    # pseudonym
    role: str
    territory: str
    line: str
    subject: str
    from_us: int
    to_us: int | None
    revoked_us: int | None

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        to_us = fields.whole("to_us") if "to_us" in fields else None
        from_us, revoked_us = _instants(fields, to_us)
        return cls(name, fields.text("holder"), fields.text("role"), fields.text("territory", ""),
                   fields.text("line", ""), fields.text("subject", ""), from_us, to_us, revoked_us)


@dataclass(frozen=True, slots=True)
class Delegation:
    """A person stands in for another over [from_us, to_us), until it is ended early."""

    id: str
    principal: str                 # pseudonym of the person on leave
    deputy: str                    # pseudonym
    from_us: int
    to_us: int
    revoked_us: int | None

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        to_us = fields.whole("to_us")
        from_us, revoked_us = _instants(fields, to_us)
        principal, deputy = fields.text("principal"), fields.text("deputy")
        if principal == deputy:
            raise fields.fault("deputy", "is the same person as the principal")
        return cls(name, principal, deputy, from_us, to_us, revoked_us)
