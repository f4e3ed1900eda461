"""Single sign-on against a small OpenID Connect service of our own: discovery, authorisation, token, user."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
CLIENT, SECRET = "qingyuan", "s3cret"


class Service(ThreadingHTTPServer):
    """One sign-on service; `person` is who is logged in there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, str] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"

    def authorise(self, query: dict[str, str]) -> str:
        """Let the person in and send the browser back with a code."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = query | {"person": self.person}
        return f"{query['redirect_uri']}?code={code}&state={query['state']}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, to who knows the secret and the code verifier."""
        asked = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if asked is None or form.get("client_secret") != SECRET or asked["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 60}
        signed = jwt.encode(claims | asked["person"], self.key, "RS256", headers={"kid": "k1"})
        return 200, {"access_token": asked["person"]["sub"], "token_type": "Bearer", "id_token": signed}


class Answer(BaseHTTPRequestHandler):
    """What the service answers."""

    server: Service

    def do_GET(self) -> None:
        """Discovery, keys, authorisation, user."""
        issuer, parts = self.server.issuer, urlsplit(self.path)
        if parts.path == "/.well-known/openid-configuration":
            self._json(200, {"issuer": issuer, "authorization_endpoint": issuer + "/authorize",
                             "token_endpoint": issuer + "/token", "userinfo_endpoint": issuer + "/user",
                             "jwks_uri": issuer + "/keys",
                             "token_endpoint_auth_methods_supported": ["client_secret_post"]})
        elif parts.path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            self._json(200, {"keys": [key | {"kid": "k1", "use": "sig", "alg": "RS256"}]})
        elif parts.path == "/authorize":
            query = {name: value for name, (value, *_) in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.server.authorise(query))
            self.end_headers()
        elif self.headers.get("Authorization") == f"Bearer {self.server.person.get('sub')}":
            self._json(200, self.server.person)
        else:
            self._json(401, {})

    def do_POST(self) -> None:
        """Token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.server.token({name: value for name, (value, *_) in parse_qs(body).items()}))

    def _json(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def service(settings: Any, console: object) -> Iterator[Service]:
    made = Service()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{
        "provider_id": "sso", "name": "省厅门户", "client_id": CLIENT, "secret": SECRET,
        "settings": {"server_url": made.issuer}}]}}
    yield made
    made.shutdown()
    made.server_close()


def sign_on(service: Service, **person: str) -> tuple[Client, Any]:
    import requests

    service.person = {"sub": "u-1", **person}
    client = Client(headers={"accept-language": "en"})
    assert "省厅门户" in client.get("/accounts/login/").content.decode()
    there = client.post("/accounts/oidc/sso/login/?process=login")
    assert there.status_code == 302
    assert there.url.startswith(service.issuer + "/authorize?")
    back = requests.get(there.url, allow_redirects=False, timeout=10).headers["Location"]
    return client, client.get(back.replace("http://testserver", ""))


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
