"""Who asks: a program with a token, or a person who is logged in."""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from qingyuan.console.accounts.gate import second_factor_due
from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.api.models import MOST_A_MINUTE, Quota, Token
from qingyuan.console.reading import NotAllowed, Reading, scope_of


class Narrowed(Scope):
    """A person's scope, less what a token leaves out."""

    def __init__(self, whole: Scope, token: Token) -> None:
        super().__init__(whole.rights, whole.registry)
        self._whole, self._only_sites, self._only_verbs = whole, frozenset(token.sites), frozenset(token.verbs)

    def may(self, verb: Verb) -> bool:
        """True if the verb is allowed anywhere at all."""
        return self._whole.may(verb) and (not self._only_verbs or verb.value in self._only_verbs)

    def everywhere(self, verb: Verb) -> bool:
        """True if the verb is allowed without any bound."""
        return self.may(verb) and not self._only_sites and self._whole.everywhere(verb)

    def sites(self, verb: Verb) -> frozenset[str]:
        """Ids of the sites for which the verb is allowed."""
        if not self.may(verb):
            return frozenset()
        found = self._whole.sites(verb)
        return found & self._only_sites if self._only_sites else found


class ByToken(HttpBearer):
    """`Authorization: Bearer qy_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The token, or nothing. Raises 429 when a quota is used up, 403 when its owner may not use the API."""
        found = Token.find(token)
        if found is None:
            return None
        whole = scope_of(found.owner.rights())
        if not whole.may(Verb.USE_API):
            raise HttpError(403, "the owner of this token may not use the API any more")
        _demand_standing(request, found.owner)
        if (used_up := found.use()) is not None:
            raise HttpError(429, _too_many(used_up, found))
        request.api_scope = Narrowed(whole, found)          # type: ignore[attr-defined]
        return found


def _demand_standing(request: HttpRequest, owner: User) -> None:
    """Raise 403 where the owner of a token could not work in the console either."""
    due = second_factor_due(owner)
    if due is not None and due <= timezone.now():
        raise HttpError(403, "the owner of this token needs a second factor first; set it up in the console")
    if not AxesProxyHandler.is_allowed(request, {"username": owner.username}):
        raise HttpError(403, "the owner of this token is locked at this address after too many wrong passwords; wait")


def _too_many(quota: Quota, token: Token) -> str:
    if quota is Quota.KEY:
        return f"more than {token.a_minute} requests in this minute; wait for the next one"
    return f"more than {MOST_A_MINUTE} requests in this minute by all your tokens together; wait for the next one"


class ByLogin(SessionAuth):
    """A person's own session, from the pages of the console."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The person, or nothing."""
        if not request.user.is_authenticated:
            return None
        request.api_scope = request.page.scope              # type: ignore[attr-defined]
        return request.user


def reading(request: HttpRequest, verb: Verb) -> Reading:
    """The door to the data for this request, as of the instant it names. Raises NotAllowed."""
    scope: Scope = request.api_scope                        # type: ignore[attr-defined]
    if not scope.may(verb):
        raise NotAllowed(verb)
    return Reading(scope, request.page.as_of_us)            # type: ignore[attr-defined]
