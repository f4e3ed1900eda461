"""Grants and delegations as entries of the office ledger: pseudonyms, bounds and instants, nothing else of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qingyuan.console.accounts.models import Delegation, Grant, Organisation
from qingyuan.numerics.time import micros
from qingyuan.registry import EntryKind, payload


def _us(when: datetime | None) -> int | None:
    return None if when is None else micros(when)


def of_grant(grant: Grant) -> dict[str, Any]:
    """The payload that says how a grant stands now."""
    return payload(EntryKind.GRANT, str(grant.key), {
        "holder": str(grant.holder.pseudonym), "role": grant.role, "territory": grant.territory, "line": grant.line,
        "subject": grant.subject, "from_us": _us(grant.valid_from), "to_us": _us(grant.valid_to),
        "revoked_us": _us(grant.revoked_at)})


def of_delegation(stand: Delegation) -> dict[str, Any]:
    """The payload that says how a delegation stands now."""
    return payload(EntryKind.DELEGATION, str(stand.key), {
        "principal": str(stand.principal.pseudonym), "deputy": str(stand.deputy.pseudonym),
        "from_us": _us(stand.valid_from), "to_us": _us(stand.valid_to), "revoked_us": _us(stand.revoked_at)})


def of_organisation(organisation: Organisation) -> dict[str, Any]:
    """The payload of an organisation made in the console."""
    return payload(EntryKind.ORGANISATION, organisation.id, {
        "name": organisation.name, "name_en": organisation.name_en, "kind": organisation.kind})
