"""The first page of the registry and its lists."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.registry.coordinates import found_doubts
from qingyuan.console.registry.fieldset import KIND_WORDS, NAMES
from qingyuan.console.registry.known import EDITABLE, Version, everything
from qingyuan.console.registry.listing import COLUMNS, KINDS, TITLES, Listing, Shown, choices, kept, records
from qingyuan.console.registry.people import names_of
from qingyuan.console.registry.rights import may_see
from qingyuan.console.shell.access import needs
from qingyuan.registry import EntryKind

A_PAGE = 100
NEWEST = 20


def listing_of(text: str) -> Listing:
    """A list by its name in addresses. Raises Http404."""
    try:
        return Listing(text)
    except ValueError:
        raise Http404(text) from None


def kind_of(text: str) -> EntryKind:
    """A kind of entry that has pages here. Raises Http404."""
    if text not in [kind.value for kind in EDITABLE]:
        raise Http404(text)
    return EntryKind(text)


@needs(Verb.READ_FIGURES)
def overview(request: Any) -> HttpResponse:
    """Every list with its count, the newest changes, what is doubtful."""
    reading = request.page.reading
    lists = [{"listing": listing, "title": TITLES[listing], "count": len(records(listing, reading))}
             for listing in Listing]
    newest = sorted((v for found in everything().values() for v in found[-NEWEST:]
                     if reading.as_of_us is None or v.entry.learned_us <= reading.as_of_us),
                    key=lambda v: -v.leaf)
    shown: list[Version] = []
    for version in newest:
        if len(shown) == NEWEST:
            break
        if may_see(reading, version.entry.kind, version.entry.id):
            shown.append(version)
    return render(request, "registry/overview.html", {
        "lists": lists, "newest": shown, "names": names_of(request.page.scope, shown), "kinds": KIND_WORDS,
        "doubts": len(found_doubts(reading)), "may_change": reading.scope.may(Verb.EDIT_REGISTRY),
        "creatable": [(kind.value, KIND_WORDS[kind]) for kind in EDITABLE]})


@needs(Verb.READ_FIGURES)
def entries(request: Any, listing: str) -> HttpResponse:
    """One list: search, filters, pages of a hundred."""
    wanted, reading = listing_of(listing), request.page.reading
    every, seen = records(wanted, reading), Shown.of(reading)
    found = kept(every, wanted, request.GET, seen)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    kind, columns = KINDS[wanted], COLUMNS[wanted]
    rows = [{"id": record.id, "url": _address(kind, record.id),
             "cells": [(column.style, column.cell(record, seen)) for column in columns]}
            for record in shown]
    filters = [(name, NAMES[name], options, request.GET.get(name, ""))
               for name, options in choices(wanted, every).items() if len(options) > 1]
    return render(request, "registry/list.html", {
        "listing": wanted.value, "title": TITLES[wanted], "kind": kind.value, "columns": columns, "rows": rows,
        "shown": shown, "count": len(found), "total": len(every), "filters": filters, "tabs": tabs(),
        "asked": bool(request.GET.get("q") or any(value for *_, value in filters)),
        "exports": {form: _export(request, wanted, form) for form in ("csv", "xlsx")},
        "may_change": reading.scope.may(Verb.EDIT_REGISTRY), "may_export": reading.scope.may(Verb.EXPORT)})


def tabs() -> list[tuple[str, Any]]:
    """Names and words of every list."""
    return [(listing.value, TITLES[listing]) for listing in Listing]


def _export(request: Any, listing: Listing, form: str) -> str:
    """Address of the file of the same selection."""
    query = {name: value for name, value in request.GET.items() if name not in ("page", "lang")}
    return reverse("registry_export", args=[listing.value, form]) + (f"?{urlencode(query)}" if query else "")


def _address(kind: EntryKind, name: str) -> str:
    return reverse("registry_entry", args=[kind.value, name])

