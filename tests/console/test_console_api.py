"""The programming interface: tokens, bounds, quotas, instants, files, and no fault of ours on any input."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from python_calamine import CalamineWorkbook
from schemathesis import GenerationMode

from qingyuan.console.accounts.verbs import Role
from qingyuan.console.api.models import Token
from qingyuan.console.wsgi import application

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


@pytest.fixture
def program(person):
    """A client with a token of a person: program(Role.REVIEWER, sites=[…])."""
    def make(role, bounds=None, **more):
        owner = person(role, **(bounds or {}))
        token, key = Token.make(owner, "test", timezone.now() + LATER, **more)
        client = Client(headers={"authorization": f"Bearer {key}"})
        client.token, client.key = token, key
        return client

    return make


def get(client, path, code=200, **query):
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == code, answer.content[:500]
    return answer


def first_hour(client):
    return get(client, "rows/hour", limit=1, **{"from": "2000-01-01"}).json()["rows"][0]


def test_without_a_token_nothing_is_answered(console):
    assert get(Client(), "sites", 401).json()["title"] == "Unauthorized"
    assert get(Client(headers={"authorization": "Bearer qy_wrong"}), "sites", 401)
    assert get(Client(), "status").json() == {"status": "ok"}


def test_rows_come_in_parts_that_fit_together(program):
    client, found, after = program(Role.REVIEWER), [], 0
    while after is not None:
        answer = get(client, "rows/figure", limit=37, after=after, **{"from": "2000-01-01"}).json()
        found += answer["rows"]
        after = answer["next"]
    whole = get(client, "rows/figure", limit=10_000, **{"from": "2000-01-01"}).json()["rows"]
    assert found == whole
    assert len({row["figure"] for row in whole}) == len(whole) > 37


def test_a_token_allows_no_more_than_its_owner_and_its_own_bounds(program):
    client = program(Role.REVIEWER)
    sites = [site["id"] for site in get(client, "sites").json()]
    narrow = program(Role.DUTY_OFFICER, sites=sites[:2], verbs=["read-figures"])
    assert [site["id"] for site in get(narrow, "sites").json()] == sites[:2]
    rows = get(narrow, "rows/hour", limit=10_000, **{"from": "2000-01-01"}).json()["rows"]
    seen = {row["subject"] for row in rows}
    assert {name for name in seen if not name.startswith("city:")} == set(sites[:2])
    get(narrow, f"sites/{sites[2]}", 404)
    get(narrow, "rows/observation", 403)
    get(narrow, "files/hour.csv", 403)
    get(program(Role.EXPERT), "sites", 403)


def test_a_token_ends_when_it_expires_is_revoked_or_its_owner_leaves(program):
    for change in ("expired", "revoked", "left"):
        client = program(Role.REVIEWER) if change == "expired" else program(
            {"revoked": Role.AUDITOR, "left": Role.INSPECTOR}[change])
        get(client, "sites")
        token = client.token
        if change == "expired":
            Token.objects.filter(pk=token.pk).update(expires_at=timezone.now())
        elif change == "revoked":
            Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        else:
            type(token.owner).objects.filter(pk=token.owner_id).update(is_active=False)
        get(client, "sites", 401)


def test_the_quota_of_a_minute_holds(program, monkeypatch):
    client = program(Role.REVIEWER, a_minute=3)
    now = timezone.now().replace(second=1) + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    for _ in range(3):
        get(client, "sites")
    assert "3 requests" in get(client, "sites", 429).json()["detail"]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=1))
    get(client, "sites")


def test_only_a_digest_of_the_key_is_kept(program):
    client = program(Role.REVIEWER)
    assert client.key not in json.dumps(list(Token.objects.values()), default=str)


def test_a_figure_is_explained_and_its_bundle_checks(program, tmp_path):
    from qingyuan.evidence import verify_bundle

    client = program(Role.REVIEWER)
    row = next(r for r in get(client, "rows/figure", **{"from": "2000-01-01", "limit": 10_000}).json()["rows"]
               if (r["value"] or "").isdigit())
    found = get(client, f"figures/{row['figure']}").json()
    assert (found["value"], found["id"]) == (row["value"], row["figure"])
    bundle = get(client, f"bundles/{row['figure']}").content
    (tmp_path / "x.bundle").write_bytes(bundle)
    assert verify_bundle.main([str(tmp_path / "x.bundle")]) == 0


def test_files_hold_the_rows_in_every_form(program):
    client = program(Role.REVIEWER)
    query = {"from": "2000-01-01"}
    rows = get(client, "rows/day", limit=10_000, **query).json()["rows"]
    lines = get(client, "files/day.csv", **query).content.decode().splitlines()
    assert len(lines) == 1 + len(rows) > 1
    assert [json.loads(line) for line in get(client, "files/day.jsonl", **query).content.splitlines()] == rows
    table = pq.read_table(io.BytesIO(get(client, "files/day.parquet", **query).content))
    assert table.column("figure").to_pylist() == [row["figure"] for row in rows]
    book = CalamineWorkbook.from_filelike(io.BytesIO(get(client, "files/day.xlsx", **query).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [line[0] for line in sheet] == ["figure", *(row["figure"] for row in rows)]
    assert {"stage", "believed_from", "version", "reason", "rules", "standard"} <= set(rows[0])


def test_before_anything_was_known_there_is_nothing(program):
    client = program(Role.REVIEWER)
    early = {"as_of": "2001-01-01T00:00:00+08:00"}
    assert get(client, "sites", **early).json() == []
    assert get(client, "rows/hour", **early, **{"from": "2000-01-01"}).json()["rows"] == []
    get(client, f"figures/{first_hour(client)['figure']}", 404, **early)


def test_what_is_wrong_is_said(program):
    client = program(Role.REVIEWER)
    assert "PM25" in get(client, "rows/hour", 422, factor="PM25").json()["detail"]
    get(client, "rows/hour", 422, limit=0)
    get(client, "rows/moon", 422)
    get(client, "sites/nowhere", 404)
    get(client, "figures/nonsense", 404)
    get(client, "sites", 400, as_of="yesterday")


def test_tokens_are_made_shown_once_and_revoked_on_the_page(as_role):
    client = as_role(Role.REVIEWER)
    page = client.post("/api/tokens/", {"name": "reports", "days": 5, "a_minute": 9}).content.decode()
    key = page.split('id="new-key">')[1].split("<")[0]
    assert get(Client(headers={"authorization": f"Bearer {key}"}), "sites")
    assert key not in client.get("/api/").content.decode()
    token = Token.objects.get()
    client.post(f"/api/tokens/{token.pk}/revoke/")
    get(Client(headers={"authorization": f"Bearer {key}"}), "sites", 401)
    assert "no site of this id: nowhere" in client.post(
        "/api/tokens/", {"name": "x", "days": 5, "a_minute": 9, "sites": "nowhere"}).content.decode()


def test_nobody_revokes_anothers_token(as_role, person):
    token, _key = Token.make(person(Role.AUDITOR), "his", timezone.now() + LATER)
    assert as_role(Role.REVIEWER).post(f"/api/tokens/{token.pk}/revoke/").status_code == 404


@pytest.fixture
def one_connection():
    """The application as a server calls it closes connections between requests; a test lives in one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_no_input_breaks_the_interface(program, one_connection):
    client = program(Role.DUTY_OFFICER, a_minute=1_000_000)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    config = settings(max_examples=25, deadline=None, derandomize=True, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))
    seen = set()

    def ask(case):
        answer = case.call(headers={"Authorization": f"Bearer {client.key}"})
        seen.add(answer.status_code)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text[:500])

    for found in schema.get_all_operations():
        operation = found.ok()
        modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE] if operation.query else [GenerationMode.POSITIVE]
        for mode in modes:
            config(given(operation.as_strategy(generation_mode=mode))(ask))()
    assert {200, 404, 422} <= seen
