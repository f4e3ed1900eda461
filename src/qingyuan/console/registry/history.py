"""The page of one entry: what holds, all versions on both clocks, and what each of them changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.labels import map_labels
from qingyuan.console.registry.fieldset import FIELDS, HIDDEN, KIND_WORDS, NAMES, shown
from qingyuan.console.registry.known import Version, standing, timeline, versions
from qingyuan.console.registry.listing import HOME, TITLES
from qingyuan.console.registry.outlines import view_of
from qingyuan.console.registry.pages import kind_of
from qingyuan.console.registry.people import names_of
from qingyuan.console.registry.rights import logger_sites, may_change, may_see, seen_names, veiled
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.page import BadInstant, instant_us
from qingyuan.console.shell.words import name_of
from qingyuan.registry import EntryKind, Park

A_PAGE = 100
LOGGER_ONLY = ("mn", "edition", "crc", "allow", *HIDDEN)


@dataclass(frozen=True)
class Differing:
    """One field before and after, as a person reads it."""

    name: str
    words: Any
    before: str
    after: str


def differences(kind: EntryKind, before: Version | None, after: Version | None,
                without: Sequence[str] = ()) -> list[Differing]:
    """Fields that differ between two versions, in the order of the form; a secret only as there or not there."""
    old, new = (version.data if version else {} for version in (before, after))
    names = [field.name for field in FIELDS[kind]] + list(HIDDEN)
    found = []
    for name in names:
        if name in without:
            continue
        texts = shown(kind, name, old.get(name)) if before else "", shown(kind, name, new.get(name)) if after else ""
        if texts[0] != texts[1] or (name in HIDDEN and before and after and old.get(name) != new.get(name)):
            found.append(Differing(name, NAMES[name], *texts))
    return found


def facts(kind: EntryKind, version: Version, without: Sequence[str] = ()) -> list[tuple[Any, str]]:
    """Every field that is stated, as a person reads it."""
    names = [field.name for field in FIELDS[kind]] + list(HIDDEN)
    found = [(NAMES[name], shown(kind, name, version.data.get(name))) for name in names if name not in without]
    return [(words, text) for words, text in found if text]


@needs(Verb.READ_FIGURES)
def entry(request: Any, kind: str, name: str) -> HttpResponse:
    """One entry with its history as known at the page's instant, newest first; `with` names a second instant to compare
    with, `page` and `span` turn the history and what holds over data time.
    """
    wanted, reading = kind_of(kind), request.page.reading
    found = versions(wanted, name, reading.as_of_us)
    if not found or not may_see(reading, wanted, name):          # one answer for both: it does not tell which
        raise Http404(name)
    names = seen_names(reading.scope, reading.registry)
    found = [veiled(version, names) for version in found]
    hidden = LOGGER_ONLY if wanted is EntryKind.SITE and name not in logger_sites(reading.scope) else ()
    holds = standing(found)
    assert holds is not None
    pages = Paginator(range(len(found) - 1, -1, -1), A_PAGE).get_page(request.GET.get("page"))
    rows = [{"version": found[number], "first": number == 0,
             "changes": differences(wanted, _before(found, number), found[number], hidden),
             "url": reverse("leaf", args=["office", found[number].leaf])} for number in pages]
    other, other_us, wrong = _compared(request, wanted, name)
    other = veiled(other, names) if other else None
    return render(request, "registry/entry.html", {
        "kind": wanted.value, "kind_words": KIND_WORDS[wanted], "name": name, "title": name_of_record(holds),
        "list": HOME[wanted].value, "list_words": TITLES[HOME[wanted]], "facts": facts(wanted, holds, hidden),
        "holds": holds, "rows": rows, "turns": pages,
        "timeline": Paginator(timeline(found), A_PAGE).get_page(request.GET.get("span")),
        "names": names_of(reading.scope, [found[number] for number in pages]),
        "may_change": may_change(reading.scope, holds.entry.record),
        "may_leaf": reading.scope.may(Verb.READ_LEDGERS), "other_us": other_us, "wrong": wrong, "with": request.GET.get(
            "with", ""), "compared": differences(wanted, other, holds, hidden) if other_us is not None else None,
        "other": other, **_map(wanted, holds)})


def _map(kind: EntryKind, holds: Version) -> dict[str, Any]:
    """What the page needs for the map of a park with an outline."""
    park = holds.entry.record
    if kind is not EntryKind.PARK or not isinstance(park, Park) or not park.outline:
        return {}
    return {"view": view_of(park), "labels": json.dumps(map_labels(), ensure_ascii=False)}


def _before(found: Sequence[Version], number: int) -> Version | None:
    """The version that a later one speaks against: the one that held at its beginning, else the one standing then."""
    if number == 0:
        return None
    earlier = found[:number]
    begin = found[number].entry.valid_from_us
    covering = [v for v in earlier if v.entry.valid_from_us is None or (begin is not None and v.entry.covers(begin))]
    return covering[-1] if covering else standing(earlier)


def _compared(request: Any, kind: EntryKind, name: str) -> tuple[Version | None, int | None, bool]:
    text = request.GET.get("with", "")
    if not text:
        return None, None, False
    try:
        at_us = instant_us(text)
    except BadInstant:
        return None, None, True
    return standing(versions(kind, name, at_us)), at_us, False


def name_of_record(version: Version) -> str:
    """What an entry is called: its name where it has one, else its number."""
    record: Any = version.entry.record
    return name_of(record) if getattr(record, "name", "") else version.entry.id
