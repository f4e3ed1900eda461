"""A change is left for the office ledger by the web process, in the transaction that makes it."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from django.db import transaction

from qingyuan.console.office.models import Outbox
from qingyuan.console.office.sealing import SEALED, stand_in
from qingyuan.evidence.leaf import Kind
from qingyuan.registry import EntryError, demand_sound, parse

TOGETHER = "together"                # rows with the same mark are taken by the ledger all or none
ADMIT = "admit"                      # a row that asks for the admission of what a site's logger has sent before


class NotInTransaction(RuntimeError):
    """A change was recorded outside the transaction that makes it."""


def record(kind: Kind, payload: dict[str, Any], by: Any = None, *, together: str = "", sealed: str = "") -> Outbox:
    """Leave an entry for the ledger, in the transaction of the change. `sealed`: the password of a site's logger, from
    `sealing.seal`. Raises EntryError, NotInTransaction.
    """
    _demand_transaction()
    demand_sound(payload)
    if kind is Kind.REGISTRY:
        parse(payload, strict=True)
    if sealed and payload.get("data", {}).get("password_check") != stand_in(sealed):
        raise EntryError(f"site {payload.get('id')}", "password", "could not be opened", "give it anew")
    marks = {name: text for name, text in ((TOGETHER, together), (SEALED, sealed)) if text}
    return Outbox.objects.create(kind=kind.name.lower(), payload=payload | marks, by=getattr(by, "pseudonym", by))


def ask_admission(site: str, mn: str, by: Any = None, *, together: str = "") -> Outbox:
    """Leave the wish that what a site's logger has sent before be taken in, whatever there is of it when the worker
    comes to it. Raises NotInTransaction.
    """
    _demand_transaction()
    marks = {TOGETHER: together} if together else {}
    return Outbox.objects.create(kind=ADMIT, payload={"site": site, "mn": mn} | marks, by=getattr(by, "pseudonym", by))


def mark() -> str:
    """A mark for rows that belong together."""
    return uuid4().hex


def _demand_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("record() belongs into the transaction of the change it records")


def wait_for(row: Outbox, seconds: float = 3.0) -> Outbox:
    """The row once the ledger holds it, or as it is after so many seconds."""
    until = time.monotonic() + seconds
    while row.waiting and time.monotonic() < until:
        time.sleep(0.1)
        row.refresh_from_db()
    return row
