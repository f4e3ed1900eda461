"""Guessing: neither another spelling of a name nor a known password buys tries without end."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.test import Client

from qingyuan.console.accounts.lockout import name
from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.seed import ensure_first_administrator
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/accounts/login/", "/accounts/2fa/authenticate/"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cache_table(console):
    call_command("createcachetable")


def enter(login: str, password: str, address: str = "10.0.0.1") -> tuple[Client, object]:
    client = Client(REMOTE_ADDR=address, headers={"accept-language": "en"})
    return client, client.post(LOGIN, {"login": login, "password": password})


def test_every_spelling_of_a_name_counts_as_one(person):
    person(Role.REVIEWER, "wang")
    codes = [enter(login, "wrong")[1].status_code for login in ("wang", "Wang", "WANG", "waNg", "wAng")]
    assert codes == [200, 200, 200, 200, 429]
    assert enter("WaNg", PASSWORD)[1].status_code == 429
    assert enter("Wang", PASSWORD, "10.0.0.2")[1].status_code == 302


@pytest.mark.parametrize("spelling", ["Admin", "ADMIN", "adm\u0131n", "\uff41dmin", " admin "[1:-1]])
def test_letters_that_a_database_takes_for_one_another_are_one_name(spelling):
    assert name(None, {"username": spelling}) == "admin"


def test_codes_of_a_second_factor_are_not_guessed_without_end(person):
    TOTP.activate(person(Role.REVIEWER, "wang"), "A" * 32)
    client, answer = enter("wang", PASSWORD)
    assert answer.url == CODE
    pages = [client.post(CODE, {"code": f"{number:06}"}).content.decode() for number in range(12)]
    assert ["Incorrect code" in page for page in pages] == [True] * 10 + [False] * 2
    assert "too many requests" in pages[-1] or "Too many" in pages[-1]
    assert client.get("/people/me/").status_code == 302


def test_wrong_passwords_from_elsewhere_shut_nobody_out(person):
    person(Role.REVIEWER, "wang")
    for number in range(24):
        enter("wang", "wrong", f"10.0.1.{number // 4}")
    assert enter("wang", PASSWORD)[1].status_code == 302


def test_of_two_services_that_begin_at_once_one_makes_the_administrator(console, monkeypatch):
    first, password = ensure_first_administrator()
    assert User.objects.get(username=first).check_password(password)
    monkeypatch.setattr(type(User.objects), "exists", lambda _manager: False, raising=False)      # looked too early
    assert ensure_first_administrator() is None
    assert User.objects.count() == 1
