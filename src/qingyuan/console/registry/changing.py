"""A change of entries: what it rests on, who was first, and its way into the office ledger."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from qingyuan.console.accounts.scope import Scope
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import mark, record
from qingyuan.console.registry.known import NEVER, Version, base_of, everything
from qingyuan.console.registry.models import Change
from qingyuan.console.registry.rights import seen_sites
from qingyuan.evidence.leaf import Kind
from qingyuan.registry import EntryError, EntryKind, fold, parse

OTHER = re.compile(r"is also the MN of site (.+)")
HIDDEN_OTHER = "is also the MN of a site that you may not see"
A_QUERY = 1000
TAKEN = "is being given to a site by another change at this moment"
MN = "mn"                                           # kind of a place taken by a logger's number
SAID = re.compile(r"(?P<entry>.+?): field (?P<field>\w*): (?P<what>.+?)(?:; (?P<remedy>.+))?", re.DOTALL)
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


def apply(based: Sequence[Based], by: Any, *, together: str = "", sealed: tuple[str, ...] = ()) -> list[Outbox]:
    """Record every payload, or none. `sealed`: for each payload the password of its logger, empty where none is given;
    left out where no payload has one. Raises Conflict, EntryError.
    """
    together = together or (mark() if len(based) > 1 else "")
    rows: list[Outbox] = []
    subjects: dict[tuple[str, str], Outbox] = {}
    try:
        with transaction.atomic():
            check_base(based)
            for (payload, base), box in zip(based, sealed or [""] * len(based), strict=True):
                rows.append(record(Kind.REGISTRY, payload, by, together=together, sealed=box))
                subject = (payload["entry"], payload["id"])
                if subject not in subjects:
                    subjects[subject] = rows[-1]
                    _be_first(*subject, base, rows[-1])
            _claim([payload for payload, _base in based], subjects)
    except IntegrityError:
        raise Conflict([(EntryKind(kind), name) for kind, name in subjects], waiting=True) from None
    return rows


def _be_first(kind: str, name: str, base: int, row: Outbox) -> None:
    """Take a place that only one may have; raises IntegrityError where another has it."""
    Change.objects.filter(kind=kind, name=name, base=base).exclude(row__refused="").delete()
    Change.objects.create(kind=kind, name=name, base=base, row=row)


def _claim(payloads: Sequence[dict[str, Any]], rows: Mapping[tuple[str, str], Outbox]) -> None:
    """Take the MNs that sites name, as they stand now: of two people who claim one at once the second is told.

    Raises EntryError. What comes in between by another way the appender refuses.
    """
    sites = [payload for payload in payloads if payload["entry"] == EntryKind.SITE]
    if not sites:
        return
    newest: dict[str, int] = {}
    for (kind, _name), found in everything().items():
        if kind is EntryKind.SITE:
            for version in found:
                mn = version.data["mn"]
                newest[mn] = max(version.leaf, newest.get(mn, NEVER))
    claims = {payload["data"]["mn"]: payload for payload in sites}
    mns = sorted(claims)
    for some in (mns[at:at + A_QUERY] for at in range(0, len(mns), A_QUERY)):
        old = Change.objects.filter(kind=MN, name__in=some)
        old.exclude(row__refused="").delete()
        try:
            with transaction.atomic():
                Change.objects.bulk_create(Change(
                    kind=MN, name=mn, base=newest.get(mn, NEVER), row=rows[EntryKind.SITE, claims[mn]["id"]])
                    for mn in some)
        except IntegrityError:
            taken = next((one.name for one in old if one.base == newest.get(one.name, NEVER)), some[0])
            raise EntryError(f"site {claims[taken]['id']}", "mn", TAKEN, "look again when that change stands") from None


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


def refusal(row: Outbox, scope: Scope) -> EntryError | None:
    """Why the ledger refused a row, naming no site that the person may not see; None where no field is at fault."""
    found = SAID.fullmatch(row.refused)
    if found is None:
        return None
    return _veiled(EntryError(found["entry"], found["field"], found["what"], found["remedy"] or ""),
                   seen_sites(scope) | {str(row.payload.get("id", ""))})


def _veiled(problem: EntryError, seen: Collection[str]) -> EntryError:
    named = OTHER.fullmatch(problem.what)
    if named is None or named[1] in seen:
        return problem
    return EntryError(problem.entry, problem.field, HIDDEN_OTHER, problem.remedy)

