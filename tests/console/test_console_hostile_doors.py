"""Guessing: neither another spelling of a name nor a known password buys tries without end."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
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


@pytest.fixture
def hashed(monkeypatch):
    """How often a password was hashed so far: what a log-in costs."""
    done = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *rest: done.append(1) or real(self, *rest))
    return done


@pytest.mark.parametrize("login", ["wang", "Wang", "nobody-of-that-name", "closed", "without", "li\u00a0", "x" * 150])
@pytest.mark.parametrize("password", ["wrong", PASSWORD + "!"])
def test_a_log_in_costs_as_many_hashes_for_a_name_that_nobody_has(person, hashed, login, password):
    person(Role.REVIEWER, "wang")
    person(Role.REVIEWER, "li")
    User.objects.create_user("closed", password=PASSWORD, is_active=False)
    User.objects.create_user("without", password=None)
    hashed.clear()
    answer = enter(login, password)[1]
    said = answer.content.decode()
    assert (answer.status_code, len(hashed)) == (200, 2)
    assert "not correct" in said


def test_a_name_that_nobody_has_is_locked_like_one_that_somebody_has(person):
    person(Role.REVIEWER, "wang")
    told = {}
    for name_ in ("wang", "nobody"):
        answers = [enter(name_, "wrong")[1] for _try in range(6)]
        told[name_] = [(answer.status_code, len(answer.content) - answer.content.count(name_.encode()) * len(name_))
                       for answer in answers]
    assert told["wang"] == told["nobody"]


SPELLINGS = [" wang", "wang ", "\u3000wang", "wang\u00a0", "WANG", "\uff57\uff41\uff4e\uff47", "wa\u006eg", "Wang\t"]


@pytest.mark.parametrize("first", range(4))
def test_spaces_and_wide_letters_are_no_other_name(person, first):
    person(Role.REVIEWER, "wang")
    codes = [enter(login, "wrong")[1].status_code for login in (SPELLINGS[first:] + SPELLINGS)[:6]]
    assert codes[4:] == [429, 429]
    assert enter("wang", PASSWORD)[1].status_code == 429


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded", "client-ip", "x-client-ip",
                                    "cf-connecting-ip", "true-client-ip"])
def test_without_a_proxy_of_ours_no_header_makes_another_address(person, header):
    person(Role.REVIEWER, "wang")
    codes = []
    for number in range(6):
        said = f"for=198.51.100.{number}" if header == "forwarded" else f"198.51.100.{number}"
        client = Client(REMOTE_ADDR="10.0.0.1", headers={header: said})
        codes.append(client.post(LOGIN, {"login": "wang", "password": "wrong"}).status_code)
    assert codes[4:] == [429, 429]


def test_a_house_with_a_whole_net_of_addresses_is_one_address(person):
    person(Role.REVIEWER, "wang")
    codes = [enter("wang", "wrong", f"2001:db8:1:2:{number:x}::{number + 1:x}")[1].status_code for number in range(6)]
    assert codes[4:] == [429, 429]
    assert enter("wang", PASSWORD, "2001:db8:1:3::1")[1].status_code == 302
