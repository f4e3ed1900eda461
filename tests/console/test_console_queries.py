"""Every page asks the database as often for a hundred rows as for one; made from the resolver, so that a page that is
added later is counted too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import homes
import pytest
from console_addresses import addresses, ours
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qingyuan.console import home as console_home
from qingyuan.console.accounts.models import Delegation, DossierRead, Grant, Organisation, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.api.models import Token
from qingyuan.console.office.models import Outbox
from qingyuan.console.operations.models import VerifyRun
from qingyuan.console.registry.listing import Listing
from qingyuan.console.registry.models import ImportDraft
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.committer import Committer
from qingyuan.ledger import LedgerWriter, open_office
from qingyuan.numerics.time import iso_local
from qingyuan.registry import EntryKind, Register, payload

pytestmark = pytest.mark.django_db
SIZES = (1, 3, 100)
HOUR_US, START_US = 3_600_000_000, 1_585_670_400_000_000            # 2020-04-01T00:00+08:00
# They list nothing: they are only posted to, or send what one figure or leaf rests on.
NO_LIST = frozenset({"csp", "verify", "api_token", "api_revoke", "grant_revoke", "leave_end", "person_active",
                     "person_password", "grant_new", "sessions_end", "my_language", "verifier", "bundle",
                     "leaf_proof", "api-1:status", "api-1:openapi-json", "api-1:api-root", "api-1:bundle",
                     "openid_connect_login", "openid_connect_callback", "camera",
                     "registry_outline"})

# Lists that have a row for each thing made below: they are what the numbers are about.
LONG = ("site_telegrams", "gateway", "verify_runs", "verify_run", "publications", "leaves", "registry_entry",
        "registry_list organisations", "registry_list sites", "registry_list channels", "registry_list loggers",
        "registry_list parks", "people", "organisations", "access", "reads", "person", "api", "sites",
        "registry_dossier", "rights_check", "me")


class Grown:
    """A home and a database of which everything can be had `count` times."""

    def __init__(self, path: Any) -> None:
        self.station = homes.Station(path)
        self.home, self.count = self.station.home, 0
        self.station.replay(START_US + 6 * HOUR_US)
        self.reader = User.objects.create_user(username="reader", password=None)
        for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.DUTY_OFFICER, Role.REGISTRAR):
            Grant.objects.create(holder=self.reader, role=role.value)

    def to(self, count: int) -> None:
        with open_office(self.home, self.station.keyring) as office:
            for number in range(self.count, count):
                self._rows(number)
                self._entries(office, number)
        self.station.send(*(frame for number in range(self.count, count) for frame in self._telegrams(number)))
        self.count = count
        self.station.close()
        homes.run(self.home)
        self.station.committer = Committer(self.home, self.station.keyring, "gw1", Register.STRICT)

    def _rows(self, number: int) -> None:
        now = timezone.now()
        organisation = Organisation.objects.create(id=f"o{number}", name=f"o{number}", kind="operator")
        other = User.objects.create_user(username=f"p{number}", password=None, organisation=organisation)
        self.first = getattr(self, "first", other)
        Grant.objects.create(holder=other, role=Role.EXPERT.value, granted_by=self.reader)
        if number:
            Grant.objects.create(holder=self.first, role=Role.EXPERT.value, granted_by=other, subject=f"S{number}")
        for principal, deputy in ((self.reader, other), (self.first, self.reader)):
            Delegation.objects.create(principal=principal, deputy=deputy, valid_from=now,
                                      valid_to=now + timedelta(days=1))
        DossierRead.objects.create(reader=other, site="S0", address="/sites/S0/")
        self.token = Token.make(self.reader, f"t{number}", now + timedelta(days=1))[0]
        self.run = VerifyRun.objects.create(by=other, finished_at=now, lines=[{
            "ledger": f"gw{n}", "leaves": 1, "signed": 1, "witnessed": 0, "opened": 0, "live": False, "problems": [],
            "not_checked": []} for n in range(number + 1)])
        self.draft = ImportDraft.objects.create(owner=self.reader, file="a.csv", sha256="0" * 64, rows=[])
        self.outbox = Outbox.objects.create(kind="registry", by=self.reader.pseudonym, leaf=1,
                                            payload={"entry": "site", "id": f"S{number}", "data": {}})

    def _entries(self, office: LedgerWriter, number: int) -> None:
        by = User.objects.get(username=f"p{number}")

        def enter(kind: EntryKind, name: str, data: dict[str, Any]) -> None:
            office.append_json(Kind.REGISTRY, payload(kind, name, data) | {"by": str(by.pseudonym)})

        enter(EntryKind.ORGANISATION, f"e{number}", {"name": f"e{number}", "kind": "enterprise"})
        enter(EntryKind.PARK, f"k{number}", {"name": f"k{number}", "organisations": [f"e{number}"]})
        for name, told in {f"S{number}": "", "S0": f"Name {number}"}.items():
            mn = f"MN-{name}"
            enter(EntryKind.SITE, name, {
                "name": name, "name_en": told, "kind": "air", "st": "22", "city": "南京", "mn": mn, "plan": ["a34004"],
                "password_check": self.station.keyring.password_check(mn, f"pw-{name}"), "origin": "simulated",
                "lon": 118.8 + int(name[1:]) / 1000, "lat": 32.1, "belongs": ["e0"]})
        enter(EntryKind.CHANNEL, f"c{number}", {"site": "S0", "factor": "a34004", "serial": f"{number}"})
        office.append_json(Kind.PUBLICATION, {
            "tick_us": number, "figures_root": "00", "figures_count": 0, "cut": {}, "rules": [], "software": "x",
            "reason": "tick", "key": f"publication/{number}"})

    def _telegrams(self, number: int) -> list[bytes]:
        frame = self.station.frame
        return [frame(START_US, {"a34004": "30"}, name=f"S{number}", qn=number),
                frame(START_US - number * 60_000_000, {"a34004": "30"}, name="S0", qn=number, cn="2051"),
                frame(START_US, {"a34004": "30"}, name=f"X{number}", qn=number)]

    def examples(self) -> dict[str, Any]:
        figure = f"hour.PM2.5/S0/{iso_local(START_US)[:16]}"
        leaf = next(row["leaf"] for row in console_home.lake().read("observation", sites=["S0"]).to_pylist())
        return {"site": "S0", "name": "S0", "figure_at.name": "hour.PM2.5", "start": START_US // 1_000_000,
                "figure": figure, "ledger": "gw1", "leaf": leaf, "mn": "MN-X0", "table": "hour", "form": "csv",
                "registry_dossier.name": "e0", "kind": "site", "pseudonym": self.first.pseudonym,
                "run": self.run.pk, "registry_draft.key": self.draft.key, "admitted?": f"row={self.outbox.key}",
                "publication.leaf": self.publication(), "map?": "factor=a34004", "sites_geojson?": "factor=a34004",
                "cuts?": "subject=S0&a=2020-01-01", "chart?": "factor=a34004"}

    def publication(self) -> int:
        from qingyuan.console.operations.ledgers import publications

        return publications(None)[0].leaf

    def pages(self) -> dict[str, str]:
        found = {}
        for address in ours():
            if address.name not in NO_LIST:
                for listing in Listing if "listing" in address.parameters else (None,):
                    name = f"{address.name} {listing.value}" if listing else address.name
                    found[name] = address.url(self.examples() | ({"listing": listing.value} if listing else {}))
        return found


def queries(client: Client, path: str) -> tuple[int, int]:
    """How often a page asks the database, and how many rows its tables have."""
    assert client.get(path).status_code == 200, path                # fills caches
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(asked), content.count(b"<tr") + content.count(b"<li id=")


def test_no_page_asks_more_often_for_more_rows(tmp_path, settings, db):
    grown = Grown(tmp_path / "home")
    settings.QINGYUAN_HOME = grown.home.path
    client = Client(headers={"accept-language": "en"})
    client.force_login(grown.reader, backend="django.contrib.auth.backends.ModelBackend")
    counts: dict[str, list[int]] = {}
    rows: dict[str, int] = {}
    for size in SIZES:
        grown.to(size)
        for name, path in grown.pages().items():
            if client.get(path).status_code == 405:                 # is only posted to
                continue
            asked, rows[name] = queries(client, path)
            counts.setdefault(name, []).append(asked)
    assert len(counts) > 40
    assert {name: rows[name] for name in LONG if rows[name] < SIZES[-1]} == {}
    more = {name: found for name, found in counts.items() if len(set(found)) > 1}
    assert more == {}


def test_what_is_said_to_list_nothing_is_there():
    assert NO_LIST - {address.name for address in addresses()} == set()
