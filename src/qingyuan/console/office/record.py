"""The way of a change into the office ledger: `record` in the web process, `append_waiting` in the one appender."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from qingyuan.console.office.models import Outbox
from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Home, Keyring, LeafTooLarge
from qingyuan.ledger.office import append_once, open_office
from qingyuan.registry import EntryError, demand_sound, parse

BATCH = 500
REFUSED = (KeyError, EntryError, UnicodeError, LeafTooLarge)


class NotInTransaction(RuntimeError):
    """A change was recorded outside the transaction that makes it."""


def record(kind: Kind, payload: dict[str, Any], by: Any = None) -> Outbox:
    """Leave an entry for the ledger, in the transaction of the change. Raises EntryError, NotInTransaction."""
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction("record() belongs into the transaction of the change it records")
    demand_sound(payload)
    if kind is Kind.REGISTRY:
        parse(payload, strict=True)
    return Outbox.objects.create(kind=kind.name.lower(), payload=payload, by=getattr(by, "pseudonym", by))


def append_waiting(home: Home, keyring: Keyring, step: Callable[[str], None] = lambda _: None) -> int:
    """Append what waits, durably and under a checkpoint; returns how many rows were marked.

    A kill between any two steps loses and doubles nothing: the key makes the append repeatable, and a row is marked
    only when its leaf is under a checkpoint. `step` is told each step after it was done.
    """
    rows = list(Outbox.objects.filter(leaf__isnull=True, refused="")[:BATCH])
    if not rows:
        return 0
    leaves: dict[int, int] = {}
    with open_office(home, keyring) as writer:
        for row in rows:
            try:
                kind = Kind[row.kind.upper()]
                if kind is Kind.REGISTRY:
                    parse(row.payload)
                by = {"by": str(row.by)} if row.by else {}
                leaves[row.pk] = append_once(writer, kind, row.payload | by | {"key": f"console/{row.key}"})
            except REFUSED as error:         # by itself: what waits behind it has done nothing wrong
                Outbox.objects.filter(pk=row.pk).update(refused=_why(error))
                continue
            step("append")
        writer.commit()
        step("commit")
        writer.checkpoint()
        step("sign")
    for pk, leaf in leaves.items():
        Outbox.objects.filter(pk=pk, leaf__isnull=True).update(leaf=leaf, appended_at=timezone.now())
        step("mark")
    return len(leaves)


def _why(error: Exception) -> str:
    """A sentence the database can keep."""
    return str(error).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:500] or type(error).__name__


def wait_for(row: Outbox, seconds: float = 3.0) -> Outbox:
    """The row once the ledger holds it, or as it is after so many seconds."""
    until = time.monotonic() + seconds
    while row.waiting and time.monotonic() < until:
        time.sleep(0.1)
        row.refresh_from_db()
    return row
