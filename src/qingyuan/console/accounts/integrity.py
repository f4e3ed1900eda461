"""Does the database still say of rights what the ledger says? Differences mean that someone edited the database.

Rights work from the database because they must work at once; the ledger is what cannot be changed unnoticed. What
waits in the outbox counts as said, and is named as waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts import entries
from qingyuan.console.accounts.models import Delegation, Grant, User
from qingyuan.console.accounts.verbs import INCOMPATIBLE, Role
from qingyuan.console.office.models import Outbox
from qingyuan.registry import EntryError, EntryKind, Registry, parse

KINDS = (EntryKind.GRANT, EntryKind.DELEGATION)


class Wrong(StrEnum):
    """What is wrong with a right."""

    NOT_RECORDED = "not-recorded"
    NOT_IN_DATABASE = "not-in-database"
    DIFFERS = "differs"
    REFUSED = "refused"
    CLASH = "clash"


WRONG_WORDS = {
    Wrong.NOT_RECORDED: _("stands in the database, but no entry of the ledger gave it"),
    Wrong.NOT_IN_DATABASE: _("the ledger gave it, but the database does not hold it any more"),
    Wrong.DIFFERS: _("database and ledger say different things"),
    Wrong.REFUSED: _("the ledger did not take the entry"),
    Wrong.CLASH: _("one person holds duties that are kept apart"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree; `fields` are (name, in the database, in the ledger)."""

    wrong: Wrong
    kind: EntryKind
    key: str
    who: User | None = None
    fields: tuple[tuple[str, str, str], ...] = ()

    @property
    def words(self) -> Any:
        """What is wrong, in the reader's language."""
        return WRONG_WORDS[self.wrong]


@dataclass(frozen=True)
class Check:
    """Outcome: how many rights were compared, how many wait for the ledger, what does not agree."""

    compared: int
    waiting: int
    differences: tuple[Difference, ...]


def check(registry: Registry) -> Check:
    """Compare every grant and delegation of the database with the registry folded from the ledger."""
    outbox = Outbox.objects.filter(kind="registry", leaf__isnull=True).order_by("id")
    rows = [row for row in outbox if row.payload.get("entry") in KINDS]
    waiting = {str(row.payload["id"]): row.payload for row in rows if not row.refused}
    found: list[Difference] = [Difference(Wrong.REFUSED, EntryKind(row.payload["entry"]), str(row.payload["id"]))
                               for row in rows if row.refused]
    grants = {str(g.key): g for g in Grant.objects.select_related("holder")}
    stands = {str(d.key): d for d in Delegation.objects.select_related("principal", "deputy")}
    found += _compare(EntryKind.GRANT, {k: (entries.of_grant(g), g.holder) for k, g in grants.items()},
                      registry.grants, waiting)
    found += _compare(EntryKind.DELEGATION, {k: (entries.of_delegation(d), d.principal) for k, d in stands.items()},
                      registry.delegations, waiting)
    found += _clashes(list(grants.values()), list(stands.values()))
    return Check(len(grants) + len(stands), len(rows), tuple(found))


def _compare(kind: EntryKind, have: Mapping[str, tuple[dict[str, Any], User]], ledger: Mapping[str, Any],
             waiting: Mapping[str, dict[str, Any]]) -> list[Difference]:
    out = []
    for key, (said, who) in have.items():
        try:
            recorded = parse(waiting[key]).record if key in waiting else ledger.get(key)
        except EntryError:
            recorded = None
        if recorded is None:
            out.append(Difference(Wrong.NOT_RECORDED, kind, key, who))
            continue
        data = said["data"]
        differing = tuple((name, _text(data[name]), _text(getattr(recorded, name)))
                          for name in data if _text(data[name]) != _text(getattr(recorded, name)))
        if differing:
            out.append(Difference(Wrong.DIFFERS, kind, key, who, differing))
    said_by = {key for key, payload in waiting.items() if payload["entry"] == kind} | set(ledger)
    return out + [Difference(Wrong.NOT_IN_DATABASE, kind, key) for key in sorted(said_by - set(have))]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _clashes(grants: list[Grant], stands: list[Delegation]) -> list[Difference]:
    """People who hold incompatible roles at this moment, own or lent."""
    now = timezone.now()
    own: dict[int, set[Role]] = {}
    for grant in grants:
        if grant.state(now) == "in-force":
            own.setdefault(grant.holder_id, set()).add(Role(grant.role))
    held = {pk: set(roles) for pk, roles in own.items()}
    people = {grant.holder_id: grant.holder for grant in grants} | {s.deputy_id: s.deputy for s in stands}
    for stand in stands:
        if stand.state(now) == "in-force" and stand.principal.is_active:
            held.setdefault(stand.deputy_id, set()).update(own.get(stand.principal_id, set()) - {Role.ADMINISTRATOR})
    return [Difference(Wrong.CLASH, EntryKind.GRANT, " + ".join(sorted(pair)), people[pk])
            for pk, roles in held.items() for pair in sorted(INCOMPATIBLE, key=sorted) if pair <= roles]
