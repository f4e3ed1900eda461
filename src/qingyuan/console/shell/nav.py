"""The main navigation: one entry a page, shown to those who may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb


@dataclass(frozen=True)
class Entry:
    """One entry: name of its address, words, the verb it needs (None: being logged in), and a word for a phone."""

    name: str
    words: Any
    verb: Verb | None = None
    short: Any = ""


ENTRIES = (
    Entry("home", _("Home")),
    Entry("map", _("Map"), Verb.READ_FIGURES),
    Entry("sites", _("Sites"), Verb.READ_FIGURES),
    Entry("sections", _("Water sections"), Verb.READ_FIGURES, _("Sections")),
    Entry("gateway", _("Gateway"), Verb.READ_GATEWAY),
    Entry("inspector", _("Telegrams"), Verb.READ_TELEGRAMS),
    Entry("ledgers", _("Evidence"), Verb.READ_LEDGERS),
    Entry("registry", _("Registry"), Verb.EDIT_REGISTRY),
    Entry("people", _("People"), Verb.READ_ACCESS),
    Entry("api", _("Interface"), Verb.USE_API),
)


def entries(scope: Scope, path: str) -> list[dict[str, Any]]:
    """Entries for a person; `here` marks the one whose pages begin like `path`."""
    found = []
    for entry in ENTRIES:
        if entry.verb is not None and not scope.may(entry.verb):
            continue
        try:
            url = reverse(entry.name)
        except NoReverseMatch:
            continue
        here = path == url if url == "/" else path.startswith(url) and not path.startswith(reverse("me"))
        found.append({"url": url, "words": entry.words, "short": entry.short or entry.words, "here": here,
                      "name": entry.name})
    return found
