"""A change of entries: what it rests on, who was first, and its way into the office ledger."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from qingyuan.console.accounts.scope import Scope
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import record
from qingyuan.console.registry.known import Version, base_of, everything
from qingyuan.console.registry.models import Change
from qingyuan.console.registry.rights import seen_sites
from qingyuan.evidence.leaf import Kind
from qingyuan.registry import EntryError, EntryKind, fold, parse

OTHER = re.compile(r"is also the MN of site (.+)")
HIDDEN_OTHER = "is also the MN of a site that you may not see"
Based = tuple[dict[str, Any], int]                  # payload, leaf it rests on


class Conflict(Exception):
    """Somebody else changed an entry meanwhile. `waiting`: that change has no leaf yet."""

    def __init__(self, subjects: Sequence[tuple[EntryKind, str]], waiting: bool) -> None:
        super().__init__(", ".join(name for _kind, name in subjects))
        self.subjects, self.waiting = tuple(subjects), waiting


def check_base(based: Iterable[Based]) -> None:
    """Raise Conflict where an entry has a newer leaf than the one a change rests on, or one on its way."""
    based = list(based)
    bases = {(EntryKind(payload["entry"]), payload["id"]): base for payload, base in based}
    newer = [subject for subject, base in bases.items() if base_of(everything().get(subject, ())) != base]
    if newer:
        raise Conflict(newer, waiting=False)
    under_way = Outbox.objects.filter(kind=Kind.REGISTRY.name.lower(), leaf__isnull=True, refused="").values_list(
        "payload__entry", "payload__id")
    if taken := [(EntryKind(kind), name) for kind, name in under_way if (kind, name) in bases]:
        raise Conflict(taken, waiting=True)


def apply(based: Sequence[Based], by: Any) -> Outbox:
    """Record every payload, or none; gives the last row. Raises Conflict, EntryError."""
    firsts: set[tuple[str, str]] = set()
    try:
        with transaction.atomic():
            check_base(based)
            for payload, base in based:
                row = record(Kind.REGISTRY, payload, by)
                subject = (payload["entry"], payload["id"])
                if subject not in firsts:
                    firsts.add(subject)
                    Change.objects.filter(kind=subject[0], name=subject[1], base=base).exclude(row__refused="").delete()
                    Change.objects.create(kind=subject[0], name=subject[1], base=base, row=row)
    except IntegrityError:
        raise Conflict([(EntryKind(kind), name) for kind, name in firsts], waiting=True) from None
    return row


def after(known: Sequence[Version], payload: dict[str, Any]) -> list[Version]:
    """The versions of an entry as they would be with one more."""
    later = max((v.entry.learned_us for v in known), default=0) + 1
    return [*known, Version(base_of(known) + 1, parse(payload, later), payload, "")]


def clashes(payloads: Sequence[dict[str, Any]], scope: Scope) -> list[EntryError]:
    """What would be wrong with the registry as a whole that is not wrong now: an MN named by two sites.

    A site that the person may not see is not named.
    """
    said = [(v.entry.learned_us, dict(v.payload)) for found in everything().values() for v in found]
    said.sort(key=lambda item: item[0])
    before = {str(problem) for problem in fold(said).problems}
    later = max((learned for learned, _payload in said), default=0) + 1
    both = fold([*said, *((later, payload) for payload in payloads)])
    seen = seen_sites(scope) | {payload["id"] for payload in payloads}
    return [_veiled(problem, seen) for problem in both.problems if str(problem) not in before]


def _veiled(problem: EntryError, seen: Collection[str]) -> EntryError:
    named = OTHER.fullmatch(problem.what)
    if named is None or named[1] in seen:
        return problem
    return EntryError(problem.entry, problem.field, HIDDEN_OTHER, problem.remedy)

