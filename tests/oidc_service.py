"""A small OpenID Connect service of our own for tests: discovery, authorisation with a page, token, keys, user."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "qingyuan", "s3cret"
NAME = "省厅门户"


class Service(ThreadingHTTPServer):
    """One sign-on service; `person` is who is logged in there.

    What it says can be made wrong: `claims` are put over those of the identity token (None: left out), `user` over the
    person's own data, `signed_by` signs instead of its key, `page` shows a page with a button before it lets in.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signed_by = self.key
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.user: dict[str, Any] = {}
        self.page = False
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
        claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        said = {name: value for name, value in (claims | asked["person"] | self.claims).items() if value is not None}
        answer = {"access_token": asked["person"]["sub"], "token_type": "Bearer"}
        return 200, answer if not said else answer | {
            "id_token": jwt.encode(said, self.signed_by, "RS256", headers={"kid": "k1"})}


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
            if self.server.page:
                self._page(self.server.authorise(query))
                return
            self.send_response(302)
            self.send_header("Location", self.server.authorise(query))
            self.end_headers()
        elif self.headers.get("Authorization") == f"Bearer {self.server.person.get('sub')}":
            self._json(200, self.server.person | self.server.user)
        else:
            self._json(401, {})

    def do_POST(self) -> None:
        """Token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._json(*self.server.token({name: value for name, (value, *_) in parse_qs(body).items()}))

    def _page(self, onward: str) -> None:
        body = f'<!doctype html><title>Sign on</title><a id="in" href="{html.escape(onward)}">Come in</a>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing on standard error."""


@contextmanager
def running() -> Iterator[Service]:
    """A service that answers until the end of the block."""
    made = Service()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.shutdown()
        made.server_close()
