"""Two cuts side by side: the figures of one subject as they were believed at two instants."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.period import period_of
from qingyuan.console.reading import CITY, NoSuchThing, NotAllowed, Reading
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.page import BadInstant, instant_text, instant_us
from qingyuan.pipeline.figure import TABLES, Figure

A_PAGE = 100
Key = tuple[int, str]


@needs(Verb.READ_FIGURES)
def cuts(request: Any) -> HttpResponse:
    """Figures of a site or city at instants `a` and `b`; those that differ first asked for, all on demand."""
    page, query = request.page, request.GET
    subject = query.get("subject", "")
    instants, wrong = _instants(query)
    context: dict[str, Any] = {"subject": subject, "a": query.get("a", ""), "b": query.get("b", ""), "wrong": wrong,
                               "all": query.get("all") == "1", "title": subject}
    if subject:
        context["title"] = _known(page.reading, subject)
    if subject and not wrong and instants["a"] is not None:
        one, two = page.at(instants["a"]), page.at(instants["b"] if instants["b"] is not None else page.as_of_us)
        period = period_of(query, two.shown_us)
        rows = differing(_figures(one, subject, period), _figures(two, subject, period), context["all"])
        shown = Paginator(rows, A_PAGE).get_page(query.get("page"))
        context |= {"rows": shown, "period": period, "compared": True, "a_us": one.as_of_us, "b_us": two.as_of_us,
                    "as_of_a": instant_text(instants["a"]),
                    "as_of_b": "" if two.as_of_us is None else instant_text(two.as_of_us)}
    return render(request, "live/cuts.html", context)


def _instants(query: Any) -> tuple[dict[str, int | None], list[str]]:
    """The instants asked for, and texts that are none."""
    found: dict[str, int | None] = {"a": None, "b": None}
    wrong = []
    for name in found:
        try:
            found[name] = instant_us(query[name]) if query.get(name) else None
        except BadInstant:
            wrong.append(query[name])
    return found, wrong


def _known(reading: Reading, subject: str) -> str:
    """The name of a subject the person may read. Raises NoSuchThing, NotAllowed."""
    if subject not in reading.scope.subjects(Verb.READ_FIGURES):
        raise NotAllowed(Verb.READ_FIGURES, subject) if reading.knows(subject) else NoSuchThing(subject)
    site = reading.registry.sites.get(subject)
    if site is None and not subject.startswith(CITY):
        raise NoSuchThing(subject)
    return words.name_of(site) if site else words.city_name(subject.removeprefix(CITY))


def _figures(reading: Reading, subject: str, period: Any) -> dict[Key, Figure]:
    found = [figure for table in TABLES for figure in reading.figures(
        table, [subject], start_us=period.start_us, end_us=period.end_us)]
    return {(figure.start, figure.name): figure for figure in found}


def differing(one: dict[Key, Figure], two: dict[Key, Figure], everything: bool) -> list[dict[str, Any]]:
    """Rows of both cuts, newest first; `differs` where value, unit, standard or detail are not the same."""
    rows = []
    for key in sorted({*one, *two}, key=lambda k: (-k[0], k[1])):
        left, right = one.get(key), two.get(key)
        same = left is not None and right is not None and left.says_the_same(right)
        if everything or not same:
            kind, _, symbol = key[1].partition(".")
            some = left or right
            rows.append({"left": left, "right": right, "differs": not same, "of": some, "kind": kind,
                         "what": "AQI" if kind == "aqi" else words.factor_name((some and some.factor) or symbol)})
    return rows
