"""Passkeys, codes of an app and single sign-on in a real browser against the real server, under its content policy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from console_addresses import Firms
from console_browser import NEEDED, PHONE, Seat, chromium
from console_server import PASSWORD, served
from oidc_service import CLIENT, NAME, SECRET, Service, running

pytestmark = NEEDED
PERIOD_S = 30


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with running() as made:
        made.page = True
        yield made


@pytest.fixture(scope="module")
def url(two_firms: Firms, service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The console by the name `localhost`: no key is bound to a number."""
    with served(two_firms.home, tmp_path_factory.mktemp("accounts") / "console.sqlite3",
                QINGYUAN_OIDC_ISSUER=service.issuer, QINGYUAN_OIDC_CLIENT=CLIENT, QINGYUAN_OIDC_SECRET=SECRET,
                QINGYUAN_OIDC_NAME=NAME) as found:
        yield found.url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as made:
        yield made


@pytest.fixture
def seat(browser: Any, url: str, service: Service) -> Iterator[Seat]:
    made = Seat(browser, url, friends=(service.issuer,))
    yield made
    made.context.close()


def authenticator(seat: Seat) -> tuple[Any, str]:
    """A security key in this browser, made by the browser's own protocol; it knows its owner."""
    wire = seat.context.new_cdp_session(seat.page)
    wire.send("WebAuthn.enable")
    return wire, wire.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True}})["authenticatorId"]


def again(page: Any) -> None:
    """Confirm with the password where that is asked once more."""
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        with page.expect_navigation():
            page.press("input[name=password]", "Enter")


def add_key(seat: Seat, name: str, *, alone: bool) -> None:
    page = seat.open("/accounts/2fa/webauthn/add/")
    again(page)
    seat.ready()
    page.fill("input[name=name]", name)
    if alone:
        page.check("input[name=passwordless]")
    with page.expect_navigation():
        page.click("main button.btn-primary")


def leave(seat: Seat) -> None:
    page = seat.open("/accounts/logout/")
    with page.expect_navigation():
        page.click("main form button.btn-primary")


def who(seat: Seat) -> str:
    """The user name on the account page, or nothing where the log-in or its second step is shown instead."""
    page = seat.open("/people/me/")
    return "" if "/accounts/" in page.url else page.locator("main dd.qy-mono").first.inner_text()


def test_a_passkey_is_set_up_and_logs_in_alone(seat: Seat) -> None:
    wire, key = authenticator(seat)
    seat.enter("reviewer")
    add_key(seat, "my key", alone=True)
    (credential,) = wire.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert (credential["rpId"], credential["isResidentCredential"]) == ("localhost", True)
    assert "my key" in seat.open("/accounts/2fa/webauthn/").locator("main").inner_text()
    leave(seat)
    assert who(seat) == ""
    page = seat.open("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(seat.url + "/")
    assert who(seat) == "reviewer"
    assert seat.said == []


def test_a_passkey_that_the_console_does_not_know_lets_nobody_in(browser: Any, url: str, seat: Seat) -> None:
    wire, key = authenticator(seat)
    seat.enter("inspector")
    add_key(seat, "lost", alone=True)
    page = seat.open("/accounts/2fa/webauthn/")
    page.click("main a[href*='remove'], main form[action*='remove'] button")
    again(page)
    page.wait_for_load_state()
    if "/remove/" in page.url:
        with page.expect_navigation():
            page.click("main form button")
    leave(seat)
    assert wire.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    page = seat.open("/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_load_state("networkidle")
    assert who(seat) == ""


def test_a_key_beside_the_password_is_asked_for(seat: Seat) -> None:
    wire, key = authenticator(seat)
    seat.enter("operator")
    add_key(seat, "second", alone=False)
    leave(seat)
    page = seat.enter("operator")
    assert "/accounts/2fa/authenticate/" in page.url
    assert who(seat) == ""
    page = seat.enter("operator")
    seat.ready()
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(seat.url + "/")
    assert who(seat) == "operator"
    assert seat.said == []


def code_of(secret: str, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD_S + later))


def test_an_app_is_set_up_by_its_picture_and_asked_for(seat: Seat) -> None:
    seat.enter("expert")
    page = seat.open("/accounts/2fa/totp/activate/")
    again(page)
    picture = page.locator("main img[src^='data:image/svg']")
    assert picture.evaluate("one => one.naturalWidth") > 100
    secret = page.locator("#secret").inner_text()
    page.fill("input[name=code]", code_of(secret))
    with page.expect_navigation():
        page.press("input[name=code]", "Enter")
    leave(seat)
    page = seat.enter("expert")
    assert "/accounts/2fa/authenticate/" in page.url
    page.fill("input[name=code]", "000000")
    with page.expect_navigation():
        page.press("input[name=code]", "Enter")
    assert "Incorrect code" in page.locator("main").inner_text()
    assert who(seat) == ""
    begun = time.time() // PERIOD_S
    while time.time() // PERIOD_S == begun:              # a code is taken once; the next one comes within the period
        time.sleep(0.2)
    page = seat.enter("expert")
    page.fill("input[name=code]", code_of(secret))
    with page.expect_navigation():
        page.press("input[name=code]", "Enter")
    assert who(seat) == "expert"
    assert seat.said == []


def sign_on(seat: Seat, service: Service, **person: Any) -> Any:
    service.person = {"sub": f"u-{person['preferred_username']}", **person}
    page = seat.open("/accounts/login/?next=/sites/")
    page.click(f"text=Log in by {NAME}")
    page.wait_for_url(service.issuer + "/**")
    page.click("#in")
    page.wait_for_url(seat.url + "/**")
    return page


def test_a_sign_on_goes_to_the_service_and_comes_back_inside(seat: Seat, service: Service) -> None:
    page = sign_on(seat, service, preferred_username="auditor")
    assert page.url == seat.url + "/sites/"
    assert who(seat) == "auditor"
    assert seat.said == []


def test_a_stranger_of_the_service_comes_back_to_the_log_in(seat: Seat, service: Service) -> None:
    page = sign_on(seat, service, preferred_username="stranger")
    assert "no account with your user name" in page.locator("main").inner_text()
    assert who(seat) == ""


def test_a_forged_answer_of_the_service_is_refused_in_the_browser(seat: Seat, service: Service) -> None:
    service.claims = {"nonce": "another"}
    try:
        page = sign_on(seat, service, preferred_username="registrar")
    finally:
        service.claims = {}
    assert "did not log you in" in page.locator("main").inner_text()
    assert who(seat) == ""


SUBMIT = """action => new Promise(told => {
  document.addEventListener("securitypolicyviolation", event => told(event.effectiveDirective));
  const form = document.createElement("form");
  form.action = action; form.method = "get"; document.body.append(form); form.submit();
  setTimeout(() => told("sent"), 2000);
})"""


def test_forms_go_to_us_and_to_the_service_and_nowhere_else(seat: Seat, service: Service) -> None:
    page = seat.open("/accounts/login/")
    policy = page.request.get(seat.url + "/accounts/login/").headers["content-security-policy"]
    (allowed,) = [part.split()[1:] for part in policy.split(";") if part.split()[0] == "form-action"]
    assert allowed == ["'self'", service.issuer]
    with running() as elsewhere:
        assert page.evaluate(SUBMIT, elsewhere.issuer + "/authorize") == "form-action"
        assert elsewhere.codes == {}
    assert page.evaluate(SUBMIT, "https://evil.example/") == "form-action"


@pytest.mark.parametrize("lang", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("query", ["", "?as_of=2026-11-24T23:00:00%2B08:00"])
def test_the_role_stands_below_the_name_on_a_phone(browser: Any, url: str, lang: str, query: str) -> None:
    seat = Seat(browser, url, lang=lang, width=PHONE)
    page = seat.enter("tracing-analyst")
    page = seat.open("/" + query)
    place = page.locator(".qy-who__role").bounding_box()
    assert place["x"] + place["width"] <= PHONE["width"]
    assert place["y"] >= page.locator(".qy-who__name").bounding_box()["y"] + 8
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    seat.context.close()
