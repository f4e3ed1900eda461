"""The one appender: what waits in the outbox goes into the office ledger, durably and under a checkpoint.

Of two changes that cannot stand together the ledger's order decides: the second is refused, with a sentence for the
person who made it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import ADMIT, TOGETHER
from qingyuan.console.office.sealing import SEALED, opened
from qingyuan.console.office.standing import Standing, forget, standing
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.admission import admissions
from qingyuan.ledger import Home, Keyring, LeafTooLarge, LedgerWriter
from qingyuan.ledger.office import append_once, open_office
from qingyuan.registry import EntryError, parse

BATCH = 500
REFUSED = (KeyError, EntryError, UnicodeError, LeafTooLarge)
MARKS = (TOGETHER, SEALED)
Step = Callable[[str], None]


def append_waiting(home: Home, keyring: Keyring, step: Step = lambda _: None) -> int:
    """Append what waits, durably and under a checkpoint; returns how many rows were marked.

    A kill between any two steps loses and doubles nothing: the key makes the append repeatable, and a row is marked
    only when its leaf is under a checkpoint. `step` is told each step after it was done.
    """
    groups = _waiting()
    if not groups:
        return 0
    try:
        with open_office(home, keyring) as writer:
            batch = _Batch(home, keyring, writer, step)
            for rows in groups:
                batch.take(rows)
            batch.sign()
    except BaseException:
        forget(home)
        raise
    for pk, (leaf, payload) in batch.done.items():
        Outbox.objects.filter(pk=pk, leaf__isnull=True).update(leaf=leaf, payload=payload, appended_at=timezone.now())
        step("mark")
    return len(batch.done)


def _waiting() -> list[list[Outbox]]:
    """Rows that wait, in order; those that belong together as one group, however many they are."""
    found = Outbox.objects.filter(leaf__isnull=True, refused="")
    rows = list(found[:BATCH])
    last = rows[-1].payload.get(TOGETHER) if len(rows) == BATCH else None
    if last:
        rows += list(found.filter(pk__gt=rows[-1].pk, payload__together=last))
    groups: dict[str, list[Outbox]] = {}
    for row in rows:
        groups.setdefault(row.payload.get(TOGETHER) or str(row.key), []).append(row)
    return list(groups.values())


class _Batch:
    """Appends under the ledger's lock. `done`: row -> its leaf and what stands in it."""

    def __init__(self, home: Home, keyring: Keyring, writer: LedgerWriter, step: Step) -> None:
        self._home, self._keyring, self._writer, self._step = home, keyring, writer, step
        self._known: Standing = standing(home)
        self._known.read_on(writer.size)
        self.done: dict[int, tuple[int, dict[str, Any]]] = {}

    def take(self, rows: Sequence[Outbox]) -> None:
        """Append the rows of a group, or refuse all of them."""
        try:
            entries = [self._entry(row) for row in rows]
            if not any(self._there(row) for row in rows):            # else it was judged before a kill
                clash = self._known.claims.clash(
                    entry for row, entry in zip(rows, entries, strict=True) if _kind(row) is Kind.REGISTRY)
                if clash is not None:
                    raise clash
        except REFUSED as error:         # by itself: what waits behind it has done nothing wrong
            for row in rows:
                _refuse(row, error)
            return
        for row, entry in zip(rows, entries, strict=True):
            try:
                self.done[row.pk] = self._admit(row, entry) if row.kind == ADMIT else self._append(row, entry)
            except REFUSED as error:
                _refuse(row, error)
                continue
            self._step("append")

    def sign(self) -> None:
        """Make durable what was appended, under a checkpoint."""
        self._writer.commit()
        self._step("commit")
        self._writer.checkpoint()
        self._step("sign")
        self._known.reach(self._writer.size)

    def _there(self, row: Outbox) -> bool:
        return self._writer.find_key(_key(row)) is not None

    def _entry(self, row: Outbox) -> dict[str, Any]:
        """What the row says, without its marks and with its secret as a keyed hash. Raises what REFUSED names."""
        entry = {name: value for name, value in row.payload.items() if name not in MARKS}
        if (box := row.payload.get(SEALED)) is not None:
            entry = opened(entry, box, self._keyring)
        if _kind(row) is Kind.REGISTRY:
            parse(entry)
        return entry

    def _append(self, row: Outbox, entry: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        by = {"by": str(row.by)} if row.by else {}
        return self._put(Kind[row.kind.upper()], entry | by | {"key": _key(row)}), entry

    def _put(self, kind: Kind, payload: dict[str, Any]) -> int:
        size = self._writer.size
        leaf = append_once(self._writer, kind, payload)
        if leaf >= size and kind is Kind.REGISTRY:
            self._known.add(time.time_ns() // 1000, payload)
        return leaf

    def _admit(self, row: Outbox, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Admit what lies in quarantine of a site's logger at this moment and carries its password."""
        site = self._known.claims.owner(asked["mn"])
        if site is None or site.id != asked["site"]:
            raise EntryError(f"site {asked['site']}", "mn", "is not the MN of this site", "register it first")
        found = admissions(self._home, self._keyring, [site], self._known.admissions)
        by = {"by": str(row.by)} if row.by else {}
        leaves = [self._put(Kind.REGISTRY, entry | by) for entry in found]
        last = leaves[-1] if leaves else self._writer.size - 1
        return last, asked | {"entries": leaves}


def _kind(row: Outbox) -> Kind | None:
    """Kind of the leaf a row asks for; None where it asks for admissions. Raises KeyError."""
    return None if row.kind == ADMIT else Kind[row.kind.upper()]


def _key(row: Outbox) -> str:
    return f"console/{row.key}"


def _refuse(row: Outbox, error: Exception) -> None:
    """Keep why; a sealed password is not kept with it."""
    kept = {name: value for name, value in row.payload.items() if name != SEALED}
    Outbox.objects.filter(pk=row.pk).update(refused=_why(error), payload=kept)


def _why(error: Exception) -> str:
    """A sentence the database can keep."""
    return str(error).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:500] or type(error).__name__
