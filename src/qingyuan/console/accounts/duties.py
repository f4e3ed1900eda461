"""Separation of duties over time: which roles a person holds in an interval, lent ones included, and what clashes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qingyuan.console.accounts.models import Delegation, Grant, User
from qingyuan.console.accounts.verbs import INCOMPATIBLE, Role


@dataclass(frozen=True)
class Clash:
    """Two roles that one person would hold at the same time."""

    person: User
    held: Role
    wanted: Role


@dataclass(frozen=True)
class Span:
    """An interval of our time; `end` None: for ever."""

    begin: datetime
    end: datetime | None = None

    def within(self, other: Grant | Delegation) -> Span | None:
        """What it has in common with the time a grant or delegation holds, or None."""
        begin = max(self.begin, other.valid_from)
        ends = [end for end in (self.end, other.valid_to, other.revoked_at) if end is not None]
        end = min(ends, default=None)
        return Span(begin, end) if end is None or begin < end else None


def roles(person: User, span: Span) -> set[Role]:
    """Roles that a person has at some instant of the interval, by own grants and by those of people on leave."""
    found = {Role(grant.role) for grant in person.grants.overlapping(span.begin, span.end)}
    for stand in person.standing_in.overlapping(span.begin, span.end).select_related("principal"):
        if (common := span.within(stand)) is not None:
            found |= lendable(stand.principal, common)
    return found


def lendable(person: User, span: Span) -> set[Role]:
    """Roles that a deputy would have by standing in over the interval."""
    return {Role(grant.role) for grant in person.grants.overlapping(span.begin, span.end) if grant.delegable}


def _first(person: User, held: set[Role], wanted: Role) -> Clash | None:
    found = next((role for role in sorted(held) if frozenset({role, wanted}) in INCOMPATIBLE), None)
    return Clash(person, found, wanted) if found is not None else None


def clash_of_grant(holder: User, role: Role, span: Span) -> Clash | None:
    """What a role given to a person over an interval would clash with: at the person, or at who stands in."""
    if (found := _first(holder, roles(holder, span), role)) is not None:
        return found
    if role is Role.ADMINISTRATOR:                                     # never lent
        return None
    for stand in holder.delegations.overlapping(span.begin, span.end).select_related("deputy"):
        common = span.within(stand)
        if common is not None and (found := _first(stand.deputy, roles(stand.deputy, common), role)) is not None:
            return found
    return None


def clash_of_delegation(principal: User, deputy: User, span: Span) -> Clash | None:
    """What would clash at the deputy if this person stood in for the principal over an interval."""
    held = roles(deputy, span)
    return next((found for role in sorted(lendable(principal, span))
                 if (found := _first(deputy, held, role)) is not None), None)
