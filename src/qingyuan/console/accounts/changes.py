"""Every change of people and rights: checked, made and left for the office ledger in one transaction."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from qingyuan.console.accounts import duties, entries
from qingyuan.console.accounts.ending import end_access
from qingyuan.console.accounts.models import Delegation, Grant, Organisation, User
from qingyuan.console.accounts.scope import PARK
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role
from qingyuan.console.office.record import record
from qingyuan.evidence.leaf import Kind

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"          # no sign that is read as another one
GROUPS, GROUP = 5, 4                                   # 20 signs of 32: 100 bits
OF_ONE_SUBJECT = (Role.ENTERPRISE,)
OF_ONE_PARK = (Role.PARK_MANAGER,)
OF_ONE_TERRITORY = (Role.COUNTY_STATION,)


class Refused(ValueError):
    """A change that may not be made; the text says why and what to do, in the reader's language."""


def first_password() -> str:
    """A random password that can be read out: abcd-efgh-…"""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(GROUP)) for _group in range(GROUPS))


def _lock(*people: User) -> None:
    """Hold these people and all who stand in for them or for whom they stand in, until the transaction ends."""
    stands = Delegation.objects.filter(revoked_at__isnull=True)
    keys = {person.pk for person in people}
    keys |= {pk for pair in stands.filter(principal__in=keys).values_list("principal", "deputy") for pk in pair}
    keys |= {pk for pair in stands.filter(deputy__in=keys).values_list("principal", "deputy") for pk in pair}
    list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


@transaction.atomic
def add_organisation(by: User | None, **about: Any) -> Organisation:
    """An organisation, recorded. Raises Refused where the id is taken, EntryError where the ledger refuses it."""
    if Organisation.objects.filter(pk=about["id"]).exists():
        raise Refused(_("An organisation with this id exists already."))
    made = Organisation.objects.create(**about)
    record(Kind.REGISTRY, entries.of_organisation(made), by)
    return made


@transaction.atomic
def add_person(*, username: str, full_name: str = "", organisation: Organisation | None = None,
               language: str = "", password: str = "") -> tuple[User, str]:
    """A person without any right, and the first password, which must be changed at the first log-in."""
    password = password or first_password()
    person = User(username=username, full_name=full_name, organisation=organisation, language=language,
                  must_change_password=True)
    person.set_password(password)
    person.save()
    return person, password


@transaction.atomic
def renew_password(by: User, person: User) -> str:
    """A new first password for someone who lost theirs; every session and token of the person ends, and the tie
    to a person of the sign-on service: the next sign-on ties it anew.
    """
    if by.pk == person.pk:
        raise Refused(_("Change your own password on your account page."))
    password = first_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=("password", "must_change_password"))
    end_access(person)
    SocialAccount.objects.filter(user=person).delete()             # whoever was tied to it there
    return password


@transaction.atomic
def set_active(by: User, person: User, active: bool) -> None:
    """Close an account or open it again; a closed one has no session, no token and lends no rights, and an opened
    one gets none of them back. Raises Refused.
    """
    if by.pk == person.pk:
        raise Refused(_("You cannot close your own account. Another administrator can."))
    _lock(person)
    if not active:
        _keep_one_administrator(without=person)
    person.is_active = active
    person.save(update_fields=("is_active",))
    if not active:
        end_access(person)


@transaction.atomic
def give(by: User | None, holder: User, role: Role, *, territory: str = "", line: str = "", subject: str = "",
         reason: str = "", valid_from: datetime | None = None, valid_to: datetime | None = None) -> Grant:
    """Give a role; `by` None: at the set-up of a home. Raises Refused."""
    now = timezone.now()
    _lock(holder)
    begin = max(valid_from or now, now)
    check_grant(by, holder, role, territory=territory, line=line, subject=subject, begin=begin, end=valid_to)
    made = Grant.objects.create(holder=holder, role=role.value, territory=territory, line=line, subject=subject,
                                reason=reason, valid_from=begin, valid_to=valid_to, granted_by=by)
    record(Kind.REGISTRY, entries.of_grant(made), by)
    return made


def check_grant(by: User | None, holder: User, role: Role, *, territory: str, line: str, subject: str,
                begin: datetime, end: datetime | None) -> None:
    """Raise Refused where a grant may not be given."""
    if by is not None and by.pk == holder.pk:
        raise Refused(_("Nobody gives rights to themselves. Ask another administrator."))
    if role is Role.PUBLIC:
        raise Refused(_("What the public may see needs no grant."))
    if not holder.is_active:
        raise Refused(_("This account is closed. Open it first."))
    if end is not None and end <= begin:
        raise Refused(_("The end is not after the beginning."))
    if role in OF_ONE_SUBJECT and not subject:
        raise Refused(_("This role is bound to one organisation or site. Name it."))
    if role in OF_ONE_PARK and not territory.startswith(PARK):
        raise Refused(_("This role is bound to a park. Choose it as the territory."))
    if role in OF_ONE_TERRITORY and (not territory or territory.startswith(PARK)):
        raise Refused(_("This role is bound to a city. Choose it as the territory."))
    if role is Role.ADMINISTRATOR and (territory or line or subject):
        raise Refused(_("Rights to grant cannot be bounded. Leave territory, line and subject empty."))
    found = duties.clash_of_grant(holder, role, duties.Span(begin, end))
    if found is not None:
        raise Refused(_clash(found))


def _clash(found: duties.Clash) -> str:
    return _("{person} would be {held} and {wanted} at the same time. These duties are kept apart.").format(
        person=found.person, held=ROLE_WORDS[found.held], wanted=ROLE_WORDS[found.wanted])


@transaction.atomic
def revoke(by: User, grant: Grant, reason: str) -> None:
    """Take a right back from now on. Raises Refused."""
    _lock(grant.holder)
    grant.refresh_from_db()
    if grant.revoked_at is not None:
        raise Refused(_("This right was revoked already."))
    if grant.role == Role.ADMINISTRATOR:
        _keep_one_administrator(without=grant.holder)
    grant.revoked_at, grant.revoked_by, grant.revoke_reason = timezone.now(), by, reason
    grant.save(update_fields=("revoked_at", "revoked_by", "revoke_reason"))
    record(Kind.REGISTRY, entries.of_grant(grant), by)


def _keep_one_administrator(without: User) -> None:
    """Raise Refused if nobody else could grant rights any more, now and for ever."""
    others = Grant.objects.in_force(timezone.now()).filter(
        role=Role.ADMINISTRATOR, valid_to__isnull=True, holder__is_active=True)
    list(User.objects.select_for_update().filter(pk__in=others.values("holder")).order_by("pk").values_list("pk"))
    if others.filter(holder=without).exists() and not others.exclude(holder=without).exists():
        raise Refused(_("This is the last administrator. Make another one first."))


@transaction.atomic
def lend(principal: User, deputy: User, *, reason: str, valid_from: datetime | None, valid_to: datetime) -> Delegation:
    """Let somebody stand in during leave. Raises Refused."""
    now = timezone.now()
    begin = max(valid_from or now, now)
    _lock(principal, deputy)
    check_delegation(principal, deputy, begin, valid_to)
    made = Delegation.objects.create(principal=principal, deputy=deputy, reason=reason, valid_from=begin,
                                     valid_to=valid_to)
    record(Kind.REGISTRY, entries.of_delegation(made), principal)
    return made


def check_delegation(principal: User, deputy: User, begin: datetime, end: datetime) -> None:
    """Raise Refused where somebody may not stand in."""
    if principal.pk == deputy.pk:
        raise Refused(_("You cannot stand in for yourself."))
    if not deputy.is_active:
        raise Refused(_("This account is closed. Choose somebody else."))
    if end <= begin:
        raise Refused(_("The end is not after the beginning."))
    span = duties.Span(begin, end)
    if not duties.lendable(principal, span):
        raise Refused(_("You hold no right in that time that can be lent."))
    if (found := duties.clash_of_delegation(principal, deputy, span)) is not None:
        raise Refused(_clash(found))


@transaction.atomic
def end(by: User, stand: Delegation) -> None:
    """End a delegation early. Raises Refused."""
    _lock(stand.principal, stand.deputy)
    stand.refresh_from_db()
    if stand.revoked_at is not None:
        raise Refused(_("This delegation was ended already."))
    stand.revoked_at, stand.revoked_by = timezone.now(), by
    stand.save(update_fields=("revoked_at", "revoked_by"))
    record(Kind.REGISTRY, entries.of_delegation(stand), by)

