"""Log-in, lock-out, first password, second factor, sessions: who comes in and when they are out again."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def cache_table(console):
    call_command("createcachetable")


def enter(name: str, password: str = PASSWORD, client: Client | None = None, address: str = "10.0.0.1"):
    client = client or Client(REMOTE_ADDR=address, headers={"accept-language": "en"})
    return client, client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address)


def test_a_person_comes_in_and_goes_out(person):
    person(Role.REVIEWER, "wang")
    client, answer = enter("wang")
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/people/me/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/people/me/").status_code == 302


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_the_log_in_has_a_passkey_and_no_sign_up(console, lang):
    page = Client(headers={"accept-language": lang}).get(LOGIN).content.decode()
    assert 'id="passkey_login"' in page
    assert "mfa/js/webauthn.js" in page
    assert "signup" not in page
    assert ("登录" in page) is (lang == "zh-hans")
    assert ("Log in" in page) is (lang == "en")


def test_a_name_is_locked_from_one_address_only(person):
    person(Role.REVIEWER, "wang")
    person(Role.REVIEWER, "li")
    codes = [enter("wang", "wrong")[1].status_code for _ in range(5)]
    assert codes[-1] == 429
    client, answer = enter("wang")
    assert answer.status_code == 429
    assert "15 minutes" in answer.content.decode()
    assert client.get("/people/me/").status_code == 302
    assert enter("wang", address="10.0.0.2")[1].status_code == 302
    assert enter("li")[1].status_code == 302


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.1"), (1, "203.0.113.7"), (2, "198.51.100.9")])
def test_the_address_is_the_one_our_own_proxies_saw(person, settings, proxies, seen):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    person(Role.REVIEWER, "wang")
    client = Client(REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "1.1.1.1, 198.51.100.9, 203.0.113.7"})
    for _attempt in range(5):
        answer = client.post(LOGIN, {"login": "wang", "password": "wrong"})
    assert answer.status_code == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {seen}


def test_a_first_password_must_be_changed_before_anything_else(person):
    one = person(Role.REVIEWER, "wang")
    given = changes.renew_password(person(Role.ADMINISTRATOR), one)
    client, answer = enter("wang", given)
    for address in ("/", "/people/me/", "/sites/", "/accounts/2fa/"):
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, "/accounts/password/change/")
    page = client.get("/accounts/password/change/").content.decode()
    assert page.count("Choose your own password first") == 1
    bad = client.post("/accounts/password/change/", {"oldpassword": given, "password1": "short", "password2": "short"})
    assert bad.status_code == 200
    assert "12" in bad.content.decode()
    done = client.post("/accounts/password/change/", {
        "oldpassword": given, "password1": "another horse battery", "password2": "another horse battery"})
    assert done.url == "/people/me/"
    assert client.get("/people/me/").status_code == 200
    assert not User.objects.get(username="wang").must_change_password


def test_a_polled_part_is_sent_to_the_gate_too(person):
    one = person(Role.REVIEWER, "wang")
    client, _ = enter("wang", changes.renew_password(person(Role.ADMINISTRATOR), one))
    answer = client.get("/people/me/", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/accounts/password/change/")


def test_a_closed_account_is_out_at_once(as_role, person):
    one = person(Role.REVIEWER, "wang")
    client, _ = enter("wang")
    User.objects.filter(pk=one.pk).update(is_active=False)                # even without the page
    assert client.get("/people/me/").status_code == 302
    User.objects.filter(pk=one.pk).update(is_active=True)
    assert client.get("/people/me/").status_code == 200
    as_role(Role.ADMINISTRATOR).post(f"/people/{one.pseudonym}/active/", {"active": "0"})
    assert not UserSession.objects.filter(user=one).exists()
    assert client.get("/people/me/").status_code == 302
    assert enter("wang")[1].url != "/"


def test_a_renewed_password_ends_every_session(person):
    one = person(Role.REVIEWER, "wang")
    client, _ = enter("wang")
    changes.renew_password(person(Role.ADMINISTRATOR), one)
    assert client.get("/people/me/").status_code == 302


def test_other_sessions_end_and_this_one_stays(person):
    person(Role.REVIEWER, "wang")
    here, _ = enter("wang")
    there, _ = enter("wang", address="10.0.0.9")
    page = here.get("/people/me/").content.decode()
    assert "10.0.0.1" in page
    assert "10.0.0.9" in page
    here.post("/people/me/sessions/end/")
    assert here.get("/people/me/").status_code == 200
    assert there.get("/people/me/").status_code == 302
    assert Session.objects.filter(pk=there.cookies["qy_session"].value).count() == 0


def test_the_own_language_comes_along_to_another_browser(person):
    person(Role.REVIEWER, "wang")
    here, _ = enter("wang")
    here.post("/people/me/language/", {"language": "zh-hans"})
    assert 'lang="zh-Hans"' in here.get("/people/me/").content.decode()
    there, _ = enter("wang")
    assert 'lang="zh-Hans"' in there.get("/people/me/").content.decode()
    here.post("/people/me/language/", {"language": ""})
    assert 'lang="en"' in here.get("/people/me/").content.decode()
    assert here.post("/people/me/language/", {"language": "tlh"}).status_code == 403


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up_app(client: Client) -> str:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'id="secret">([A-Z2-7]+)<', page).group(1)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert done.status_code == 302, done.content.decode()
    return secret


def test_an_app_is_set_up_by_picture_and_asked_for_at_the_log_in(person):
    one = person(Role.REVIEWER, "wang")
    client, _ = enter("wang")
    assert client.get("/accounts/2fa/totp/activate/").url.startswith("/accounts/reauthenticate/")
    secret = set_up_app(client)
    codes = client.get("/accounts/2fa/recovery-codes/").content.decode()
    first = re.search(r'id="codes">([0-9a-f]+)', codes).group(1)
    other, answer = enter("wang", address="10.0.0.2")
    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert other.get("/people/me/").status_code == 302
    assert "Second factor" in other.get("/accounts/2fa/authenticate/").content.decode()
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert other.post("/accounts/2fa/authenticate/", {"code": first}).url == "/"
    assert other.get("/people/me/").status_code == 200
    again, _ = enter("wang", address="10.0.0.3")
    assert again.post("/accounts/2fa/authenticate/", {"code": first}).status_code == 200, "a recovery code works once"
    assert TOTP(Authenticator.objects.get(user=one, type="totp")).instance
    assert secret


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("address", ["", "totp/activate/", "webauthn/add/", "webauthn/", "recovery-codes/generate/",
                                     "totp/deactivate/", "recovery-codes/"])
def test_pages_of_the_second_factor_come_in_both_languages(person, address, lang):
    person(Role.REVIEWER, "wang")
    client, _ = enter("wang")
    set_up_app(client)
    if address == "totp/activate/":
        Authenticator.objects.all().delete()
    answer = client.get("/accounts/2fa/" + address, headers={"accept-language": lang})
    assert answer.status_code == 200
    page = re.sub(r"<script.*?</script>|<header.*?</header>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    body = page.split("清源" if lang != "en" else "Qingyuan", 1)[-1]
    if lang != "en":
        words = set(re.findall(r"[A-Za-z]{4,}", body)) - {"wang", "Qingyuan"}
        secret = {w for w in words if w.isupper()}
        assert words - secret <= {"code", "codes"} - {"code", "codes"}, words
    else:
        assert not re.search(r"[一-鿿]", body.replace("中文", ""))


@pytest.mark.parametrize(("days", "role", "stopped"), [
    (None, Role.AUDITOR, False), (0, Role.AUDITOR, True), (0, Role.REVIEWER, False), (7, Role.AUDITOR, False),
    (0, Role.ADMINISTRATOR, True), (0, Role.REGISTRAR, True)])
def test_some_roles_see_only_the_second_factor_until_they_have_one(person, settings, days, role, stopped):
    settings.REQUIRE_MFA_DAYS = days
    person(role, "wang")
    client, _ = enter("wang")
    answer = client.get("/people/me/")
    assert answer.status_code == (302 if stopped else 200)
    if stopped:
        assert answer.url == "/accounts/2fa/"
        assert "Your role needs a second factor" in client.get("/accounts/2fa/").content.decode()
        set_up_app(client)
        assert client.get("/people/me/").status_code == 200
    elif days and role is Role.AUDITOR:
        assert "needs a second factor from" in answer.content.decode()


def test_a_deputy_of_an_auditor_needs_the_second_factor_too(person, settings):
    from datetime import timedelta

    from django.utils import timezone
    settings.REQUIRE_MFA_DAYS = 0
    deputy = person(Role.EXPERT, "wang")
    client, _ = enter("wang")
    assert client.get("/people/me/").status_code == 200
    changes.lend(person(Role.AUDITOR), deputy, reason="", valid_from=None, valid_to=timezone.now() + timedelta(1))
    assert client.get("/people/me/").url == "/accounts/2fa/"
