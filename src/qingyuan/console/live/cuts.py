"""Two cuts side by side: the figures of one subject as they were believed at two instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.corrections import SHOWN, corrections, moments
from qingyuan.console.live.period import Period, period_of
from qingyuan.console.reading import CITY, NoSuchThing, NotAllowed, Reading
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.page import BadInstant, asked_us, field_text, instant_text
from qingyuan.pipeline.figure import TABLES, Figure, FigureKey

A_PAGE = 100
Key = tuple[int, str]


@dataclass(frozen=True)
class Cut:
    """One instant as it was asked for; `us` is None for now, `wrong` is a text that was no instant."""

    us: int | None
    wrong: str = ""

    @classmethod
    def of(cls, query: Any, name: str) -> Cut:
        """Read an address."""
        try:
            return cls(asked_us(query, name))
        except BadInstant as error:
            return cls(None, str(error))

    @property
    def field(self) -> str:
        """As its field holds it."""
        return "" if self.us is None else field_text(self.us)

    @property
    def exact(self) -> str:
        """To the microsecond, as addresses have it."""
        return "" if self.us is None else instant_text(self.us)


@needs(Verb.READ_FIGURES)
def cuts(request: Any) -> HttpResponse:
    """Figures of a site or city at instants `a` and `b`; those that differ first asked for, all on demand."""
    page, query = request.page, request.GET
    key = page.reading.key(query["figure"]) if query.get("figure") else None
    subject = key.subject if key else query.get("subject", "").strip()
    one, two = Cut.of(query, "a"), Cut.of(query, "b")
    wrong = [cut.wrong for cut in (one, two) if cut.wrong]
    context: dict[str, Any] = {"subject": subject, "a": one, "b": two, "wrong": wrong, "only": key, "title": subject,
                               "all": query.get("all") == "1"}
    if subject:
        name = _known(page.reading, subject)
        period = Period(key.start_us, key.start_us + 1, "own") if key else period_of(query, page.reading.shown_us)
        changed = corrections(page.reading, subject, period, key)
        context |= {"title": name, "what": _what(key.name) if key else "", "period": period,
                    "changed": changed[:SHOWN], "changed_count": len(changed), "moments": moments(page.reading)}
        if not wrong and one.us is not None:
            context |= _compared(page, subject, one, two, period, key, context["all"], query.get("page"))
    return render(request, "live/cuts.html", context)


def _compared(page: Any, subject: str, one: Cut, two: Cut, period: Period, key: FigureKey | None, everything: bool,
              number: str | None) -> dict[str, Any]:
    """Both sides; without a second instant that of the page, or now."""
    left, right = page.at(one.us), page.at(two.us if two.us is not None else page.as_of_us)
    found = [{where: figure for where, figure in _figures(reading, subject, period).items()
              if key is None or figure.key == key} for reading in (left, right)]
    rows = differing(found[0], found[1], everything)
    return {"rows": Paginator(rows, A_PAGE).get_page(number), "compared": True, "a_us": left.as_of_us,
            "b_us": right.as_of_us, "as_of_a": one.exact,
            "as_of_b": "" if right.as_of_us is None else instant_text(right.as_of_us)}


def _what(name: str, factor: str = "") -> str:
    """What a figure of that name speaks of."""
    kind, _, symbol = name.partition(".")
    return "AQI" if kind == "aqi" else words.factor_name(factor or symbol)


def _known(reading: Reading, subject: str) -> str:
    """The name of a subject the person may read. Raises NoSuchThing, NotAllowed."""
    if subject not in reading.scope.subjects(Verb.READ_FIGURES):
        raise NotAllowed(Verb.READ_FIGURES, subject) if reading.knows(subject) else NoSuchThing(subject)
    site = reading.registry.sites.get(subject)
    if site is None and not subject.startswith(CITY):
        raise NoSuchThing(subject)
    return words.name_of(site) if site else words.city_name(subject.removeprefix(CITY))


def _figures(reading: Reading, subject: str, period: Period) -> dict[Key, Figure]:
    found = [figure for table in TABLES for figure in reading.figures(
        table, [subject], start_us=period.start_us, end_us=period.end_us)]
    return {(figure.start, figure.name): figure for figure in found}


def differing(one: dict[Key, Figure], two: dict[Key, Figure], everything: bool) -> list[dict[str, Any]]:
    """Rows of both cuts, newest first; `differs` where value, unit, standard or detail are not the same, `value` where
    the number itself is not.
    """
    rows = []
    for key in sorted({*one, *two}, key=lambda k: (-k[0], k[1])):
        left, right = one.get(key), two.get(key)
        same = left is not None and right is not None and left.says_the_same(right)
        if everything or not same:
            some = left or right
            rows.append({"left": left, "right": right, "differs": not same, "of": some,
                         "value": left is None or right is None or (left.value, left.unit) != (right.value, right.unit),
                         "what": _what(key[1], some.factor if some else "")})
    return rows
