"""The page about the programming interface: what can be asked, and one's tokens."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.api.endpoints import api
from qingyuan.console.api.forms import TokenForm
from qingyuan.console.api.models import Token
from qingyuan.console.shell.access import needs


@cache
def operations() -> list[dict[str, Any]]:
    """Path, parameters and words of every question, from the OpenAPI document."""
    paths = api.get_openapi_schema()["paths"]
    return [{"path": path, "summary": about["summary"], "description": about.get("description", ""),
             "parameters": [p["name"] for p in about.get("parameters", ())]}
            for path, methods in paths.items() for about in methods.values()]


@needs(Verb.USE_API)
def reference(request: Any) -> HttpResponse:
    """What can be asked, and one's tokens."""
    return _page(request, TokenForm(request.page.scope))


@needs(Verb.USE_API)
@never_cache
@require_POST
def make_token(request: Any) -> HttpResponse:
    """Make a token; its key is shown on this answer and never again."""
    form = TokenForm(request.page.scope, request.POST)
    if not form.is_valid():
        return _page(request, form)
    data = form.cleaned_data
    _token, key = Token.make(request.user, data["name"], form.expires(), sites=data["sites"], verbs=data["verbs"],
                             a_minute=data["a_minute"])
    return _page(request, TokenForm(request.page.scope), key)


@needs(Verb.USE_API)
@require_POST
def revoke_token(request: Any, token: int) -> HttpResponse:
    """End a token of one's own."""
    found = get_object_or_404(Token, pk=token, owner=request.user)
    Token.objects.filter(pk=found.pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The token “{name}” is revoked.").format(name=found.name))
    return redirect("api")


def _page(request: Any, form: TokenForm, key: str = "") -> HttpResponse:
    return render(request, "api/reference.html", {
        "form": form, "key": key, "operations": operations(), "tokens": request.user.tokens.all()[:100],
        "now": timezone.now()})
