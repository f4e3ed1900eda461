"""Every address × every role: who gets the page, who is told that a right is missing; nothing of others, ever."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from console_addresses import (
    ALSO,
    FIRMS,
    INTERFACE,
    MARKED_ELSEWHERE,
    OUTSIDERS,
    OWN,
    STRANGER,
    Address,
    Firms,
    addresses,
    bounds,
    enter,
    may,
    rows,
)
from console_addresses import ours as our_addresses
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qingyuan.console.accounts.verbs import VERBS, Role, Verb

pytestmark = pytest.mark.django_db
ROLES = [None, *(role for role in Role if role is not Role.PUBLIC)]
OPEN = "nothing"
# What a page that is only read may write: the session, that a file of a firm was read, and what has expired.
WRITTEN = ("django_session", "qy_registry_importdraft",
           "accounts_dossierread", "usersessions_usersession", "qingyuan_cache", "api_token")
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
LEAVES = ("telegram", "leaf_proof")              # who may read ledgers sees which leaves there are
ABSENT = ("api-1:api-root", "openid_connect_login", "openid_connect_callback")     # no sign-on service is set up
OF_ALL = {Verb.READ_ACCESS, Verb.GRANT, Verb.READ_LOG}       # who watches over rights watches over those of all


def test_every_view_says_what_it_needs():
    found = addresses()
    assert len(found) > 50
    assert {a.name for a in found if a.view.__module__.startswith("allauth.")} == MARKED_ELSEWHERE
    assert {a.name for a in found if a.name.startswith("api-1:")} == set(INTERFACE)
    silent = [a.name or a.route for a in our_addresses() if a.name not in INTERFACE and not hasattr(a.view, "needs")]
    assert silent == []


def test_every_parameter_has_an_example(firms):
    known = firms.examples("a", rows(enter(None)[1]))
    lacking = []
    for address in our_addresses():
        try:
            address.url(known)
        except KeyError as error:
            lacking.append(f"{address.name}: {error}")
    assert lacking == []


def wanted(address: Address, role: Role | None) -> set[int]:
    """Statuses a person of that role may get; 405 is for what is only posted to."""
    if address.name in ABSENT:
        return {404}
    own = address.name in OWN and role is not None and bounds(role)
    also = role is not None and ALSO.get(address.name) in VERBS[role]
    free = address.needs == OPEN or address.verb is None
    if own or also or free or may(address.verb, role, address.of_site):
        return {200, 302, 405}
    return {404, 405} if hidden(address, role) else {403, 405}


def hidden(address: Address, role: Role | None) -> bool:
    """True if a person of that role, let in by the page, may not know of the thing that the address names."""
    if address.needs != OPEN and address.needs is not None and not may(address.needs, role, site=False):
        return False
    held = VERBS[role] if role is not None else frozenset()
    unlisted = address.name in LEAVES and Verb.READ_LEDGERS not in held
    return address.of_site and (Verb.READ_FIGURES not in held or unlisted)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.value if role else "none")
def test_a_page_is_open_exactly_to_those_who_may(firms, role):
    client, person = enter(role, **(bounds(role) if role else {}))
    known, wrong = firms.examples("a", rows(person)), []
    for address in our_addresses():
        answer = client.get(address.url(known))
        if answer.status_code not in wanted(address, role):
            wrong.append((address.name, answer.status_code))
        elif answer.status_code == 405:
            assert answer["Allow"] == "POST", address.name
        elif answer.status_code == 403 and address.name not in INTERFACE:
            page = answer.content.decode()
            assert "<main" in page, address.name
            assert "<h1" in page, address.name
    assert wrong == [], wrong


def test_a_stranger_is_sent_to_the_log_in(firms):
    known, wrong = firms.examples("a", rows(enter(None)[1])), []
    for address in our_addresses():
        answer = Client().get(address.url(known))
        if address.needs == OPEN or answer.status_code == 405:
            good = answer.status_code in (200, 404, 405)          # 404: the interface's bare root
        elif address.name in INTERFACE:
            good = answer.status_code == 401
        else:
            good = answer.status_code == 302 and answer.url.startswith("/accounts/login/?next=")
        if not good:
            wrong.append((address.name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.REGISTRAR, Role.ADMINISTRATOR, Role.AUDITOR])
def test_reading_a_page_changes_nothing(firms, role):
    client, person = enter(role)
    known = firms.examples("a", rows(person))
    before = written_at(firms)
    for address in our_addresses():
        with CaptureQueriesContext(connection) as asked:
            client.get(address.url(known))
        touched = {found[1] for q in asked.captured_queries if (found := WRITES.match(q["sql"]))}
        assert touched <= set(WRITTEN), (address.name, touched)
    assert written_at(firms) == before


def written_at(firms: Firms) -> dict[str, int]:
    """When each file of the ledgers and the lake was last written."""
    return {str(p): p.stat().st_mtime_ns for part in ("ledgers", "lake") for p in (firms.home / part).rglob("*")
            if p.is_file()}


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.REGISTRAR, Role.ADMINISTRATOR])
def test_nothing_is_posted_without_a_token_of_the_form(firms, role):
    client, person = enter(role)
    client.handler.enforce_csrf_checks = True
    known, wrong = firms.examples("a", rows(person)), []
    for address in our_addresses():
        if address.name == "csp":                                # browsers post their reports without one
            continue
        status = client.post(address.url(known), {"x": "1"}).status_code
        if status not in ((403, 405) if address.name in INTERFACE else (403,)):
            wrong.append((address.name, status))
    assert wrong == []


def content(answer: Any) -> str:
    """Everything an answer says, files opened."""
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    if "parquet" in kind:
        import pyarrow.parquet as pq

        return str(pq.read_table(io.BytesIO(data)).to_pylist())
    if "spreadsheetml" in kind:
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    return data.decode("utf-8", "replace")


B = ("gas-b", "MN-gas-b", "firm-b", "park-b", FIRMS["b"], '"777"', ">777<", "=777", ",777,", ": 777")


def told(text: str, asked: str) -> list[str]:
    """What an answer tells of firm B that the question did not say already."""
    return [sign for sign in B if sign in text and sign not in asked]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nothing_of_another_firm_is_shown(firms, who):
    role, bound = OUTSIDERS[who]
    client, person = enter(role, **bound)
    _client, stranger = enter(Role.ENTERPRISE, subject="firm-b")
    others = firms.examples("b", rows(stranger) | {"pseudonym": person.pseudonym})
    questions = ["", "?q=gas-b", f"?q={FIRMS['b']}&city=无锡",
                 "?site=gas-b&subject=gas-b&organisation=firm-b&versions=true"]
    wrong = []
    for address in our_addresses():
        if address.verb in OF_ALL and address.verb in VERBS[role]:
            continue
        for example in firms.variants(address, others):
            url = address.url(example)
            for question in ["", questions[-1]] if address.parameters else questions:
                for part in (False, True) if address.parameters and question == "" else (False,):
                    answer = client.get(url + question, headers={"HX-Request": "true"} if part else {})
                    if address.of_site and answer.status_code not in (403, 404, 405):
                        wrong.append((url, question, answer.status_code))
                    if leaks := told(content(answer), url + question):
                        wrong.append((url, question, leaks))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("table", ["observation", "hour", "day", "figure", "flag"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xlsx"])
def test_no_file_holds_a_row_of_another_firm(firms, table, form):
    client, _person = enter(Role.ENTERPRISE, subject="firm-a")
    for question in ("", "?site=gas-b", "?site=gas-a&site=gas-b&versions=true"):
        answer = client.get(f"/api/v1/files/{table}.{form}{question}")
        assert answer.status_code == (403 if table == "flag" else 200), content(answer)[:200]
        assert told(content(answer), "") == []
    if table == "hour":
        assert "gas-a" in content(client.get(f"/api/v1/files/{table}.{form}"))


def test_a_key_opens_no_more_than_its_owner_may(firms):
    from qingyuan.console.api.models import Token

    _client, person = enter(Role.ENTERPRISE, subject="firm-a")
    _token, key = Token.make(person, "meter", timezone.now() + timedelta(days=1), a_minute=1000)
    known = firms.examples("b", {})
    program = Client(headers={"authorization": f"Bearer {key}"})
    for address in our_addresses():
        if address.name in INTERFACE:
            url = address.url(known)
            assert told(content(program.get(url)), url) == []
    assert "gas-a" in content(program.get("/api/v1/sites"))


def test_nobody_ends_what_is_anothers(firms):
    from qingyuan.console.accounts.models import Delegation
    from qingyuan.console.api.models import Token

    _client, owner = enter(Role.ENTERPRISE, subject="firm-b")
    known = rows(owner)
    thief, _person = enter(Role.ENTERPRISE, subject="firm-a")
    for name in ("api_revoke", "leave_end"):
        address = next(a for a in addresses() if a.name == name)
        assert thief.post(address.url(known)).status_code in (403, 404)
    assert Token.objects.get(pk=known["token"]).revoked_at is None
    assert Delegation.objects.get(key=known["leave_end.key"]).revoked_at is None


def test_a_logger_nobody_knows_is_not_for_those_who_are_bound(firms):
    for role in (Role.ENTERPRISE, Role.COUNTY_STATION, Role.AGENCY):
        client, _person = enter(role, subject="firm-a")
        for address in our_addresses():
            if not address.parameters:
                assert STRANGER not in content(client.get(address.url({}))), address.name


def test_verbs_of_all_addresses_are_verbs():
    assert {a.needs for a in our_addresses()} <= {OPEN, None, *Verb}
