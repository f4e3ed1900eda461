"""The gateway page, and the registration of loggers that nobody knows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qingyuan.console import home, received
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import ADMIT, wait_for
from qingyuan.console.operations import recent, register, watch
from qingyuan.console.operations.inspect import table
from qingyuan.console.operations.opened import ledger as opened_ledger
from qingyuan.console.operations.words import REMEDIES
from qingyuan.console.reading import NoSuchThing, NotAllowed
from qingyuan.console.registry import changing
from qingyuan.console.registry.change import why
from qingyuan.console.registry.faults import sentence
from qingyuan.console.shell.access import needs
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.registry import EntryError
from qingyuan.registry.entries import ENVELOPE

A_PAGE, GAPS = 100, 20
UNTIL_KNOWN = timedelta(seconds=5)       # after an entry every gateway has taken it up: it looks each second
EMPTY = ""             # import refuses an empty password, so that nobody forgets to fill it in


@require_safe
@needs(Verb.READ_GATEWAY)
def gateway(request: Any) -> HttpResponse:
    """Connections, rate, lag, silence, clocks and what was refused."""
    reading = request.page.reading
    tails = recent.tails(request.page.as_of_us)
    running = watch.gateways(reading, tails)
    groups = watch.refused(reading, tails)
    silent = watch.silent(reading)
    gaps = sorted((gap for one in running for gap in one.gaps), key=lambda gap: -gap.begin_us)
    shown = Paginator(groups, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operations/_gateway.html" if request.htmx else "operations/gateway.html", {
        "gateways": running, "on": sum(one.running for one in running),
        "connections": sum(one.connections for one in running if one.running),
        "came": received.last_minute(reading.as_of_us),
        "lag_s": home.status("pipeline.status.json").get("lag_s") if request.page.as_of_us is None else None,
        "silent": Paginator(silent, A_PAGE).get_page(request.GET.get("silent")), "silent_count": len(silent),
        "whole": sum(one.whole for one in silent), "shown_us": reading.shown_us,
        "clocks": watch.clocks(reading, tails)[:A_PAGE], "limit_s": watch.WRONG_CLOCK_S, "gaps": gaps[:GAPS],
        "by_verdict": watch.by_verdict(groups), "shown": shown, "rows": list(shown),
        "remedies": [(verdict, REMEDIES[verdict]) for verdict in sorted({one.verdict for one in shown})],
        "since_us": min((t.since_us for t in tails.values() if t.since_us is not None), default=None),
        "may_admit": reading.scope.may(Verb.ADMIT), "admittable": reading.scope.sites(Verb.ADMIT),
        "live": request.page.as_of_us is None})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Verb.ADMIT)
def admit(request: Any, mn: str) -> HttpResponse:
    """A form for an unknown logger, a preview of what would be entered, and then the entry itself."""
    reading = request.page.reading
    if not reading.scope.everywhere(Verb.READ_GATEWAY):
        raise NotAllowed(Verb.READ_GATEWAY)
    tails = recent.tails()
    sample = register.newest(tails, mn)
    if sample is None or request.page.as_of_us is not None:
        raise NoSuchThing(mn)
    begin, telegram = register.suggested(sample)
    lying = register.waiting(tails, mn)
    form = register.RegisterForm(request.POST or None, initial=begin, mn=mn, reading=reading)
    if request.method == "POST" and form.is_valid() and request.POST.get("step") == "enter":
        try:
            return _followed([wait_for(row) for row in register.enter(form, mn, request.user)])
        except changing.Conflict:
            form.add_error(None, _("The same site is on its way into the ledger already."))
        except EntryError as error:
            form.add_error(None, sentence(error))
    preview = request.method == "POST" and form.is_valid() and request.POST.get("step") == "preview"
    with opened_ledger(sample.ledger) as reader:
        frame = parse(reader.leaf(sample.leaf).data).payload
    assert isinstance(frame, FrameLeaf)
    rows, runs = table(frame.masked, telegram, None)
    return render(request, "operations/admit.html", {
        "mn": mn, "form": form, "preview": preview, "waiting": lying, "count": sum(one.count for one in lying),
        "sample": sample, "runs": runs, "rows": rows, "said": form.said() if preview else [],
        "entry": _as_it_will_stand(form) if preview else ""})


def _as_it_will_stand(form: register.RegisterForm) -> str:
    """The entry as JSON; the keyed hash of a password is made later."""
    data = {name: "…" if name == "password_check" else value for name, value in form.entry["data"].items()}
    return json.dumps({**form.entry, "data": data}, ensure_ascii=False, indent=1)


@require_POST
@needs(Verb.ADMIT)
def take_in(request: Any, mn: str) -> HttpResponse:
    """Take in what still lies in quarantine of a logger that has been registered."""
    return _followed([wait_for(register.take_in(request.page.at(None), mn, request.user))])


def _followed(rows: list[Outbox]) -> HttpResponse:
    """To the page that follows some rows of the outbox."""
    return HttpResponseRedirect(f"{reverse('admitted')}?{urlencode([('row', str(row.key)) for row in rows])}")


@require_safe
@needs(Verb.ADMIT)
def admitted(request: Any) -> HttpResponse:
    """Where the entries of a registration stand in the office ledger; only the person's own."""
    keys = []
    for text in request.GET.getlist("row")[:A_PAGE]:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    rows = list(Outbox.objects.filter(key__in=keys, by=request.user.pseudonym))
    if not rows:
        raise NoSuchThing("no such entries")
    site = next((row.payload for row in rows if row.payload.get("entry") == "site"), None)
    mn = next((row.payload["mn"] for row in rows if row.kind == ADMIT), "")
    reading = request.page.at(None)
    fresh = timezone.now() - UNTIL_KNOWN
    moving = any(row.waiting or (row.appended_at is not None and row.appended_at > fresh) for row in rows)
    template = "operations/_admitted.html" if request.htmx else "operations/admitted.html"
    return render(request, template, {
        "rows": [(row, why(reading.scope, row) if row.refused else "") for row in rows], "moving": moving, "site": site,
        "mn": mn, "left": 0 if any(row.waiting for row in rows) else register.left(reading, recent.tails(), mn),
        "may_take": mn in reading.registry.by_mn and reading.registry.by_mn[mn].id in reading.scope.sites(Verb.ADMIT),
        "file": _with_password(site)})


def _with_password(site: dict[str, Any] | None) -> str:
    """The entry as an import file that sets a password: to be filled in where the keyring is, never here."""
    if site is None or site["data"].get("password_check"):
        return ""
    entry = {name: site[name] for name in ENVELOPE if name in site} | {"data": {**site["data"], "password": EMPTY}}
    return json.dumps({"entries": [entry]}, ensure_ascii=False, indent=1)
