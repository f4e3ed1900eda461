"""Addresses made to harm: no page breaks by an instant, a number or a text in its address."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from qingyuan.console.accounts.models import Delegation, Grant
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
PAGES = ("home", "map", "sites_geojson", "sites", "cuts", "gateway", "ledgers", "publications", "registry",
         "registry_coordinates", "people", "access", "me", "reads")
FAR = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01T08:00:00Z", "9999-12-31T23:59:59",
       "2262-04-12T00:00:00", "1677-01-01", "NaN", "²", "\0")


@pytest.fixture
def browser(person) -> Client:
    """Someone with every right there is."""
    user = person(Role.DUTY_OFFICER, "all")
    for role in (Role.AUDITOR, Role.REGISTRAR, Role.ADMINISTRATOR):
        Grant.objects.create(holder=user, role=role.value)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("page", PAGES)
def test_an_instant_far_away_is_answered(browser, page):
    codes = {text: browser.get(reverse(page), {"as_of": text}).status_code for text in FAR}
    assert set(codes.values()) <= {200, 400}
    assert codes["9999-12-31T23:59:59"] == codes["1677-01-01"] == 200
    assert codes["9999-12-31T23:59:59-23:59"] == codes["0001-01-01T00:00:00+23:59"] == codes["NaN"] == 400


@pytest.mark.parametrize("span", [{"from": "0001-01-01T00:00:00"}, {"to": "9999-12-31T23:59:59-10:00"}])
def test_the_api_says_what_is_wrong_with_an_instant(browser, span):
    for address in ("/api/v1/rows/hour", "/api/v1/files/hour.csv"):
        answer = browser.get(f"{address}?{urlencode(span)}")
        assert (answer.status_code, "no instant" in answer.content.decode()) == (422, True)


def test_digits_of_other_kinds_are_no_numbers(browser):
    assert browser.get(reverse("sites_geojson"), {"at": "²"}).status_code == 200
    form = {"id": "E9", "name": "a", "kind": "enterprise", "step": "preview"}
    for base in ("²", "--5", "-", "9" * 40):
        assert browser.post(reverse("registry_new", args=["organisation"]), form | {"base": base}).status_code == 200


@pytest.mark.parametrize("start", ["9" * 30, "253402300799"])
def test_a_point_beyond_all_years_is_no_figure(browser, start):
    address = reverse("figure_at", args=["1151A", "hour.PM2.5", 0]).removesuffix("0/") + f"{start}/"
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("page", ["people", "reads", "sites", "registry", "gateway"])
def test_a_text_with_nul_reaches_no_database(browser, page):
    for name in ("q", "role", "site", "page"):
        assert browser.get(reverse(page), {name: "\0"}).status_code == 400


def test_a_cookie_with_nul_is_none(console):
    client = Client()
    client.cookies["qy_session"] = "\0" + "a" * 31
    assert client.get(reverse("me")).status_code == 302


def test_a_report_writes_one_line_into_the_log(console, caplog):
    with caplog.at_level(logging.WARNING, "qingyuan.console"):
        Client().post("/csp/", b"a\n2020-01-01 CRITICAL forged\r\n\x1b[2J\xe2\x80\xa8", content_type="text/plain")
    (message,) = [record.getMessage() for record in caplog.records if record.name == "qingyuan.console"]
    assert "forged" in message
    assert message.isprintable()


@pytest.mark.parametrize("back", ["x", "//evil.example/", "https://evil.example/"])
def test_the_end_of_a_leave_leads_to_no_foreign_place(browser, person, back):
    principal, deputy = person(Role.REVIEWER, "one"), person(Role.REVIEWER, "two")
    now = timezone.now()
    stand = Delegation.objects.create(principal=principal, deputy=deputy, valid_to=now + timedelta(days=1))
    answer = browser.post(reverse("leave_end", args=[stand.key]), {"back": back})
    assert (answer.status_code, answer.url) == (302, reverse("me"))
    again = browser.post(reverse("leave_end", args=[stand.key]), {"back": str(deputy.pseudonym)})
    assert again.url == reverse("person", args=[deputy.pseudonym])
