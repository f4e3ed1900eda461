"""Every address of the console's URL resolver, what it asks for, and a home of two firms that fills its parameters.

The walk is made from the resolver: a page that is added later is walked too, and fails by name while one of its
parameters has no example here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import camera_files
import homes
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from qingyuan.console.accounts.verbs import VERBS, Role, Verb
from qingyuan.hj212 import wrap
from qingyuan.numerics.time import HOUR_US, format_cst, iso_local
from qingyuan.pipeline.exports import Table
from qingyuan.registry import EntryKind
from qingyuan.vocabulary.factors import AIR_SIX

HOURS = 26                                        # a whole day and a little
FIRMS = {"a": "甲化工厂", "b": "乙冶炼厂"}
VALUES = {"a": "35", "b": "777"}                  # hour means of a21026; the second one is to be found nowhere
STRANGER = "MN-stranger"
OUTLINE = {"type": "Polygon", "coordinates": [[[118.7, 32.1], [118.8, 32.1], [118.8, 32.2], [118.7, 32.1]]]}
# The framework's own pages, and what programs ask with a token: they carry no marker of ours.
MARKED_ELSEWHERE = frozenset({
    "account_login", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "mfa_login_webauthn", "socialaccount_login_cancelled", "socialaccount_login_error"})
# Addresses of the programming interface: the verb each needs; None: nothing but being known; "nothing": open.
INTERFACE: dict[str, Verb | str | None] = {
    "api-1:openapi-json": "nothing", "api-1:status": "nothing", "api-1:api-root": "nothing",
    "api-1:sites": Verb.READ_FIGURES, "api-1:one_site": Verb.READ_FIGURES, "api-1:figure": Verb.READ_FIGURES,
    "api-1:bundle": Verb.READ_FIGURES, "api-1:rows": Verb.READ_FIGURES, "api-1:files": Verb.EXPORT}
# Pages that demand another right for the very object.
OF_OBJECT = {"telegram": Verb.READ_TELEGRAMS, "leaf_proof": Verb.READ_TELEGRAMS,
             "registry_dossier": Verb.READ_DOSSIER}
ALSO = {"registry_dossier": Verb.EDIT_REGISTRY}   # or this one
OWN = frozenset({"registry_dossier"})             # open to those whose right is bound to that very firm
# Parameters that name a site, or something of one: the right must hold for that site.
OF_SITE = frozenset({"site", "figure", "site.name", "chart.name", "site_csv.name", "telegram.leaf", "leaf_proof.leaf",
                     "registry_dossier.name", "registry_entry.name", "camera.name",
                     "registry_outline.name"})

OUTSIDERS = {                                     # bound to firm A, its stack, its park or its city, in many ways
    "enterprise": (Role.ENTERPRISE, {"subject": "firm-a"}), "operator": (Role.OPERATOR, {"subject": "gas-a"}),
    "park": (Role.PARK_MANAGER, {"territory": "park:park-a"}),
    "duty": (Role.DUTY_OFFICER, {"territory": "3201"}), "auditor": (Role.AUDITOR, {"subject": "firm-a"}),
    "registrar": (Role.REGISTRAR, {"territory": "320100"})}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name, route, view and the names of its parameters."""

    name: str
    route: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def needs(self) -> Any:
        """The marker of its view; raises AttributeError where there is none."""
        if self.name in INTERFACE:
            return INTERFACE[self.name]
        return self.view.needs          # type: ignore[attr-defined]

    @property
    def verb(self) -> Verb | None:
        """The verb it needs, for the object where that is what decides."""
        asked = OF_OBJECT.get(self.name, self.needs)
        return asked if isinstance(asked, Verb) else None

    @property
    def of_site(self) -> bool:
        """True if one of its parameters names something of a site."""
        return any(p in OF_SITE or f"{self.name}.{p}" in OF_SITE for p in self.parameters)

    def url(self, examples: dict[str, Any]) -> str:
        """The address with the examples; raises KeyError with the name of the parameter that has none."""
        path = reverse(self.name, kwargs={p: examples[key] if (key := f"{self.name}.{p}") in examples else examples[p]
                                          for p in self.parameters})
        query = examples.get(f"{self.name}?", "")            # of a page that is about what its query names
        return f"{path}?{query}" if query else path


def addresses() -> list[Address]:
    """All of them, in the resolver's order."""
    return list(_walk(get_resolver(), "", ""))


def ours() -> list[Address]:
    """Those whose views are ours."""
    return [found for found in addresses() if found.name not in MARKED_ELSEWHERE]


def _walk(resolver: Any, before: str, space: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, route, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            names = tuple(entry.pattern.converters) or tuple(entry.pattern.regex.groupindex)
            yield Address(space + (entry.name or ""), route, entry.callback, names)


def _listings() -> list[str]:
    from qingyuan.console.registry.listing import Listing

    return [one.value for one in Listing]


CLOSED: dict[str, Callable[[], list[str]]] = {
    "listing": _listings, "kind": lambda: [one.value for one in EntryKind],
    "table": lambda: [one.value for one in Table]}


@dataclass(frozen=True)
class Firms:
    """A home with one stack for each of two firms, a public station, and a logger nobody knows."""

    home: Path
    start_us: int
    leaves: dict[str, int]               # of the gateway's ledger, by site

    @classmethod
    def at(cls, path: Path) -> Firms:
        """What a home made by `two_firms` holds."""
        from qingyuan.evidence.leaf import Kind, parse
        from qingyuan.lake import Lake
        from qingyuan.ledger import Ledger
        from qingyuan.pipeline import rows

        ledger, leaves = Ledger(path / "ledgers" / "gw1"), {}
        for stored in ledger.leaves(0, ledger.size):
            leaf = parse(stored.data)
            if leaf.kind is Kind.FRAME:
                mn = leaf.payload.masked.partition(b";MN=MN-")[2].partition(b";")[0].decode()
                leaves.setdefault(mn, stored.index)
        found = rows.figures(Lake(path / "lake").read("hour", sites=["gas-a"]))
        return cls(path, min(figure.start for figure in found), leaves)

    def examples(self, firm: str, rows: dict[str, Any]) -> dict[str, Any]:
        """An example for every parameter, of one firm; `rows` are those of the database, made by the test."""
        site, start_us = f"gas-{firm}", self.start_us
        figure = f"hour.NOx/{site}/{iso_local(start_us)[:16]}"
        return {
            "site": site, "name": site, "picture": list(FIRMS).index(firm),
            "figure_at.name": "hour.NOx", "start": start_us // 1_000_000,
            "figure": figure, "ledger": "gw1", "leaf": self.leaves[site], "publication.leaf": self.publication,
            "mn": STRANGER, "table": "hour", "form": "csv", "kind": "site", "listing": "sites",
            "registry_dossier.name": f"firm-{firm}", "registry_outline.name": f"park-{firm}", "provider_id": "sso",
            **rows}

    def variants(self, address: Address, examples: dict[str, Any]) -> list[dict[str, Any]]:
        """The examples, once for every value of a parameter that has a closed list of them."""
        found = [examples]
        for parameter, values in CLOSED.items():
            if parameter in address.parameters:
                found = [example | {parameter: value} for example in found for value in values()]
        return found

    @property
    def publication(self) -> int:
        """Number of the first publication in the office ledger."""
        from qingyuan.evidence.leaf import Kind, parse
        from qingyuan.ledger import Ledger

        ledger = Ledger(self.home / "ledgers" / "office")
        return next(leaf.index for leaf in ledger.leaves(0, ledger.size) if parse(leaf.data).kind is Kind.PUBLICATION)


def two_firms(path: Path, names: dict[str, str] = FIRMS, said: str = "") -> Firms:
    """Make the home: a day of two stacks and a station, worked off and witnessed. `names` of the firms, `said`: a text
    that the first telegram of firm A and that of an unknown logger hold.
    """
    from qingyuan.witness import Store, visit_once

    station = homes.Station(path)
    for firm, name in names.items():
        station.register("organisation", f"firm-{firm}", {"name": name, "kind": "enterprise"})
        station.register("park", f"park-{firm}", {"name": f"{name}园区", "organisations": [f"firm-{firm}"],
                                                    "outline": OUTLINE})
        _stack(station, firm, name)
    station.site("air-1", lon=118.8, lat=32.1, city_code="320100")
    station.site("river-1", kind="water", st="21", lon=118.9, lat=32.0, plan=["w01018", "w21003"])
    start_us = homes.now_us() // HOUR_US * HOUR_US - (HOURS + 1) * HOUR_US
    if said:
        station.send(_raw("2061", "pw-gas-a", "MN-gas-a",
                          f"DataTime={format_cst(start_us - HOUR_US)};a21026-Info={said},a21026-Rtd={said};{said}=1"))
    for hour in range(HOURS):
        at = start_us + hour * HOUR_US
        for firm, value in VALUES.items():
            station.send(station.frame(at, {"a21026": value, "a21002": value}, name=f"gas-{firm}", qn=hour))
        station.send(station.frame(at, {code: str(20 + 3 * (hour % 7)) for code in AIR_SIX.values()}, name="air-1",
                                   qn=hour))
        station.send(station.frame(at, {"w01018": str(12 + hour % 5), "w21003": "0.4"}, name="river-1", qn=hour))
        station.settle()
    more = f";{said}=1" if said else ""
    station.send(_raw("2011", "123456", STRANGER, f"DataTime=20200401000000;a21026-Rtd=5{more}"))
    station.close()
    homes.run(station.home)
    _pictures(path, start_us)
    visit_once(station.home, Store(path / "witness"))
    return Firms.at(path)


def _raw(cn: str, password: str, mn: str, data: str) -> bytes:
    """A telegram whose texts are as they are given: our own encoder would refuse some."""
    return wrap(f"QN=20200401000000000;ST=31;CN={cn};PW={password};MN={mn};Flag=5;CP=&&{data}&&".encode())


def _pictures(path: Path, at_us: int) -> None:
    """One picture of a camera of each stack, the picture's number that of its firm."""
    made = [camera_files.write(path, at_us, f"gas-{firm}")[0] for firm in FIRMS]
    camera_files.put(path, made)


def _stack(station: homes.Station, firm: str, name: str) -> None:
    mn, (city, code) = f"MN-gas-{firm}", {"a": ("南京", "320100"), "b": ("无锡", "320200")}[firm]
    station.register("site", f"gas-{firm}", {
        "name": f"{name}排口", "kind": "gas", "st": "31", "city": city, "city_code": code, "mn": mn, "lon": 118.7,
        "lat": 32.0, "password_check": station.keyring.password_check(mn, f"pw-gas-{firm}"), "origin": "simulated",
        "belongs": [f"firm-{firm}"], "plan": ["a21026", "a21002"]})


def bounds(role: Role, firm: str = "a") -> dict[str, str]:
    """How a person of a role is bound in that home: those of a firm to it, all others to nothing."""
    return {"subject": f"firm-{firm}"} if role in (Role.ENTERPRISE, Role.AGENCY) else {}


def may(verb: Verb, role: Role | None, site: bool) -> bool:
    """What the table of roles says of a person: firm A's own, or the public's where the site is a firm's."""
    if role is None:
        return not site and verb in VERBS[Role.PUBLIC]
    return verb in VERBS[role] or (not site and verb in VERBS[Role.PUBLIC])


def enter(role: Role | None, **more: str) -> tuple[Client, Any]:
    """A browser of a new person with a role."""
    from qingyuan.console.accounts.models import Grant, User

    person = User.objects.create_user(username=f"u{uuid4().hex[:8]}", password=None)
    if role is not None:
        Grant.objects.create(holder=person, role=role.value, **more)
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client, person


def rows(owner: Any) -> dict[str, Any]:
    """One row of the database for every kind that an address names, all of them somebody's."""
    from qingyuan.console.accounts.models import Delegation, Grant, User
    from qingyuan.console.api.models import Token
    from qingyuan.console.office.models import Outbox
    from qingyuan.console.operations.models import VerifyRun

    now = timezone.now()
    other = User.objects.create_user(username=f"o{uuid4().hex[:8]}", password=None)
    grant = Grant.objects.create(holder=other, role=Role.EXPERT.value)
    absence = Delegation.objects.create(principal=owner, deputy=other, valid_from=now,
                                        valid_to=now + timedelta(days=1))
    entry = Outbox.objects.create(kind="registry", payload={"entry": "profile", "id": "p", "data": {}},
                                  by=owner.pseudonym)
    return {"admitted?": f"row={entry.key}", "pseudonym": other.pseudonym, "grant_revoke.key": grant.key,
            "leave_end.key": absence.key,
            "token": Token.make(owner, "meter", now + timedelta(days=9))[0].pk,
            "run": VerifyRun.objects.create(by=owner).pk, **drafts(owner)}


def drafts(owner: Any) -> dict[str, Any]:
    """A file of the registry that waits for its confirmation."""
    from qingyuan.console.registry.models import ImportDraft

    made = ImportDraft.objects.create(owner=owner, file="sites.csv", sha256="0" * 64, rows=[])
    return {"registry_draft.key": made.key}
