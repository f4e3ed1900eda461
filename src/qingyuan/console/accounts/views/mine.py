"""One's own account: rights in words, sessions, language, leave."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.bounds import Words
from qingyuan.console.accounts.forms import LANGUAGES, LeaveForm
from qingyuan.console.accounts.gate import YEAR_S, has_second_factor, second_factor_due
from qingyuan.console.accounts.models import Delegation, State, User
from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import ROLE_WORDS, VERB_WORDS, Role, Verb
from qingyuan.console.shell.access import needs

NAMED = 5                      # sites named in words before the rest is counted


def _in_words(rights: tuple[Right, ...], request: Any) -> list[dict[str, Any]]:
    """Each right: role, bounds, verbs, the sites it covers (some by name), whose it is."""
    registry, words = request.page.reading.registry, Words(request.page.reading.registry)
    lenders = {str(user.pseudonym): user for user in
               User.objects.filter(pseudonym__in={right.via for right in rights if right.via})}
    found = []
    for right in rights:
        of_sites = any(not verb.of_system for verb in right.verbs)
        covered = [site for _id, site in sorted(registry.sites.items()) if right.covers(site, registry)]
        found.append({"role": ROLE_WORDS[right.role], "bounds": words.bounds(right), "of_sites": of_sites,
                      "verbs": [VERB_WORDS[verb] for verb in Verb if verb in right.verbs],
                      "number": len(covered), "some": covered[:NAMED], "more": max(0, len(covered) - NAMED),
                      "lender": lenders.get(right.via)})
    return found


def _sessions(request: Any) -> list[UserSession]:
    rows = UserSession.objects.purge_and_list(request.user)
    return sorted(rows, key=lambda row: row.created_at, reverse=True)


@needs()
def me(request: Any) -> HttpResponse:
    """One's own account."""
    now = timezone.now()
    stands = list(Delegation.objects.filter(Q(principal=request.user) | Q(deputy=request.user))
                  .select_related("principal", "deputy"))
    for stand in stands:
        stand.now = stand.state(now)
        stand.open = stand.now in (State.IN_FORCE, State.TO_COME)
    return render(request, "accounts/me.html", {
        "rights": _in_words(request.user.rights(), request), "sessions": _sessions(request), "stands": stands,
        "current": request.session.session_key, "languages": LANGUAGES, "factor": has_second_factor(request.user),
        "due": second_factor_due(request.user)})


@needs()
@require_POST
def language(request: Any) -> HttpResponse:
    """One's own language: for this browser at once, for every other one at the next log-in."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(LANGUAGES):
        raise PermissionDenied
    request.user.language = wanted
    request.user.save(update_fields=("language",))
    answer = redirect("me")
    if wanted:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR_S, samesite="Lax",
                          secure=settings.SECURE)
    else:
        answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return answer


@needs()
@require_POST
def end_sessions(request: Any) -> HttpResponse:
    """Log out everywhere but here."""
    others = UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key)
    for session in others:
        session.end()
    messages.success(request, _("All other sessions ended."))
    return redirect("me")


@needs()
def leave(request: Any) -> HttpResponse:
    """Choose who stands in; what would be lent is listed."""
    form = LeaveForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            changes.lend(request.user, **form.cleaned_data)
        except changes.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The delegation is set and is on its way into the ledger."))
            return redirect("me")
    words = Words(request.page.reading.registry)
    grants = request.user.grants.overlapping(timezone.now())
    lent = [(ROLE_WORDS[Role(grant.role)], words.bounds(grant), grant) for grant in grants if grant.delegable]
    kept = [ROLE_WORDS[Role(grant.role)] for grant in grants if not grant.delegable]
    return render(request, "accounts/leave.html", {"form": form, "lent": lent, "kept": kept})


@needs()
@require_POST
def end_leave(request: Any, key: Any) -> HttpResponse:
    """End a delegation early: the person on leave, the deputy, or an administrator."""
    stand = get_object_or_404(Delegation.objects.select_related("principal", "deputy"), key=key)
    if request.user.pk not in (stand.principal_id, stand.deputy_id) and not request.page.scope.may(Verb.GRANT):
        raise Http404(key)
    try:
        changes.end(request.user, stand)
    except changes.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The delegation has ended."))
    back = request.POST.get("back", "")
    known = back in (str(stand.principal.pseudonym), str(stand.deputy.pseudonym))
    return redirect("person", back) if known and request.page.scope.may(Verb.READ_ACCESS) else redirect("me")
