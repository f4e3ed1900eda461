"""People and organisations: lists, one person, new ones, closing an account."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.bounds import Words
from qingyuan.console.accounts.forms import GIVEN, OrganisationForm, PersonForm
from qingyuan.console.accounts.history import events
from qingyuan.console.accounts.models import Grant, Organisation, OrganisationKind, User
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role, Verb
from qingyuan.console.accounts.views.instant import instant, known
from qingyuan.console.shell.access import needs
from qingyuan.registry import EntryError

PAGE = 100
FACTORS = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)


@needs(Verb.READ_ACCESS)
def people(request: Any) -> HttpResponse:
    """Everybody with an account: organisation, roles in force, last log-in, second factor."""
    at = instant(request)
    rows = User.objects.select_related("organisation").annotate(factor=Exists(FACTORS)).prefetch_related(
        Prefetch("grants", known(Grant.objects.in_force(at), at), to_attr="held"))
    if request.page.as_of_us is not None:
        rows = rows.filter(date_joined__lte=at)
    text, role, closed = request.GET.get("q", "").strip(), request.GET.get("role", ""), request.GET.get("closed", "")
    if text:
        rows = rows.filter(Q(username__icontains=text) | Q(full_name__icontains=text)
                           | Q(organisation__name__icontains=text) | Q(organisation__name_en__icontains=text))
    if role:
        rows = rows.filter(pk__in=known(Grant.objects.in_force(at), at).filter(role=role).values("holder"))
    if not closed:
        rows = rows.filter(is_active=True)
    page = Paginator(rows.order_by("username"), PAGE).get_page(request.GET.get("page"))
    for person in page:
        person.roles = [ROLE_WORDS[r] for r in dict.fromkeys(Role(grant.role) for grant in person.held)]
    return render(request, "accounts/people.html", {
        "rows": page, "q": text, "role": role, "closed": closed, "roles": [(r.value, ROLE_WORDS[r]) for r in GIVEN],
        "may_grant": request.page.scope.may(Verb.GRANT)})


@needs(Verb.READ_ACCESS)
def person(request: Any, pseudonym: Any) -> HttpResponse:
    """One person: facts, rights, who stands in, history."""
    at = instant(request)
    found = get_object_or_404(User.objects.select_related("organisation").annotate(factor=Exists(FACTORS)),
                              pseudonym=pseudonym)
    words = Words(request.page.reading.registry)
    grants = list(known(found.grants, at).select_related("granted_by", "revoked_by"))
    stands = [*known(found.delegations, at).select_related("principal", "deputy", "revoked_by"),
              *known(found.standing_in, at).select_related("principal", "deputy", "revoked_by")]
    for row in (*grants, *stands):
        row.now = row.state(at)
    for grant in grants:
        grant.bounds = words.bounds(grant)
    may_grant = request.page.scope.may(Verb.GRANT)
    return render(request, "accounts/person.html", {
        "person": found, "grants": grants, "stands": stands, "history": events(grants, stands, at),
        "may_grant": may_grant, "other": found.pk != request.user.pk})


@needs(Verb.GRANT)
@never_cache
def person_new(request: Any) -> HttpResponse:
    """A new person; the first password is shown once."""
    form = PersonForm(request.POST or None, registry=request.page.reading.registry)
    if request.method == "POST" and form.is_valid():
        made, password = changes.add_person(
            username=form.cleaned_data["username"], full_name=form.cleaned_data["full_name"],
            language=form.cleaned_data["language"], organisation=form.organisation_row())
        return render(request, "accounts/password_once.html", {"person": made, "password": password, "new": True})
    return render(request, "accounts/person_new.html", {"form": form})


def _other(pseudonym: Any) -> User:
    return get_object_or_404(User, pseudonym=pseudonym)


@needs(Verb.GRANT)
@require_POST
@never_cache
def person_password(request: Any, pseudonym: Any) -> HttpResponse:
    """A new first password for somebody, shown once."""
    found = _other(pseudonym)
    try:
        password = changes.renew_password(request.user, found)
    except changes.Refused as error:
        messages.error(request, str(error))
        return redirect("person", pseudonym)
    return render(request, "accounts/password_once.html", {"person": found, "password": password, "new": False})


@needs(Verb.GRANT)
@require_POST
def person_active(request: Any, pseudonym: Any) -> HttpResponse:
    """Close an account or open it again."""
    found, active = _other(pseudonym), request.POST.get("active") == "1"
    try:
        changes.set_active(request.user, found, active)
    except changes.Refused as error:
        messages.error(request, str(error))
        return redirect("person", pseudonym)
    messages.success(request, _("The account is open.") if active else _(
        "The account is closed; its sessions and tokens ended."))
    return redirect("person", pseudonym)


@needs(Verb.READ_ACCESS)
def organisations(request: Any) -> HttpResponse:
    """Organisations of the console and of the registry, and a form for a new one."""
    registry, may_grant = request.page.reading.registry, request.page.scope.may(Verb.GRANT)
    form = OrganisationForm(request.POST or None, registry=registry) if may_grant else None
    if request.method == "POST":
        request.page.reading.demand(Verb.GRANT)
        if form is not None and form.is_valid():
            try:
                made = changes.add_organisation(request.user, **form.cleaned_data)
            except (changes.Refused, EntryError) as error:
                form.add_error("id", str(error))
            else:
                messages.success(request, _("{name} was added and is on its way into the ledger.").format(
                    name=made.name))
                return redirect("organisations")
    rows = {row.id: {"row": row, "kind": OrganisationKind(row.kind).label, "people": row.number}
            for row in Organisation.objects.annotate(number=Count("people"))}
    for row in registry.organisations.values():
        rows.setdefault(row.id, {"row": row, "people": 0, "kind": OrganisationKind(row.kind).label
                                 if row.kind in OrganisationKind.values else "–"})
    page = Paginator(sorted(rows.values(), key=lambda item: item["row"].name), PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/organisations.html", {"rows": page, "form": form})
