"""Telegrams: the inspector for pasted ones, the list of a site, and one as it is stored."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.operations import inspect, opened, packets, proofs, telegrams
from qingyuan.console.operations.meanings import named
from qingyuan.console.operations.words import CRC_AT_RECEIPT, REMEDIES, VERDICTS
from qingyuan.console.reading import NoSuchThing
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.page import BadInstant, instant_us
from qingyuan.evidence.leaf import Verdict
from qingyuan.hj212 import COMMANDS, decode

A_PAGE = 100
EXAMPLE = (b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
           b"CP=&&RtdInterval=30&&1C80\r\n")       # HJ 212-2017, annex C


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Verb.READ_TELEGRAMS)
def inspector(request: Any) -> HttpResponse:
    """Explain what a person pasted. Nothing of it is kept."""
    shown: dict[str, Any] = {"example": EXAMPLE.decode(), "longest": packets.MOST_BYTES // 1024}
    if request.method == "POST":
        shown |= _read(request)
    template = "operations/_explained.html" if request.htmx else "operations/inspector.html"
    return render(request, template, shown)


def _read(request: Any) -> dict[str, Any]:
    try:
        pasted = packets.read(request.POST.get("packets", ""))
    except packets.NotReadable as error:
        return {"wrong": _faults()[error.fault]}
    reading = request.page.reading
    allowed = reading.scope.sites(Verb.READ_TELEGRAMS)
    found = []
    for raw in pasted.packets:
        site = reading.registry.by_mn.get(decode(raw).mn or "")
        found.append(inspect.explained(raw, site if site is not None and site.id in allowed else None))
    return {"found": found, "pasted": pasted, "form": _forms()[pasted.form],
            "withheld": any(one.withheld for one in found)}


def _faults() -> dict[packets.Fault, str]:
    return {packets.Fault.EMPTY: _("Nothing was pasted. Paste one or several packets, as text or hexadecimal digits."),
            packets.Fault.TOO_LONG: _("This is too long. At most 64 kB are read at once; paste a part of it."),
            packets.Fault.NO_PACKET: _("No packet begins here: a packet begins with ## and its length in four digits.")}


def _forms() -> dict[packets.Form, str]:
    return {packets.Form.HEXADECIMAL: _("hexadecimal digits"), packets.Form.UTF8: _("text, as UTF-8"),
            packets.Form.GBK: _("text, as GBK")}


@require_safe
@needs(Verb.READ_TELEGRAMS)
def of_site(request: Any, site: str) -> HttpResponse:
    """The newest telegrams of a site."""
    reading = request.page.reading
    found = reading.site(site, Verb.READ_TELEGRAMS)
    newest = reading.shown_us
    try:
        until = instant_us(request.GET["until"]) if request.GET.get("until") else newest
    except BadInstant as error:
        raise NoSuchThing(str(error)) from error
    pages = Paginator(telegrams.of_site(reading, site, until), A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    rows = [(line, named(COMMANDS[line.cn])) for line in shown]
    return render(request, "operations/of_site.html", {
        "site": found, "shown": shown, "rows": rows, "until": until, "from_us": until - telegrams.WINDOW_US,
        "later": until < newest, "later_us": min(newest, until + telegrams.WINDOW_US)})


@require_safe
@needs()
def stored(request: Any, ledger: str, leaf: int) -> HttpResponse:
    """One telegram as it is stored: whom it came from, what was made of it, and its proof."""
    reading = request.page.reading
    with opened.ledger(ledger) as reader:
        found = opened.leaf(reading, reader, leaf)
        if found.frame is None:
            raise NoSuchThing(f"{ledger} {leaf}")
        with opened.hidden(reading, ledger, leaf):
            site = opened.demand_frame(reading, found.frame)
        way = proofs.way(reader, leaf)
    frame = found.frame
    telegram = decode(frame.masked)
    taken_in = frame.verdict is Verdict.UNKNOWN_MN and opened.admitted(reading, ledger, leaf, telegram.mn or "")
    rows, runs = inspect.table(frame.masked, telegram, site)
    observed = telegrams.observations(reading, site, telegram, ledger, leaf) if site is not None else []
    template = "operations/_stored.html" if request.htmx else "operations/stored.html"
    return render(request, template, {
        "found": found, "frame": frame, "site": site, "way": way, "telegram": telegram, "rows": rows, "runs": runs,
        "verdict": VERDICTS[frame.verdict], "accepted": frame.verdict is Verdict.ACCEPTED,
        "remedy": None if taken_in else REMEDIES.get(frame.verdict), "taken_in": taken_in,
        "crc_words": CRC_AT_RECEIPT[frame.crc_variant],
        "may_see_ledgers": reading.scope.may(Verb.READ_LEDGERS), "observations": observed,
        "figures": telegrams.figures(reading, observed)})
