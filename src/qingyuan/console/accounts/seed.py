"""People of a demonstration and the first administrator of a fresh home; both can be run again without harm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.bounds import CITY_DIGITS, territories
from qingyuan.console.accounts.models import Grant, Organisation, OrganisationKind, User
from qingyuan.console.accounts.scope import CITY, PARK
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.home import Entries
from qingyuan.ledger import Home
from qingyuan.registry import Registry

FIRST = "admin"
CENTRE = {"id": "demo-centre", "name": "演示监测中心", "name_en": "Demonstration monitoring centre",
          "kind": OrganisationKind.CENTRE}
NAMES = {
    Role.DUTY_OFFICER: "值班员", Role.REVIEWER: "审核员", Role.TRACING_ANALYST: "溯源分析员",
    Role.PARK_MANAGER: "园区管理员", Role.INSPECTOR: "执法人员", Role.ENTERPRISE: "企业用户",
    Role.COUNTY_STATION: "县级站", Role.AUDITOR: "审计员", Role.EXPERT: "专家", Role.OPERATOR: "运维单位",
    Role.AGENCY: "检测机构", Role.REGISTRAR: "登记员", Role.ADMINISTRATOR: "管理员",
}


@dataclass(frozen=True)
class Seat:
    """One person of the demonstration: user name, role, name, bounds, and the organisation if not the centre."""

    username: str
    role: Role
    name: str
    territory: str = ""
    subject: str = ""
    organisation: str = ""


def seats(registry: Registry) -> list[Seat]:
    """One person a role and a second administrator, bounded as far as the registry has something to bound by."""
    places = territories(registry)
    cities = [value for value, _name in places if value.startswith(CITY) or len(value) == CITY_DIGITS]
    parks = [value for value, _name in places if value.startswith(PARK)]
    owners = {name for site in registry.sites.values() for name in site.belongs}
    firms = sorted(row.id for row in registry.organisations.values() if row.kind == "enterprise" and row.id in owners)
    found = []
    for role in NAMES:
        bound = {Role.ENTERPRISE: firms, Role.PARK_MANAGER: parks, Role.COUNTY_STATION: cities}.get(role)
        if bound is not None and not bound:
            continue                                   # nothing to bind the role to: unbounded it would see too much
        firm = firms[0] if role is Role.ENTERPRISE else ""
        place = bound[0] if bound and role is not Role.ENTERPRISE else ""
        found.append(Seat(role.value, role, NAMES[role], place, firm, firm))
    return [*found, Seat("administrator-2", Role.ADMINISTRATOR, "管理员二")]


def seed_demo(home: Path) -> list[tuple[str, str, str]]:
    """Make what is missing of the demonstration's people; (user name, password, role) of all.

    The password is empty for people who were there before: nobody knows it but they. It need not be changed.
    """
    registry = Entries(Home.open(Path(home))).registry(None)
    return [_seat(seat, registry) for seat in seats(registry)]


@transaction.atomic
def _seat(seat: Seat, registry: Registry) -> tuple[str, str, str]:
    person, password = User.objects.filter(username=seat.username).first(), ""
    if person is None:
        person, password = changes.add_person(username=seat.username, full_name=seat.name,
                                              organisation=_organisation(seat.organisation, registry))
        person.must_change_password = False
        person.save(update_fields=("must_change_password",))
    if not Grant.objects.filter(holder=person).exists():
        changes.give(None, person, seat.role, territory=seat.territory, subject=seat.subject)
    return seat.username, password, seat.role.value


def _organisation(name: str, registry: Registry) -> Organisation:
    if not name:
        found = Organisation.objects.filter(pk=CENTRE["id"]).first()
        return found or changes.add_organisation(None, **CENTRE)
    stated = registry.organisations[name]
    return Organisation.objects.get_or_create(pk=name, defaults={
        "name": stated.name, "name_en": stated.name_en, "kind": OrganisationKind.ENTERPRISE})[0]


def ensure_first_administrator() -> tuple[str, str] | None:
    """User name and first password of an administrator where nobody has an account yet, else None.

    The password must be changed at the first log-in. Of two services that begin at once one makes the account.
    """
    if User.objects.exists():
        return None
    try:
        with transaction.atomic():
            person, password = changes.add_person(username=FIRST, full_name=NAMES[Role.ADMINISTRATOR])
            changes.give(None, person, Role.ADMINISTRATOR)
    except IntegrityError:
        return None
    return person.username, password
