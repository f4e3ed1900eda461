"""The evidence pages: ledgers, their leaves and publications, verification, and the check of a proof in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.operations import ledgers as read
from qingyuan.console.operations import opened, proofs, recent, verifying, watch
from qingyuan.console.operations.models import Runs, VerifyRun
from qingyuan.console.reading import NoSuchThing, NotAllowed
from qingyuan.console.shell.access import needs, open_to_all
from qingyuan.evidence import verify_bundle
from qingyuan.evidence.leaf import parse
from qingyuan.numerics.time import moment

A_PAGE = 100


@require_safe
@needs(Verb.READ_LEDGERS)
def ledgers(request: Any) -> HttpResponse:
    """Every ledger, who signed what, and the last verification."""
    reading, as_of_us = request.page.reading, request.page.as_of_us
    gaps = sorted((gap for one in watch.gateways(reading, recent.tails(as_of_us)) for gap in one.gaps),
                  key=lambda gap: -gap.begin_us)
    return render(request, "operations/ledgers.html", {
        "states": read.states(as_of_us), "run": _runs(request).first(), "gaps": gaps[:A_PAGE],
        "tick_us": reading.registry.tick_us, "newest": read.publications(as_of_us)[:1]})


def _runs(request: Any) -> Runs:
    """Verifications known at the page's instant, the newest first."""
    as_of_us = request.page.as_of_us
    found: Runs = VerifyRun.objects.select_related("by")
    return found.known(None if as_of_us is None else moment(as_of_us))


@require_POST
@needs(Verb.READ_LEDGERS)
def verify(request: Any) -> HttpResponse:
    """Start a verification, unless one runs."""
    run, _fresh = verifying.start(request.user)
    if request.htmx:
        return render(request, "operations/_run.html", {"run": run})
    return HttpResponseRedirect(reverse("verify_run", args=[run.pk]))


@require_safe
@needs(Verb.READ_LEDGERS)
def verify_run(request: Any, run: int) -> HttpResponse:
    """One verification: how far it is, or what it found."""
    found = _runs(request).filter(pk=run).first()
    if found is None:
        raise NoSuchThing(str(run))
    return render(request, "operations/_run.html" if request.htmx else "operations/run.html", {"run": found})


@require_safe
@needs(Verb.READ_LEDGERS)
def verify_runs(request: Any) -> HttpResponse:
    """All verifications, the newest first."""
    shown = Paginator(_runs(request), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operations/runs.html", {"shown": shown})


@require_safe
@needs(Verb.READ_LEDGERS)
def leaves(request: Any, ledger: str) -> HttpResponse:
    """The leaves of a ledger, the newest first: what kind, when, which hash. What they say is on their own pages."""
    with opened.ledger(ledger) as reader:
        first, size = reader.first(), opened.size_at(reader, request.page.as_of_us)
        pages = Paginator(range(size - 1, first - 1, -1), A_PAGE)
        shown = pages.get_page(request.GET.get("page"))
        numbers = list(shown)
        found = reader.leaves(numbers[-1], numbers[0] + 1) if numbers else ()
        rows = [(stored, parse(stored.data)) for stored in found]
    return render(request, "operations/leaves.html", {
        "ledger": ledger, "shown": shown, "rows": rows[::-1], "first": first, "size": size})


@require_safe
@needs(Verb.READ_LEDGERS)
def leaf(request: Any, ledger: str, leaf: int) -> HttpResponse:
    """One leaf with its proof; what it says only for those who may read that."""
    reading = request.page.reading
    with opened.ledger(ledger) as reader:
        found = opened.leaf(reading, reader, leaf)
        way, first = proofs.way(reader, leaf), reader.first()
        size = opened.size_at(reader, request.page.as_of_us)
    allowed = opened.may_read(reading, found)
    text = ""
    if allowed:
        text = found.frame.masked.decode("utf-8", "replace") if found.frame else read.shown(found.leaf.payload)
    return render(request, "operations/_leaf.html" if request.htmx else "operations/leaf.html", {
        "found": found, "way": way, "allowed": allowed, "blocked": not allowed, "text": text,
        "before": leaf - 1 if leaf > first else None, "after": leaf + 1 if leaf + 1 < size else None})


@require_safe
@needs()
def leaf_proof(request: Any, ledger: str, leaf: int) -> HttpResponse:
    """The proof of a leaf as a file, for those who may read the leaf."""
    reading = request.page.reading
    with opened.ledger(ledger) as reader:
        found = opened.leaf(reading, reader, leaf)
        with opened.hidden(reading, ledger, leaf):
            if found.frame is not None:
                opened.demand_frame(reading, found.frame)
            else:
                reading.demand(Verb.READ_LEDGERS)
                if not opened.may_read(reading, found):
                    raise NotAllowed(Verb.READ_FLAGS)
        data = proofs.bundle(reader, leaf)
    return HttpResponse(data, content_type="application/octet-stream", headers={
        "Content-Disposition": f'attachment; filename="{ledger}-{leaf}.bundle"'})


@require_safe
@needs(Verb.READ_LEDGERS)
def publications(request: Any) -> HttpResponse:
    """What was published, tick by tick."""
    shown = Paginator(read.publications(request.page.as_of_us), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operations/publications.html", {"shown": shown})


@require_safe
@needs(Verb.READ_LEDGERS)
def publication(request: Any, leaf: int) -> HttpResponse:
    """The figures of one publication that the person may read."""
    reading = request.page.reading
    found = next((one for one in read.publications(request.page.as_of_us) if one.leaf == leaf), None)
    if found is None:
        raise NoSuchThing(str(leaf))
    shown = Paginator(reading.published(found.tick_us), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "operations/publication.html", {"found": found, "shown": shown, "sites": {
        figure.subject: reading.registry.sites.get(figure.subject) for figure in shown}})


@require_safe
@open_to_all
def verify_drop(request: Any) -> HttpResponse:
    """A proof is dropped here and checked in the browser; without script the page says how to check it by hand."""
    return render(request, "operations/verify_drop.html")


@require_safe
@open_to_all
def verifier(request: Any) -> HttpResponse:
    """The one-file verifier, to be run by a stranger."""
    return HttpResponse(Path(str(verify_bundle.__file__)).read_bytes(), content_type="text/plain; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="verify_bundle.py"'})

