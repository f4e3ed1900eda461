"""Tokens live no longer than the standing of their owner, whose quota is one, however many tokens there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.api import models
from qingyuan.console.api.models import Token

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "correct horse battery", "another horse battery"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def cache_table(console: object) -> None:
    call_command("createcachetable")


def program(owner: User, a_minute: int = 600, address: str = "10.0.0.1") -> Client:
    """A program with a new token of a person."""
    _token, key = Token.make(owner, "meter", timezone.now() + timedelta(days=1), a_minute=a_minute)
    return Client(REMOTE_ADDR=address, headers={"authorization": f"Bearer {key}", "accept-language": "en"})


def ask(client: Client) -> int:
    return client.get("/api/v1/sites").status_code


def enter(name: str, password: str, address: str = "10.0.0.1") -> Client:
    client = Client(REMOTE_ADDR=address, headers={"accept-language": "en"})
    client.post(LOGIN, {"login": name, "password": password})
    return client


def test_who_has_lost_every_right_has_no_working_token(person: Callable[..., Any]) -> None:
    owner = person(Role.REVIEWER, "wang")
    client = program(owner)
    assert ask(client) == 200
    changes.revoke(person(Role.ADMINISTRATOR), owner.grants.get(), "moved")
    assert ask(client) == 403


def test_who_must_change_the_password_has_no_working_token(person: Callable[..., Any]) -> None:
    owner = person(Role.REVIEWER, "wang")
    client = program(owner)
    User.objects.filter(pk=owner.pk).update(must_change_password=True)
    assert ask(client) == 401


@pytest.mark.parametrize(("days", "code"), [(None, 200), (0, 403), (30, 200)])
def test_a_second_factor_that_is_overdue_stops_tokens(person: Callable[..., Any], settings: Any, days: int | None,
                                                      code: int) -> None:
    settings.REQUIRE_MFA_DAYS = days
    owner = person(Role.AUDITOR, "wang")
    client = program(owner)
    assert ask(client) == code
    if code == 403:
        assert "second factor" in client.get("/api/v1/sites").json()["detail"]
        Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={})
        assert ask(client) == 200


def test_a_deputy_of_an_auditor_has_no_working_token_without_the_second_factor(person: Callable[..., Any],
                                                                               settings: Any) -> None:
    settings.REQUIRE_MFA_DAYS = 0
    deputy = person(Role.DUTY_OFFICER, "wang", territory="3201")
    client = program(deputy)
    assert ask(client) == 200
    absent = person(Role.AUDITOR, "li")
    Grant.objects.filter(holder=deputy).update(role=Role.TRACING_ANALYST)
    changes.lend(absent, deputy, reason="", valid_from=None, valid_to=timezone.now() + timedelta(days=1))
    assert ask(client) == 403


def test_a_name_that_is_locked_at_an_address_has_no_working_token_there(person: Callable[..., Any]) -> None:
    owner = person(Role.REVIEWER, "wang")
    here, elsewhere, other = program(owner), program(owner, address="10.0.0.2"), program(person(Role.INSPECTOR))
    for _attempt in range(5):
        enter("wang", "wrong")
    assert ask(here) == 403
    assert "locked" in here.get("/api/v1/sites").json()["detail"]
    assert (ask(elsewhere), ask(other)) == (200, 200)


def ended(owner: User, *clients: Client) -> None:
    """Sessions and tokens of a person are over, and none of them comes back."""
    assert [client.get("/people/me/").status_code for client in clients] == [302] * len(clients)
    assert not UserSession.objects.filter(user=owner).exists()
    keys = [client.cookies["qy_session"].value for client in clients]
    assert not Session.objects.filter(pk__in=keys).exists()
    assert not owner.tokens.filter(revoked_at=None).exists()


def test_a_new_first_password_ends_sessions_and_tokens_for_good(person: Callable[..., Any],
                                                                as_role: Callable[..., Client]) -> None:
    owner, office = person(Role.REVIEWER, "wang"), as_role(Role.ADMINISTRATOR)
    session, client = enter("wang", PASSWORD), program(owner)
    assert (session.get("/people/me/").status_code, ask(client)) == (200, 200)
    page = office.get(f"/people/{owner.pseudonym}/").content.decode()
    assert "every session and every token of this person ends" in page
    given = office.post(f"/people/{owner.pseudonym}/password/").content.decode()
    assert "sessions and tokens of this person have ended" in given
    ended(owner, session)
    User.objects.filter(pk=owner.pk).update(must_change_password=False)
    assert ask(client) == 401


def test_a_closed_account_has_no_session_and_no_token_and_opening_it_brings_none_back(
        person: Callable[..., Any], as_role: Callable[..., Client]) -> None:
    owner, office = person(Role.REVIEWER, "wang"), as_role(Role.ADMINISTRATOR)
    session, client = enter("wang", PASSWORD), program(owner)
    assert "All its sessions and tokens end at once" in office.get(f"/people/{owner.pseudonym}/").content.decode()
    office.post(f"/people/{owner.pseudonym}/active/", {"active": "0"})
    assert "its sessions and tokens ended" in office.get("/people/").content.decode()
    ended(owner, session)
    office.post(f"/people/{owner.pseudonym}/active/", {"active": "1"})
    assert ask(client) == 401
    assert session.get("/people/me/").status_code == 302


def test_ones_own_new_password_ends_all_other_sessions_and_every_token(person: Callable[..., Any]) -> None:
    owner = person(Role.REVIEWER, "wang")
    here, there, client = enter("wang", PASSWORD), enter("wang", PASSWORD, "10.0.0.9"), program(owner)
    page = here.get("/accounts/password/change/").content.decode()
    assert "Every other session and every token of yours then ends" in page
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    assert here.get("/people/me/").status_code == 200
    assert there.get("/people/me/").status_code == 302
    assert UserSession.objects.filter(user=owner).count() == 1
    assert not Session.objects.filter(pk=there.cookies["qy_session"].value).exists()
    assert ask(client) == 401
    assert "your password is changed or your account is closed" in here.get("/api/").content.decode()


def test_two_tokens_do_not_double_the_quota_of_a_person(person: Callable[..., Any],
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now().replace(second=1) + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(models, "MOST_A_MINUTE", 5)
    owner = person(Role.REVIEWER, "wang")
    one, two, other = program(owner), program(owner), program(person(Role.INSPECTOR))
    codes = [ask(client) for _turn in range(4) for client in (one, two)]
    assert codes == [200] * 5 + [429] * 3
    assert "all your tokens together" in two.get("/api/v1/sites").json()["detail"]
    assert ask(other) == 200
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=1))
    assert ask(one) == 200


def test_a_token_that_is_used_up_takes_nothing_from_the_others(person: Callable[..., Any],
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now().replace(second=1) + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(models, "MOST_A_MINUTE", 5)
    owner = person(Role.REVIEWER, "wang")
    small, large = program(owner, 1), program(owner)
    assert [ask(small) for _turn in range(4)] == [200, 429, 429, 429]
    assert [ask(large) for _turn in range(5)] == [200] * 4 + [429]
