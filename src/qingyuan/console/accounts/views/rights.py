"""Giving a right, with a preview of what it opens, and taking it back."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.bounds import Words, openings
from qingyuan.console.accounts.forms import GrantForm, ReasonForm
from qingyuan.console.accounts.models import Grant, State, User
from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import INCOMPATIBLE, ROLE_WORDS, VERBS, Role, Verb
from qingyuan.console.home import registry as registry_now
from qingyuan.console.shell.access import needs

LISTED = 500


def _mark(form: GrantForm) -> str:
    """What was previewed; a form that was changed afterwards is previewed again."""
    said = json.dumps(form.cleaned_data, default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@needs(Verb.GRANT)
def grant_new(request: Any, pseudonym: Any) -> HttpResponse:
    """A form, then a preview of what it would open, then the right."""
    holder = get_object_or_404(User.objects.select_related("organisation"), pseudonym=pseudonym)
    registry = registry_now()
    form = GrantForm(request.POST or None, registry=registry)
    about: dict[str, Any] = {"person": holder, "form": form,
                             "subjects": sorted(form.subjects.items(), key=lambda pair: pair[1])[:LISTED]}
    if request.method == "POST" and form.is_valid():
        role, given, now = Role(form.cleaned_data["role"]), form.given(), timezone.now()
        begin = max(given["valid_from"] or now, now)
        try:
            bounds = {name: given[name] for name in ("territory", "line", "subject")}
            changes.check_grant(request.user, holder, role, **bounds, begin=begin, end=given["valid_to"])
            if request.POST.get("step") == "grant" and request.POST.get("seen") == _mark(form):
                changes.give(request.user, holder, role, **given)
                messages.success(request, _("The right was given and is on its way into the ledger."))
                return redirect("person", pseudonym)
        except changes.Refused as error:
            form.add_error(None, str(error))
        else:
            about |= _preview(holder, Right(role, **bounds), registry) | {"seen": _mark(form)}
    return render(request, "accounts/grant_new.html", about)


def _preview(holder: User, right: Right, registry: Any) -> dict[str, Any]:
    before = holder.rights()
    shut_out = sorted({other for pair in INCOMPATIBLE if right.role in pair for other in pair} - {right.role})
    return {"preview": openings(registry, before, (*before, right), right.role), "words": Words(registry).bounds(right),
            "role": ROLE_WORDS[right.role], "shut_out": [ROLE_WORDS[role] for role in shut_out]}


@needs(Verb.GRANT)
def grant_revoke(request: Any, key: Any) -> HttpResponse:
    """What would be closed, the reason, then the end of the right."""
    grant = get_object_or_404(Grant.objects.select_related("holder", "granted_by"), key=key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            changes.revoke(request.user, grant, form.cleaned_data["reason"])
        except changes.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The right was revoked; the entry is on its way into the ledger."))
            return redirect("person", grant.holder.pseudonym)
    registry, now = registry_now(), timezone.now()
    before = list(grant.holder.rights())
    after = list(before)
    if grant.state(now) is State.IN_FORCE and grant.right() in after:
        after.remove(grant.right())
    return render(request, "accounts/grant_revoke.html", {
        "grant": grant, "form": form, "words": Words(registry).bounds(grant), "state": grant.state(now),
        "role": ROLE_WORDS[Role(grant.role)],
        "preview": [row for row in openings(registry, before, after) if row.verb in VERBS[Role(grant.role)]]})
