"""Single sign-on by OpenID Connect, as strict as OpenID Connect Core 1.0 section 3.1.3.7 asks.

The library leaves out the nonce, takes what the service tells of the person without looking whether it is the person of
the identity token, and lets the address of the log-in add to the question; all three are shut here.
"""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404

from qingyuan.console.shell.access import open_to_all

DEMANDED = ("sub", "exp", "nonce")             # beside issuer and audience, which the library demands


class SignOnAdapter(OpenIDConnectOAuth2Adapter):
    """What comes back from the service: an identity token of its own, for us, of that same person."""

    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who signed on. Raises OAuth2Error where the service's answer does not hold."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("the service sent no identity token")
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        if "userinfo" in said and said["userinfo"].get("sub") != said["id_token"]["sub"]:
            raise OAuth2Error("the service speaks of two persons")
        return login

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The content of an identity token, its signature verified. Raises OAuth2Error."""
        said: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token, keys_url=self.openid_config["jwks_uri"], issuer=self.openid_config["issuer"],
            audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk)
        if missing := [name for name in DEMANDED if name not in said]:
            raise OAuth2Error(f"the identity token lacks {missing[0]}")
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if said.get("azp", "" if several else app.client_id) != app.client_id:
            raise OAuth2Error("the identity token is for another party")
        return said


class SignOnProvider(OpenIDConnectProvider):
    """What the service is asked: nothing of it comes from the address of the log-in but where to go afterwards."""

    oauth2_adapter_class = SignOnAdapter

    def redirect(self, request: Any, process: Any, next_url: Any = None, data: Any = None, **kwargs: Any) -> Any:
        """To the service, with a nonce that its identity token must bring back."""
        nonce = secrets.token_urlsafe(24)
        return super().redirect(request, process, next_url, data, scope=self.get_scope(), nonce=nonce,
                                auth_params=self.get_auth_params() | {"nonce": nonce})


def demand_nonce(login: Any) -> None:
    """Raise OAuth2Error unless the identity token was made for this very log-in."""
    asked, said = login.state.get("nonce") or "", login.account.extra_data["id_token"]["nonce"]
    if not asked or not compare_digest(str(said), asked):
        raise OAuth2Error("the identity token was not made for this log-in")


@open_to_all
def depart(request: Any, provider_id: str) -> Any:
    """To the service."""
    return _with(OAuth2LoginView, request, provider_id)


@open_to_all
def arrive(request: Any, provider_id: str) -> Any:
    """Back from the service."""
    return _with(OAuth2CallbackView, request, provider_id)


def _with(view: Any, request: Any, provider_id: str) -> Any:
    try:
        return view.adapter_view(SignOnAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404(provider_id) from None
