"""Single sign-on against a small OpenID Connect service of our own: who comes in, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from oidc_service import CLIENT, NAME, SECRET, Service, running

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
REFUSED = "The sign-on service did not log you in"


@pytest.fixture
def service(settings: Any, console: object) -> Iterator[Service]:
    with running() as made:
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{
            "provider_id": "sso", "name": NAME, "client_id": CLIENT, "secret": SECRET,
            "settings": {"server_url": made.issuer}}]}}
        yield made


def depart(service: Service, client: Client, query: str = "", **person: Any) -> str:
    """The address with which the service sends the browser back."""
    service.person = {"sub": "u-1", **person}
    there = client.post("/accounts/oidc/sso/login/?process=login" + query)
    assert there.status_code == 302
    assert there.url.startswith(service.issuer + "/authorize?")
    back = requests.get(there.url, allow_redirects=False, timeout=10).headers["Location"]
    return back.replace("http://testserver", "")


def sign_on(service: Service, **person: Any) -> tuple[Client, Any]:
    client = Client(headers={"accept-language": "en"})
    assert NAME in client.get("/accounts/login/").content.decode()
    return client, client.get(depart(service, client, **person))


def test_who_has_an_account_of_that_name_comes_in_with_own_rights(service, person):
    one = person(Role.REVIEWER, "wang")
    client, answer = sign_on(service, preferred_username="wang")
    assert (answer.status_code, answer.url) == (302, "/")
    assert "reviewer" in client.get("/people/me/").content.decode()
    again, answer = sign_on(service, preferred_username="other-name-there")     # known by the service's own number
    assert answer.url == "/"
    assert again.session["_auth_user_id"] == str(one.pk)


@pytest.mark.parametrize("name", ["li", ""])
def test_a_stranger_gets_a_sentence_and_no_account(service, person, name):
    person(Role.REVIEWER, "wang")
    client, answer = sign_on(service, preferred_username=name)
    assert answer.url == "/accounts/login/"
    assert "no account with your user name" in client.get("/accounts/login/").content.decode()
    assert client.get("/people/me/").status_code == 302
    assert User.objects.count() == 1


def test_a_closed_account_stays_closed(service, person):
    person(Role.REVIEWER, "wang")
    assert sign_on(service, preferred_username="wang")[1].url == "/"
    User.objects.update(is_active=False)
    client, _answer = sign_on(service, preferred_username="wang")
    assert client.get("/people/me/").status_code == 302


def test_a_forged_code_is_told_from_a_stranger(service, person):
    person(Role.REVIEWER, "wang")
    client = Client(headers={"accept-language": "en"})
    state = parse_qs(urlsplit(client.post("/accounts/oidc/sso/login/?process=login").url).query)["state"][0]
    answer = client.get(f"/accounts/oidc/sso/login/callback/?code=forged&state={state}")
    assert "The sign-on service did not log you in" in answer.content.decode()
    assert client.get("/people/me/").status_code == 302


def test_there_is_no_button_without_a_service(console):
    assert "/oidc/" not in Client().get("/accounts/login/").content.decode()


def out(client: Client) -> bool:
    return client.get("/people/me/").status_code == 302 and not SocialAccount.objects.exists()


WRONG: dict[str, dict[str, Any]] = {
    "nonce": {"nonce": "another"}, "no nonce": {"nonce": None}, "audience": {"aud": "another-client"},
    "audiences": {"aud": [CLIENT, "another"], "azp": "another"}, "party": {"azp": "another"},
    "no audience": {"aud": None}, "expired": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
    "no end": {"exp": None}, "issuer": {"iss": "https://elsewhere.example"}, "no issuer": {"iss": None},
    "person": {"sub": "u-2"}}


@pytest.mark.parametrize("what", WRONG)
def test_an_identity_token_that_is_wrong_lets_nobody_in(service, person, what):
    person(Role.REVIEWER, "wang")
    service.claims = WRONG[what]
    client, answer = sign_on(service, preferred_username="wang")
    assert REFUSED in answer.content.decode()
    assert out(client)


def test_without_an_identity_token_nobody_comes_in(service, person, monkeypatch):
    person(Role.REVIEWER, "wang")
    service.claims = dict.fromkeys(("iss", "aud", "iat", "exp", "nonce", "sub", "preferred_username"))
    client, answer = sign_on(service, preferred_username="wang")
    assert REFUSED in answer.content.decode()
    assert out(client)


def test_a_token_signed_with_another_key_lets_nobody_in(service, person):
    person(Role.REVIEWER, "wang")
    service.signed_by = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    client, answer = sign_on(service, preferred_username="wang")
    assert REFUSED in answer.content.decode()
    assert out(client)


@pytest.mark.parametrize("how", ["wrong", "none", "of another browser", "used"])
def test_a_state_that_is_not_this_browsers_lets_nobody_in(service, person, how):
    person(Role.REVIEWER, "wang")
    client = Client(headers={"accept-language": "en"})
    back = depart(service, client, preferred_username="wang")
    query = {name: value for name, (value, *_) in parse_qs(urlsplit(back).query).items()}
    path = urlsplit(back).path
    if how == "of another browser":
        client = Client(headers={"accept-language": "en"})
    elif how == "used":
        client.get(path, {"state": query["state"], "error": "access_denied"})
    else:
        query = {"code": query["code"]} | ({"state": "wrong"} if how == "wrong" else {})
    answer = client.get(path, query)
    assert REFUSED in answer.content.decode()
    assert out(client)


@pytest.mark.parametrize("verified", [True, False])
def test_the_e_mail_of_somebody_else_opens_no_account(service, person, verified):
    person(Role.ADMINISTRATOR, "wang")
    User.objects.update(email="wang@example.org")
    client, answer = sign_on(service, email="wang@example.org", email_verified=verified, preferred_username="li")
    assert answer.url == "/accounts/login/"
    assert out(client)


def test_an_account_that_is_tied_to_one_person_there_is_not_opened_by_another_of_that_name(service, person):
    person(Role.REVIEWER, "wang")
    assert sign_on(service, preferred_username="wang")[1].url == "/"
    client, answer = sign_on(service, sub="u-2", preferred_username="wang")
    assert answer.url == "/accounts/login/"
    assert "belongs to another person of the sign-on service" in client.get("/accounts/login/").content.decode()
    assert client.get("/people/me/").status_code == 302
    assert SocialAccount.objects.get().uid == "u-1"
    changes.renew_password(person(Role.ADMINISTRATOR), User.objects.get(username="wang"))
    assert sign_on(service, sub="u-2", preferred_username="wang")[1].url == "/"
    assert SocialAccount.objects.get().uid == "u-2"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/%5Cevil.example/",
                                    "javascript:alert(1)", "http:///evil.example/"])
def test_the_way_back_leads_to_no_foreign_place(service, person, target):
    person(Role.REVIEWER, "wang")
    client = Client(headers={"accept-language": "en"})
    answer = client.get(depart(service, client, f"&next={target}", preferred_username="wang"))
    assert answer.url == "/"
    client = Client(headers={"accept-language": "en"})
    answer = client.post(f"/accounts/login/?next={target}", {"login": "wang", "password": "correct horse battery"})
    assert answer.url == "/"


def test_the_way_back_leads_to_a_page_of_ours(service, person):
    person(Role.REVIEWER, "wang")
    client = Client(headers={"accept-language": "en"})
    assert client.get(depart(service, client, "&next=/sites/", preferred_username="wang")).url == "/sites/"


def test_an_address_cannot_change_what_is_asked_of_the_service(service, person):
    client = Client(headers={"accept-language": "en"})
    there = client.post("/accounts/oidc/sso/login/?process=login&scope=admin&auth_params=redirect_uri%3Dhttps%3A//evil"
                        ".example/%26nonce%3Dmine%26state%3Dmine")
    asked = parse_qs(urlsplit(there.url).query)
    assert asked["redirect_uri"] == ["http://testserver/accounts/oidc/sso/login/callback/"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert "mine" not in asked["nonce"] + asked["state"]
