"""What happened to the rights of a person, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import Delegation, Grant, User
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role


class Happened(StrEnum):
    """What happened."""

    GIVEN = "given"
    REVOKED = "revoked"
    LENT = "lent"
    ENDED = "ended"


HAPPENED_WORDS = {Happened.GIVEN: _("right given"), Happened.REVOKED: _("right revoked"),
                  Happened.LENT: _("delegation begun"), Happened.ENDED: _("delegation ended early")}


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    at: datetime
    what: Happened
    by: User | None
    about: str
    reason: str

    @property
    def words(self) -> Any:
        """What happened, in the reader's language."""
        return HAPPENED_WORDS[self.what]


def events(grants: Iterable[Grant], stands: Iterable[Delegation], until: datetime) -> list[Event]:
    """Everything up to an instant, newest first."""
    found = []
    for grant in grants:
        about = str(ROLE_WORDS[Role(grant.role)])
        found.append(Event(grant.made_at, Happened.GIVEN, grant.granted_by, about, grant.reason))
        if grant.revoked_at is not None:
            found.append(Event(grant.revoked_at, Happened.REVOKED, grant.revoked_by, about, grant.revoke_reason))
    for stand in stands:
        about = f"{stand.principal} → {stand.deputy}"
        found.append(Event(stand.made_at, Happened.LENT, stand.principal, about, stand.reason))
        if stand.revoked_at is not None:
            found.append(Event(stand.revoked_at, Happened.ENDED, stand.revoked_by, about, ""))
    return sorted((event for event in found if event.at <= until), key=lambda event: event.at, reverse=True)
