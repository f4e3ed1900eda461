"""Making and changing an entry: form, preview of what it would change, confirmation."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qingyuan.console import home
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.office import password
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import wait_for
from qingyuan.console.registry import changing
from qingyuan.console.registry.coordinates import doubts_with, told
from qingyuan.console.registry.effects import counted, moved, sentences
from qingyuan.console.registry.faults import field_words, sentence
from qingyuan.console.registry.fieldset import KIND_WORDS
from qingyuan.console.registry.forms import EntryForm, local_text
from qingyuan.console.registry.history import differences, name_of_record
from qingyuan.console.registry.known import NEVER, Version, base_of, standing, timeline, versions
from qingyuan.console.registry.listing import HOME, TITLES
from qingyuan.console.registry.pages import kind_of
from qingyuan.console.registry.rights import demand_change, may_see
from qingyuan.console.shell.access import needs
from qingyuan.registry import EntryError, EntryKind, Site, parse
from qingyuan.registry import changing as in_force

STEPS = ("step", "csrfmiddlewaretoken")
AGAIN = ("base", password.NAME, password.CARRIED)          # fields a preview carries on by itself, or not at all


@needs(Verb.EDIT_REGISTRY)
def new(request: Any, kind: str) -> HttpResponse:
    """A new entry."""
    return _edit(request, kind_of(kind), None, [])


@needs(Verb.EDIT_REGISTRY)
def change(request: Any, kind: str, name: str) -> HttpResponse:
    """A new version of an entry."""
    wanted = kind_of(kind)
    found = versions(wanted, name)
    if not found or not may_see(request.page.reading, wanted, name):
        raise Http404(name)
    leaf = request.POST.get("of") or request.GET.get("of", "")
    base = next((v for v in found if str(v.leaf) == leaf), standing(found))
    assert base is not None
    demand_change(request.page.scope, base.entry.record)
    return _edit(request, wanted, base, found)


def _edit(request: Any, kind: EntryKind, of: Version | None, found: list[Version]) -> HttpResponse:
    if request.method != "POST":
        initial = {"valid_from": local_text(of.entry.valid_from_us), "valid_to": local_text(of.entry.valid_to_us)
                   } if of else {name: request.GET[name] for name in ("site", "kind", "belongs") if name in request.GET}
        return _form(request, kind, of, EntryForm(kind, of, initial=initial), base_of(found))
    form = EntryForm(kind, of, request.POST)
    base = _whole(request.POST.get("base", ""))
    step = request.POST.get("step", "preview")
    if not form.is_valid() or step == "edit":
        return _form(request, kind, of, form, base)
    if of is None:
        found = versions(kind, form.payload["id"])
        base = NEVER if "base" not in request.POST else base
    demand_change(request.page.scope, parse(form.payload).record, *(v.entry.record for v in found[-1:]))
    try:
        changing.check_base([(form.payload, base)])
        if clash := [p for p in changing.clashes([form.payload], request.page.scope) if p.field in form.fields]:
            for problem in clash:
                form.add_error(problem.field, sentence(problem))
            return _form(request, kind, of, form, base)
        if step != "confirm":
            return _preview(request, kind, of, form, base, found)
        row = wait_for(changing.apply([(form.payload, base)], request.user, sealed=(form.box,))[-1])
    except changing.Conflict as conflict:
        return _conflict(request, kind, of, form, conflict)
    except EntryError as error:
        form.add_error(error.field if error.field in form.fields else None, sentence(error))
        return _form(request, kind, of, form, base)
    return _done(request, kind, form.payload["id"], row, new_one=not found)


def _form(request: Any, kind: EntryKind, of: Version | None, form: EntryForm, base: int) -> HttpResponse:
    return render(request, "registry/form.html", {
        "kind": kind.value, "kind_words": KIND_WORDS[kind], "form": form, "of": of, "base": base,
        "title": name_of_record(of) if of else "", "list": HOME[kind].value, "list_words": TITLES[HOME[kind]]})


def _preview(request: Any, kind: EntryKind, of: Version | None, form: EntryForm, base: int,
             found: list[Version]) -> HttpResponse:
    reading = request.page.at(None)
    after = changing.after(found, form.payload)
    record = after[-1].entry.record
    spans = moved(found, after) if kind is EntryKind.SITE else {}
    old = of.entry.record if of else None
    before, new = (site if isinstance(site, Site) else None for site in (old, record))
    cities = sorted({site.city for site in (before, new) if site is not None and site.city} if spans else ())
    said = [(v.entry.learned_us, dict(v.payload)) for v in found]
    doubted = doubts_with(reading, [new]) if new else []
    return render(request, "registry/preview.html", {
        "kind": kind.value, "kind_words": KIND_WORDS[kind], "name": form.payload["id"], "of": of, "base": base,
        "hidden": [(name, value) for name, values in request.POST.lists() if name not in (*STEPS, *AGAIN)
                   for value in values],
        "changes": differences(kind, of, after[-1]), "before": timeline(found) if found else [],
        "after": timeline(after), "nothing": not in_force(said, [form.payload]), "fresh": after[-1],
        "moves": [(field_words(name), span) for name, span in spans.items()],
        "sentences": sentences(spans, before, new),
        "counted": counted(reading, spans, form.payload["id"], cities), "secret_lost": form.secret_lost,
        "carried": form.carried,
        "new_logger": kind is EntryKind.SITE and of is None and not form.box,
        "doubts": [told(doubt) for _site, doubt in doubted],
        "list": HOME[kind].value, "list_words": TITLES[HOME[kind]]})


def _conflict(request: Any, kind: EntryKind, of: Version | None, form: EntryForm,
              conflict: changing.Conflict) -> HttpResponse:
    found = versions(kind, form.payload["id"])
    newest = found[-1] if found and not conflict.waiting else None
    earlier = next((v for v in found if str(v.leaf) == request.POST.get("base")), of)
    return render(request, "registry/conflict.html", {
        "kind": kind.value, "kind_words": KIND_WORDS[kind], "name": form.payload["id"], "waiting": conflict.waiting,
        "newest": newest, "theirs": differences(kind, earlier, newest) if newest else [],
        "mine": differences(kind, earlier, changing.after(found, form.payload)[-1]), "there": bool(found),
        "list": HOME[kind].value, "list_words": TITLES[HOME[kind]]}, status=409)


def _done(request: Any, kind: EntryKind, name: str, row: Outbox, *, new_one: bool) -> HttpResponse:
    say(request, row)
    if new_one and row.leaf is None:
        return HttpResponseRedirect(reverse("registry_list", args=[HOME[kind].value]))
    home.registry()
    return HttpResponseRedirect(reverse("registry_entry", args=[kind.value, name]))


def say(request: Any, row: Outbox) -> None:
    """Tell what became of a change: its leaf, or that it waits."""
    if row.leaf is not None:
        messages.success(request, _("It stands in the office ledger as leaf {leaf}.").format(leaf=row.leaf))
    elif row.refused:
        messages.error(request, _("The ledger refused it: {why}").format(why=why(request.page.scope, row)))
    else:
        messages.warning(request, _("It is kept and waits for its leaf in the office ledger; it holds from then on. "
                                    "If it stays so for long, see whether the worker runs."))


def why(scope: Scope, row: Outbox) -> str:
    """Why the ledger refused a row, in the reader's language."""
    found = changing.refusal(row, Scope(scope.rights, home.registry()))         # the other site may have come since
    return row.refused if found is None else _("{entry}, {field}: {what}").format(
        entry=found.entry, field=field_words(found.field), what=sentence(found))


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else NEVER
