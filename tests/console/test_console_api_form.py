"""The form of the interface's answers: every error is a problem with field and remedy, every question has its instant,
pages of rows fit together while data come in, and what has not changed is not sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import homes
import pytest
from django.test import Client
from django.utils import timezone

from qingyuan.console import home as console_home
from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.api.endpoints import api
from qingyuan.console.api.models import Token
from qingyuan.gateway.committer import Committer
from qingyuan.registry import Register

pytestmark = pytest.mark.django_db
NO_INSTANT = ("/api/v1/status", "/api/v1/openapi.json")          # they speak of no data
EXAMPLES = {"site": "SIM1-0001", "table": "hour", "form": "csv", "figure": "hour.PM2.5/SIM1-0001/2020-04-01T00:00"}


def program(role: Role, **more: Any) -> Client:
    owner = User.objects.create_user(username=f"{role.value}{User.objects.count()}", password=None)
    Grant.objects.create(holder=owner, role=role.value)
    _token, key = Token.make(owner, "test", timezone.now() + timedelta(days=1), **more)
    return Client(headers={"authorization": f"Bearer {key}"})


def questions() -> list[str]:
    return [path for path in api.get_openapi_schema()["paths"] if path not in NO_INSTANT]


def address(path: str) -> str:
    return path.format(**EXAMPLES)


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    found = answer.json()
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert found["remedy"]
    return found


@pytest.mark.parametrize("path", questions())
def test_every_question_takes_an_instant_and_refuses_what_is_none(console, path):
    about = api.get_openapi_schema()["paths"][path]["get"]
    asked = [p for p in about["parameters"] if p["name"] == "as_of"]
    assert [p["in"] for p in asked] == ["query"]
    assert asked[0].get("description")
    found = problem(program(Role.DUTY_OFFICER).get(address(path), {"as_of": "yesterday"}), 400)
    assert found["errors"] == [{"field": "as_of", "what": "'yesterday' is no instant", "remedy":
                                "write ISO 8601, such as 2020-04-01T14:00:00+08:00"}]


@pytest.mark.parametrize("path", questions())
def test_before_anything_was_known_no_question_has_an_answer(console, path):
    answer = program(Role.DUTY_OFFICER).get(address(path), {"as_of": "2001-01-01T00:00:00+08:00"})
    if answer.status_code != 200:
        problem(answer, 404)
    elif answer["Content-Type"].startswith("application/json"):
        found = answer.json()
        assert (found if isinstance(found, list) else found["rows"]) == []
    else:
        assert len(answer.content.splitlines()) == 1                # the names of the columns


@pytest.mark.parametrize(("path", "query", "status", "field", "remedy"), [
    ("rows/hour", {"factor": "PM25"}, 422, "factor", "PM2.5"),
    ("rows/hour", {"limit": "0"}, 422, "limit", "1 or more"),
    ("rows/hour", {"limit": "10001"}, 422, "limit", "10000 or less"),
    ("rows/hour", {"limit": "many"}, 422, "limit", "whole number"),
    ("rows/hour", {"after": "-1"}, 422, "after", "0 or more"),
    ("rows/moon", {}, 422, "table", "'hour', 'day', 'figure', 'observation' or 'flag'"),
    ("rows/hour", {"from": "noon"}, 422, "from", "2020-04-01T14:00"),
    ("rows/hour", {"to": "0001-01-01T00:00:00+14:00"}, 422, "to", "2020-04-01T14:00"),
    ("rows/hour", {"versions": "perhaps"}, 422, "versions", "true or false"),
    ("rows/hour", {"site": "x" * 201}, 422, "site", "200 characters"),
    ("rows/hour", {"site": ["x"] * 201}, 422, "site", "200"),
    ("files/hour.docx", {}, 422, "form", "'csv', 'jsonl', 'parquet' or 'xlsx'"),
])
def test_a_wrong_parameter_is_named_with_its_remedy(console, path, query, status, field, remedy):
    found = problem(program(Role.DUTY_OFFICER).get(f"/api/v1/{path}", query), status)
    assert [one["field"] for one in found["errors"]] == [field]
    assert remedy in found["errors"][0]["remedy"]
    assert field in found["detail"]


@pytest.mark.parametrize(("path", "status"), [
    ("sites/nowhere", 404), ("figures/nonsense", 404), ("bundles/nonsense", 404), ("nowhere", 404),
    ("sites?kind=%00", 400)])
def test_what_is_not_there_is_a_problem_too(console, path, status):
    problem(program(Role.DUTY_OFFICER).get(f"/api/v1/{path}"), status)


def test_the_document_says_in_which_form_errors_come():
    for path, methods in api.get_openapi_schema()["paths"].items():
        for about in methods.values():
            forms = {form for code, answer in about["responses"].items() if int(code) >= 400
                     for form in answer["content"]}
            assert forms == ({"application/problem+json"} if path not in NO_INSTANT else set()), path


def test_who_is_unknown_or_lacks_a_right_gets_a_problem(console):
    assert "Bearer" in problem(Client().get("/api/v1/sites"), 401)["remedy"]
    assert Client().get("/api/v1/sites")["WWW-Authenticate"] == "Bearer"
    assert "export" in problem(program(Role.DUTY_OFFICER, verbs=["read-figures"]).get("/api/v1/files/hour.csv"),
                               403)["detail"]


def test_another_method_is_a_problem_that_names_those_there_are(console):
    answer = program(Role.DUTY_OFFICER).post("/api/v1/sites")
    problem(answer, 405)
    assert answer["Allow"] == "GET"


def test_too_many_requests_say_when_to_come_again(console):
    client = program(Role.DUTY_OFFICER, a_minute=1)
    client.get("/api/v1/sites")
    answer = client.get("/api/v1/sites")
    if answer.status_code == 200:                                   # a minute ended between the two
        answer = client.get("/api/v1/sites")
    problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60


@pytest.mark.parametrize("path", ["sites", "rows/hour?from=2000-01-01", "files/hour.csv?from=2000-01-01",
                                  "files/day.parquet?from=2000-01-01"])
def test_what_has_not_changed_is_not_sent_again(console, path):
    client, other = program(Role.DUTY_OFFICER), program(Role.DUTY_OFFICER, sites=["SIM1-0001"])
    first = client.get(f"/api/v1/{path}")
    tag = first["ETag"]
    again = client.get(f"/api/v1/{path}", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    theirs = other.get(f"/api/v1/{path}", headers={"if-none-match": tag})
    assert theirs.status_code == 200
    assert theirs["ETag"] != tag
    past = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}as_of=2001-01-01", headers={"if-none-match": tag})
    assert past.status_code == 200


@pytest.fixture
def growing(tmp_path, settings, db):
    """A home that goes on growing."""
    station = homes.Station(tmp_path / "home")
    station.site("S1", plan=["a34004"])
    start_us = 1_585_670_400_000_000                                # 2020-04-01T00:00+08:00
    station.replay(start_us + 40 * 3_600_000_000)
    settings.QINGYUAN_HOME = station.home.path
    return station, start_us


def test_pages_of_rows_fit_together_while_data_come_in(growing):
    station, start_us = growing
    for hour in range(8):
        station.send(station.frame(start_us + hour * 3_600_000_000, {"a34004": str(20 + hour)}, qn=hour))
    station.close()
    homes.run(station.home)
    station.committer = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    client = program(Role.DUTY_OFFICER)
    first = client.get("/api/v1/rows/hour?from=2020-04-01&site=S1&limit=3").json()
    whole = client.get(f"/api/v1/rows/hour?from=2020-04-01&site=S1&limit=10000&as_of={_in_address(first)}").json()
    for hour in range(8, 12):                                       # corrections, and hours that come late
        station.send(station.frame(start_us + (hour - 8) * 3_600_000_000, {"a34004": "99"}, qn=hour))
        station.send(station.frame(start_us + hour * 3_600_000_000, {"a34004": "50"}, qn=20 + hour))
    station.close()
    homes.run(station.home)
    found, page = first["rows"], first
    while page["more"]:
        page = client.get(page["more"]).json()
        assert page["as_of"] == first["as_of"]
        found += page["rows"]
    assert found == whole["rows"]
    assert len(found) == 8
    now = client.get("/api/v1/rows/hour?from=2020-04-01&site=S1&limit=10000").json()["rows"]
    assert [row["value"] for row in now] != [row["value"] for row in found]


def _in_address(answer: dict[str, Any]) -> str:
    return str(answer["as_of"]).replace("+", "%2B")


def test_without_from_the_window_stays_where_it_was(growing):
    station, start_us = growing
    for hour in range(4):
        station.send(station.frame(start_us + hour * 3_600_000_000, {"a34004": "20"}, qn=hour))
    station.close()
    homes.run(station.home)
    first = program(Role.DUTY_OFFICER).get("/api/v1/rows/hour?limit=2").json()
    assert "from=" in first["more"]
    assert "as_of=" in first["more"]


def test_an_answer_tells_its_instant_to_the_microsecond(console):
    found = program(Role.DUTY_OFFICER).get("/api/v1/rows/hour").json()
    tick_us = console_home.lake().current().tick_us
    from qingyuan.console.shell.page import instant_us

    assert instant_us(found["as_of"]) == tick_us
