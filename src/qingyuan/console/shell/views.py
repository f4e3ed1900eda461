"""Pages for what goes wrong: each says what happened, what was kept and what to do."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qingyuan.console.accounts.verbs import ROLE_WORDS, VERB_WORDS, VERBS, Role
from qingyuan.console.reading import NotAllowed
from qingyuan.console.shell.access import open_to_all

log = logging.getLogger("qingyuan.console")
LONGEST_REPORT = 4000


def bad_request(request: Any, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return render(request, "errors/400.html", status=400)


def not_allowed(request: Any, exception: Exception | None = None) -> HttpResponse:
    """403: which right is missing and which roles have it."""
    about: dict[str, Any] = {}
    if isinstance(exception, NotAllowed):
        roles = [ROLE_WORDS[role] for role, verbs in VERBS.items()
                 if exception.verb in verbs and role is not Role.PUBLIC]
        about = {"verb": VERB_WORDS[exception.verb], "roles": roles, "site": exception.site}
    return render(request, "errors/403.html", about, status=403)


def not_found(request: Any, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return render(request, "errors/404.html", status=404)


def broken(request: Any) -> HttpResponse:
    """500."""
    return render(request, "errors/500.html", status=500)


@csrf_exempt
@require_POST
@open_to_all
def csp_report(request: Any) -> HttpResponse:
    """A browser blocked something that a page should not contain."""
    log.warning("content policy report: %a", request.read(LONGEST_REPORT).decode("utf-8", "replace"))
    return HttpResponse(status=204)
