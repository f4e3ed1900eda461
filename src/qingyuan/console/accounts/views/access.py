"""Who may do what: the table of roles, what holds where, the check against the ledger, who read which file."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts import integrity
from qingyuan.console.accounts.bounds import Words
from qingyuan.console.accounts.forms import GIVEN
from qingyuan.console.accounts.models import Delegation, DossierRead, Grant
from qingyuan.console.accounts.verbs import INCOMPATIBLE, ROLE_WORDS, VERB_WORDS, VERBS, Role, Verb
from qingyuan.console.accounts.views.instant import instant, known
from qingyuan.console.home import registry as registry_now
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.templatetags.qy import local
from qingyuan.console.shell.words import name_of

PAGE = 100
FIELD_WORDS = {
    "holder": _("holder"), "role": _("role"), "territory": _("territory"), "line": _("line"), "subject": _("subject"),
    "from_us": _("from"), "to_us": _("until"), "revoked_us": _("revoked"), "principal": _("on leave"),
    "deputy": _("deputy"),
}


@needs(Verb.READ_ACCESS)
def matrix(request: Any) -> HttpResponse:
    """Role by verb, roles kept apart, and who holds what where at the instant."""
    at = instant(request)
    roles = [*GIVEN, Role.PUBLIC]
    table = [(verb, VERB_WORDS[verb], [(role, verb in VERBS[role]) for role in roles]) for verb in Verb]
    apart = [(ROLE_WORDS[role], [ROLE_WORDS[other] for other in GIVEN if frozenset({role, other}) in INCOMPATIBLE])
             for role in GIVEN]
    words = Words(request.page.reading.registry)
    holders = known(Grant.objects.in_force(at), at).filter(holder__is_active=True).select_related(
        "holder__organisation").order_by("role", "holder__username")
    page = Paginator(holders, PAGE).get_page(request.GET.get("page"))
    for grant in page:
        grant.words, grant.bounds = ROLE_WORDS[Role(grant.role)], words.bounds(grant)
    stands = known(Delegation.objects.in_force(at), at).select_related("principal", "deputy")
    return render(request, "accounts/access.html", {
        "roles": [ROLE_WORDS[role] for role in roles], "table": table, "apart": [row for row in apart if row[1]],
        "rows": page, "stands": list(stands[:PAGE])})


@needs(Verb.READ_ACCESS)
def check(request: Any) -> HttpResponse:
    """Rights of the database against the ledger."""
    found = integrity.check(registry_now())
    rows = [(row, [(FIELD_WORDS[name], _shown(name, here), _shown(name, there)) for name, here, there in row.fields])
            for row in found.differences]
    return render(request, "accounts/check.html", {"check": found, "rows": rows})


def _shown(name: str, text: str) -> Any:
    if name.endswith("_us") and text:
        return local(int(text))
    return ROLE_WORDS[Role(text)] if name == "role" and text in set(Role) else text


@needs(Verb.READ_LOG)
def reads(request: Any) -> HttpResponse:
    """Who read which file of an enterprise, newest first."""
    text = request.GET.get("q", "").strip()
    rows = DossierRead.objects.select_related("reader__organisation")
    if request.page.as_of_us is not None:
        rows = rows.filter(at__lte=instant(request))
    sites = request.page.reading.registry.sites
    if text:
        named = [site.id for site in sites.values() if text.lower() in f"{site.name} {site.name_en}".lower()]
        rows = rows.filter(Q(site__icontains=text) | Q(site__in=named) | Q(reader__username__icontains=text)
                           | Q(reader__full_name__icontains=text))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.name = name_of(sites[row.site]) if row.site in sites else row.site
    return render(request, "accounts/reads.html", {"rows": page, "q": text})
