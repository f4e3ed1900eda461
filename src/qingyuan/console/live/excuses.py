"""Why a value is as it is, in the reader's language: the pipeline's own sentences are a closed list of forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from qingyuan.console.reading import Rule
from qingyuan.console.shell import words
from qingyuan.quality import What

OTHER = {"unit": lambda: _("no exact conversion from the unit sent"),
         "too_few_minutes": lambda: _("fewer than 45 minutes count"),
         "no_mean": lambda: _("the newest telegram of the hour states no mean"),
         "too_large": lambda: _("a number too large to be one")}
RULES: dict[str, Callable[[], str]] = {
    Rule.MINUTES.value: lambda: _("at least 45 minutes"), Rule.HOURS.value: lambda: _("at least 20 hours"),
    Rule.MDA8.value: lambda: _("6 hours a window, 14 windows or above the limit; which windows count is a setting"),
    Rule.DROPPED.value: lambda: _("the telegram was dropped at the end of its retention, only its hash is left"),
    Rule.POINTS.value: lambda: _("concentrations of the points first, three quarters of them valid"),
}
FORMS: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"excluded: (.*)", lambda m: _("excluded: {reasons}").format(reasons=excluded(m[1].split(", ")))),
    (r"not valid: (\d+) hours", lambda m: _("not valid: {count} hours").format(count=m[1])),
    (r"(\d+) of (\d+) points valid",
     lambda m: _("{valid} of {count} points valid").format(valid=m[1], count=m[2])),
    (r"not published: a pollutant is missing.*\((HJ \d+-\d+) ([\d.]+)\)",
     lambda m: _("not published: a pollutant is missing and the index is not above 100 ({clause})").format(
         clause=f"{m[1]} {m[2]}")),
    (r"nothing was measured", lambda m: _("nothing was measured")),
    (r"as published under rule set (\S+); .*",
     lambda m: _("as published under rule set {rules}; the rules of this release give another value").format(
         rules=m[1])),
]


def excluded(names: list[str]) -> str:
    """Why a value was left out: names of tests, or what else may be wrong with it."""
    return _(", ").join(str(words.word(What(name)) if name in set(What) else OTHER[name]() if name in OTHER else name)
                        for name in names)


def in_words(text: str) -> str:
    """A rule or reason of a step; a form that is not known stays as it is."""
    if text in RULES:
        return RULES[text]()
    for form, made in FORMS:
        if found := re.fullmatch(form, text):
            return made(found)
    return text


def why_none(detail: dict[str, Any]) -> str:
    """Why a figure has no value, from its detail; empty where nothing is said."""
    if "excluded" in detail:
        return _("excluded: {reasons}").format(reasons=excluded(detail["excluded"]))
    if "hours" in detail:
        return _("not valid: {count} hours").format(count=detail["hours"])
    if "valid_points" in detail:
        return _("{valid} of {count} points valid").format(valid=detail["valid_points"], count=detail["points"])
    return ""
