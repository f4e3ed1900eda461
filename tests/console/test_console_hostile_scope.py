"""What a person bounded to one city learns of another's sites by the way: nothing."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
import registry_home
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qingyuan.console import home
from qingyuan.console import reading as door
from qingyuan.console.accounts.models import Grant
from qingyuan.console.accounts.scope import Right, Scope
from qingyuan.console.accounts.verbs import Role, Verb
from qingyuan.console.live.station import _lines
from qingyuan.console.reading import NotAllowed, Reading
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Keyring, Ledger, open_office
from qingyuan.registry import EntryKind, SiteKind, payload

pytestmark = pytest.mark.django_db
OTHER = {"name": "Secret outlet", "kind": "gas", "st": "31", "city": "南京", "lon": 120.3, "lat": 31.5,
         "mn": "MN-SECRET", "origin": "simulated", "belongs": ["E2"], "plan": ["a21026"]}
MINE = {"name": "Mine", "kind": "gas", "st": "31", "city": "无锡", "lon": 120.3, "lat": 31.5, "mn": "MN-MINE",
        "origin": "simulated", "crc": ["standard"]}


@pytest.fixture
def own(tmp_path, settings, console) -> Home:
    """A home with a site of another city at the very place where one's own will stand."""
    made = registry_home.make(tmp_path / "home")
    with open_office(made, Keyring.open(made.path / "keys")) as office:
        office.append_json(Kind.REGISTRY, payload(EntryKind.SITE, "HIDDEN-7", OTHER))
        office.commit()
        office.checkpoint()
    settings.QINGYUAN_HOME = made.path
    return made


def sent(client, rows: list[dict]) -> str:
    page = client.post(reverse("registry_import"), {
        "file": SimpleUploadedFile("a.json", json.dumps(rows).encode())}, follow=True)
    return page.content.decode()


@pytest.mark.parametrize(("territory", "named"), [("city:无锡", False), ("", True)])
def test_a_preview_names_no_site_of_another_city(own, as_role, territory, named):
    client = as_role(Role.REGISTRAR, territory=territory)
    form = {**MINE, "id": "M1", "step": "preview", "coordinate_system": "unknown", "belongs": "", "plan": ""}
    page = client.post(reverse("registry_new", args=["site"]), form).content.decode()
    assert "Mine" in page
    assert ("HIDDEN-7" in page) is named
    page = sent(client, [{"entry": "site", "id": "M1", "data": MINE}])
    assert "Mine" in page
    assert ("HIDDEN-7" in page) is named


@pytest.mark.parametrize(("territory", "named"), [("city:无锡", False), ("", True)])
def test_a_clash_of_numbers_names_no_site_of_another_city(own, as_role, territory, named):
    client = as_role(Role.REGISTRAR, territory=territory)
    page = sent(client, [{"entry": "site", "id": "M1", "data": MINE | {"mn": "MN-SECRET"}}])
    assert "is also the MN of" in page
    assert ("HIDDEN-7" in page) is named
    form = {**MINE, "id": "M1", "mn": "MN-SECRET", "step": "preview", "coordinate_system": "unknown", "belongs": "",
            "plan": ""}
    page = client.post(reverse("registry_new", args=["site"]), form).content.decode()
    assert "is also the MN of" in page
    assert ("HIDDEN-7" in page) is named


def test_leaves_tell_only_of_what_the_registry_shows(own, as_role):
    client = as_role(Role.PARK_MANAGER, territory="park:K1")
    ledger = Ledger(own.ledger_path("office"))
    shown = set()
    for stored in ledger.leaves(0, ledger.size):
        leaf = parse(stored.data)
        if leaf.kind is Kind.REGISTRY:
            page = client.get(reverse("leaf", args=["office", stored.index]))
            proof = client.get(reverse("leaf_proof", args=["office", stored.index]))
            text = page.content.decode()
            allowed = proof.status_code == 200
            assert allowed or ("Works B" not in text and "MN-X1" not in text)
            if allowed:
                shown.add(leaf.payload["id"])
    assert shown == {"E1", "K1", "W1", "A1", "C1", "L1", "CAM-K1", "CAM-W1"}


def test_a_file_holds_only_what_may_be_exported(console, person):
    sites = sorted(name for name in home.registry().sites if home.registry().sites[name].kind is SiteKind.AIR)
    own_city = f"city:{home.registry().sites[sites[0]].city}"       # it has this one point
    user = person(Role.EXPERT)
    Grant.objects.create(holder=user, role=Role.AGENCY.value, subject=sites[0])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    wide = {"from": "2000-01-01T00:00:00"}
    told = client.get("/api/v1/rows/hour", wide | {"limit": 10_000}).json()["rows"]
    assert len({row["subject"] for row in told}) > 1
    for query in (wide, wide | {"site": sites[:2]}):
        lines = client.get("/api/v1/files/hour.jsonl", query).content.decode().splitlines()
        assert {json.loads(line)["subject"] for line in lines} - {own_city} == {sites[0]}
    assert client.get("/api/v1/files/hour.jsonl", wide | {"site": sites[1:2]}).content == b""


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_a_name_is_no_formula_in_a_file(console, begin):
    site = home.registry().sites["SIM1-0001"]
    figure = replace(next(f for f in Reading(Scope.of((), home.registry())).figures("hour", [site.id]) if f.value),
                     value="-3.5")
    text = "".join(_lines(replace(site, name=f"{begin}1+1"), [figure])).lstrip("\ufeff")
    row, = csv.DictReader(io.StringIO(text, newline=""))
    assert (row["site_name"], row["site"], row["value"]) == (f"'{begin}1+1", site.id, "-3.5")


def test_a_city_opens_no_telegram_of_a_point_that_is_private_today(console):
    whole = home.registry()
    city = whole.sites["SIM1-0001"].city
    private = replace(whole.sites["SIM1-0001"], belongs=("E1",), in_city_mean=False)
    later = replace(whole, sites={**whole.sites, "SIM1-0001": private})
    figure = next(f for f in Reading(Scope.of((), whole)).figures("hour", [f"city:{city}"]) if f.valid)
    assert Reading(Scope.of((), whole)).explain(str(figure.key)).steps
    for scope in (Scope.of((), later), Scope.of((Right(Role.COUNTY_STATION, "city:无锡"),), later)):
        assert f"city:{city}" in scope.subjects(Verb.READ_FIGURES)
        for ask in (Reading(scope).explain, Reading(scope).bundle):
            with pytest.raises(NotAllowed):
                ask(str(figure.key))
    assert Reading(Scope.of((Right(Role.EXPERT),), later)).explain(str(figure.key)).steps


def test_a_proof_as_of_an_instant_counts_no_version_that_came_after(console, monkeypatch):
    reading = Reading(Scope.of((Right(Role.EXPERT),), home.registry()))
    figure = next(f for f in reading.figures("hour") if f.valid and f.version == 1)
    real = door.explain
    monkeypatch.setattr(door, "explain", lambda *asked: replace(real(*asked), not_held=[2, 3]))
    assert reading.explain(str(figure.key)).not_held == []
