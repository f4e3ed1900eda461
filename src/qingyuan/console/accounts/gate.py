"""What stands before every page of a person: the first password must be changed, some roles need a second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from qingyuan.console.accounts.models import Grant, User

YEAR_S = 31_536_000
ALWAYS_OPEN = ("account_logout", "account_reauthenticate", "csp")


def has_second_factor(user: User) -> bool:
    """True if an authenticator app or a key is set up; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def second_factor_due(user: User) -> datetime | None:
    """The instant from which this person needs a second factor and has none; None: it is not required or is there."""
    days = settings.REQUIRE_MFA_DAYS
    if days is None:
        return None
    now = timezone.now()
    absent = user.standing_in.in_force(now).filter(principal__is_active=True).values("principal")
    grants = Grant.objects.in_force(now).filter(role__in=settings.REQUIRE_MFA_ROLES)
    since = [grant.valid_from for grant in grants.filter(Q(holder=user) | Q(holder__in=absent))
             if grant.holder_id == user.pk or grant.delegable]
    if not since or has_second_factor(user):
        return None
    return min(since) + timedelta(days=days)


class GateMiddleware:
    """Sends people to what they must do first; sets their own language at the log-in."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._next = get_response

    def __call__(self, request: Any) -> Any:
        stop = self._stop(request) if request.user.is_authenticated else None
        response = stop or self._next(request)
        if language := getattr(request, "language_at_login", ""):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_S, samesite="Lax",
                                secure=settings.SECURE)
        return response

    def _stop(self, request: Any) -> HttpResponse | None:
        path = request.path
        if any(path == reverse(name) for name in ALWAYS_OPEN):
            return None
        if request.user.must_change_password:
            return self._only(request, reverse("account_change_password"))
        due = second_factor_due(request.user)
        request.second_factor_missing = due is not None and due <= timezone.now()
        return self._only(request, reverse("mfa_index")) if request.second_factor_missing else None

    def _only(self, request: Any, page: str) -> HttpResponse | None:
        """None on that page and below it, which says why; else a redirect there."""
        if request.path.startswith(page):
            return None
        if request.htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": page})
        return redirect(page)
