"""Import of a file: upload, preview, confirmation of exactly what was previewed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import mark, record, wait_for
from qingyuan.console.registry import changing
from qingyuan.console.registry.change import say, why
from qingyuan.console.registry.coordinates import doubts_with, told, told_sound
from qingyuan.console.registry.effects import moved
from qingyuan.console.registry.faults import field_words, remedy, sentence
from qingyuan.console.registry.faults import told as fault_told
from qingyuan.console.registry.fieldset import KIND_WORDS
from qingyuan.console.registry.history import differences
from qingyuan.console.registry.importing.check import STATE_WORDS, State, check
from qingyuan.console.registry.importing.opening import LARGEST, Unreadable, open_rows
from qingyuan.console.registry.known import everything, standing
from qingyuan.console.registry.models import ImportDraft
from qingyuan.console.shell.access import needs
from qingyuan.evidence.leaf import Kind
from qingyuan.registry import EntryError, EntryKind, Site, parse

A_PAGE = 100
PLACE = ("lon", "lat")


@needs(Verb.EDIT_REGISTRY)
def upload(request: Any) -> HttpResponse:
    """The form for a file; a checked one leads to its preview."""
    wrong: Any = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Unreadable(_("No file was chosen."), _("Choose a CSV, XLSX or JSON file."))
            if file.size > LARGEST:
                raise Unreadable(_("The file is larger than 2 MB."), _("Send it in parts."))
            data = file.read()
            rows, faults = check(open_rows(data), request.page.scope)
        except Unreadable as error:
            wrong = error
        else:
            found = ImportDraft.objects.create(
                owner=request.user, file=file.name[:200], sha256=_hash(data, rows), rows=rows,
                faults=[asdict(fault) for fault in faults])
            return HttpResponseRedirect(reverse("registry_draft", args=[found.key]))
    ImportDraft.objects.filter(expires__lt=timezone.now(), applied__isnull=True).delete()
    mine = ImportDraft.objects.filter(owner=request.user, expires__gte=timezone.now()).only("key", "file", "created",
                                                                                             "applied")[:10]
    return render(request, "registry/import.html", {"wrong": wrong, "mine": mine})


@needs(Verb.EDIT_REGISTRY)
def draft(request: Any, key: Any) -> HttpResponse:
    """Preview of a file, and its confirmation. Only its owner sees it, until it expires."""
    found = ImportDraft.objects.select_related("last").filter(key=key, owner=request.user,
                                                              expires__gte=timezone.now()).first()
    if found is None:
        raise Http404(key)
    conflict: changing.Conflict | None = None
    wrong = ""
    if request.method == "POST":
        try:
            row = _apply(found, request.user)
        except changing.Conflict as error:
            conflict = error
        except EntryError as error:
            wrong = sentence(error)
        else:
            if row is not None:
                say(request, wait_for(row))
            return HttpResponseRedirect(reverse("registry_draft", args=[found.key]))
    return _shown(request, found, conflict, wrong)


def _apply(found: ImportDraft, by: Any) -> Outbox | None:
    """Record what was previewed, all or nothing; None where there is nothing to record. Raises Conflict, EntryError."""
    needed = [row for row in found.rows if row["state"] != State.UNCHANGED]
    based = [(row["payload"], row["base"]) for row in needed]
    if found.faults or not based:
        return None
    with transaction.atomic():
        mine = ImportDraft.objects.filter(pk=found.pk, applied__isnull=True).update(applied=timezone.now())
        if not mine:
            return found.last
        together = mark()
        record(Kind.FILE, {"name": found.file, "sha256": found.sha256, "bytes": ""}, by, together=together)
        last = changing.apply(based, by, together=together, sealed=tuple(row.get("sealed", "") for row in needed))[-1]
        ImportDraft.objects.filter(pk=found.pk).update(last=last, rows=[row | {"sealed": ""} for row in found.rows])
    return last


def _hash(data: bytes, rows: Iterable[dict[str, Any]]) -> str:
    """SHA-256 of a file; empty for one that gave passwords, which could be guessed by it."""
    return "" if any(row["sealed"] for row in rows) else sha256(data).hexdigest()


def _shown(request: Any, found: ImportDraft, conflict: changing.Conflict | None, wrong: str = "") -> HttpResponse:
    page = Paginator([row for row in found.rows if row["state"] != State.UNCHANGED], A_PAGE).get_page(
        request.GET.get("page"))
    known = everything()
    rows = []
    for row in page:
        kind, name = EntryKind(row["payload"]["entry"]), row["payload"]["id"]
        versions = [v for v in known.get((kind, name), ()) if v.leaf <= row["base"]]
        after = changing.after(versions, row["payload"])
        rows.append({"line": row["line"], "state": STATE_WORDS[State(row["state"])], "kind": KIND_WORDS[kind],
                     "name": name, "changes": differences(kind, standing(versions), after[-1]),
                     "fresh": not versions, "entry": after[-1].entry,
                     "moves": [field_words(f) for f in moved(versions, after)] if kind is EntryKind.SITE else []})
    counts = {state: sum(1 for row in found.rows if row["state"] == state) for state in State}
    faults = [{**fault, "words": field_words(fault["field"]) if fault["field"] else "",
               "what": fault_told(fault["what"]), "remedy": remedy(fault["remedy"])} for fault in found.faults]
    return render(request, "registry/draft.html", {
        "draft": found, "rows": rows, "shown": page, "faults": faults[:A_PAGE], "fault_count": len(faults),
        "counts": [(STATE_WORDS[state], count) for state, count in counts.items()], "conflict": conflict,
        "verdicts": _verdicts(request, found, faults), "row": found.last, "wrong": wrong,
        "refused": why(request.page.scope, found.last) if found.last and found.last.refused else "",
        "ready": not faults and not found.applied and counts[State.NEW] + counts[State.CHANGED] > 0},
        status=409 if conflict or wrong else 200)


def _verdicts(request: Any, found: ImportDraft, faults: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found of the coordinate of each site of the file, the wrong ones first, then by row."""
    lines = {row["payload"]["id"]: row["line"] for row in found.rows if row["payload"]["entry"] == EntryKind.SITE}
    records = [parse(row["payload"]).record for row in found.rows if row["payload"]["id"] in lines]
    fresh = {record.id: record for record in records if isinstance(record, Site)}
    out = [{"line": fault["line"], "name": "", "wrong": True, "text": f"{fault['words']}: {fault['what']}"}
           for fault in faults if fault["field"] in PLACE]
    if found.applied or not (fresh or out):
        return []
    doubted = doubts_with(request.page.at(None), fresh.values())
    out += [{"line": lines[site.id], "name": site.id, "wrong": True, "text": told(doubt)} for site, doubt in doubted]
    wrong = {site.id for site, _doubt in doubted}
    sound = [site for name, site in fresh.items() if name not in wrong]
    out += [{"line": lines[site.id], "name": site.id, "wrong": False, "text": told_sound(site)}
            for site in sound[:max(0, A_PAGE - len(out))]]
    return sorted(out[:A_PAGE], key=lambda row: (not row["wrong"], row["line"]))
