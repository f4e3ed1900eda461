"""Tags and filters that every template has without loading them."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qingyuan.console.shell import words
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import iso_local
from qingyuan.pipeline.figure import Figure
from qingyuan.pipeline.reasons import Stage
from qingyuan.registry import Origin, Site
from qingyuan.vocabulary import units

register = template.Library()
AS_OF = "as_of"
EXACT = "as_of_exact"            # stands beside the field of an instant, see shell/page.py


def as_of_in(context: Any) -> str:
    """The instant of the page as it stands in addresses; empty for now."""
    page = getattr(context.get("request"), "page", None)
    return page.as_of if page is not None else ""


@register.simple_tag(takes_context=True)
def to(context: Any, name: str, *args: Any, **query: Any) -> str:
    """Address of a page; the instant asked for stays, `query` is added."""
    as_of = as_of_in(context)
    kept = {AS_OF: as_of} if as_of else {}
    kept |= {k: v for k, v in query.items() if v not in (None, "")}
    return reverse(name, args=args) + (f"?{urlencode(kept)}" if kept else "")


@register.simple_tag(takes_context=True)
def here(context: Any, **changes: Any) -> str:
    """This page's address with some of its query changed; an empty value leaves one out."""
    request = context["request"]
    query = {k: v for k, v in request.GET.items() if k not in changes and k not in (AS_OF, EXACT)}
    if AS_OF not in changes and (as_of := as_of_in(context)):
        query[AS_OF] = as_of
    query |= {k: v for k, v in changes.items() if v not in (None, "")}
    return request.path + (f"?{urlencode(query)}" if query else "")


@register.simple_tag(takes_context=True)
def turned(context: Any, number: int, key: str = "") -> str:
    """This page's address with another page of a list; key: what the list calls its page, `page` unless given."""
    return here(context, **{key or "page": number})


@lru_cache(maxsize=8)
def _figures(_prefix: str) -> str:
    return reverse("figure", args=["x"]).removesuffix("x")


def proof_of(found: Any, as_of: str = "") -> str:
    """Address of the proof of a published number, quick enough for tables of thousands."""
    link = _figures(get_script_prefix()) + quote(str(found.key), safe="/:~")
    return f"{link}?{urlencode({'as_of': as_of})}" if as_of else link


@register.simple_tag(takes_context=True)
def figure(context: Any, found: Figure | None, unit: bool = False, stage: bool = True, as_of: str = "",
           key: str = "") -> str:
    """A published number that opens its proof, as of the page's instant unless another is given; a dash for none.

    key: letter that opens it when its row is the current one.
    """
    if found is None:
        return format_html('<span class="qy-quiet">{}</span>', "–")
    link = proof_of(found, as_of or as_of_in(context))
    said = stage_word(found.stage)
    glyph = format_html(' <span class="qy-stage qy-stage--{} qy-stage--sign" role="img" aria-label="{}" title="{}">'
                        '</span>', found.stage, said, said) if stage else ""
    after = format_html(' <span class="qy-unit">{}</span>', units.label(found.unit)) if unit and found.unit else ""
    value = found.value or "–"
    keyed = format_html(' data-key="{}"', key) if key else ""
    return format_html('<a class="qy-figure" data-drawer{} href="{}">{}</a>{}{}', keyed, link, value, after, glyph)


@register.simple_tag
def grade(found: Figure | None) -> str:
    """The grade of an index: number, colour and word."""
    level = words.grade_of(found.value, found.standard) if found is not None and found.name.startswith("aqi.") else None
    if level is None:
        return ""
    return format_html('<span class="qy-grade qy-grade--{}"><b>{}</b> {}</span>', level, level, words.GRADES[level])


@register.simple_tag
def origin(site: Site) -> str:
    """The badge that tells measured, simulated and unstated apart."""
    return format_html('<span class="qy-origin qy-origin--{}">{}</span>', site.origin.value, words.word(site.origin))


@register.filter
def seen(text: Any) -> str:
    """A text from outside as it stands: a sign for each character that cannot be seen or turns the writing."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in str(text))


@register.filter
def word(member: Enum) -> Any:
    """The word for a member of a closed list."""
    return words.word(member)


@register.filter
def stage_word(stage: str) -> Any:
    """The word for a stage."""
    return words.word(Stage(stage))


@register.filter
def site_name(site: Site) -> str:
    """The name of a site in the reader's language."""
    return words.name_of(site)


@register.filter
def city_name(city: str) -> str:
    """The name of a city in the reader's language."""
    return words.city_name(city)


@register.filter
def factor_name(code: str) -> str:
    """Symbol or name of a factor."""
    return words.factor_name(code)


@register.filter
def unit(text: str) -> str:
    """A unit as it is printed."""
    return units.label(text) if text else ""


@register.filter
def local(us: int | None) -> str:
    """An instant in local time: 2020-04-01 14:00:05."""
    return "" if us is None else iso_local(us)[:19].replace("T", " ")


@register.filter
def exact(us: int | None) -> str:
    """An instant in local time with every part of a second it has: 2020-04-01 14:00:05.000001."""
    return "" if us is None else instant_text(us)[:26].partition("+")[0].replace("T", " ")


@register.filter
def minute(us: int | None) -> str:
    """An instant in local time to the minute."""
    return local(us)[:16]


@register.filter
def period(found: Any) -> str:
    """The period of a figure: 2020-04-01 14:00–15:00, or the day."""
    start, end = iso_local(found.start), iso_local(found.start + found.span_s * 1_000_000)
    if found.span_s >= 86_400:
        return start[:10]
    return f"{start[:10]} {start[11:16]}–{end[11:16] if end[:10] == start[:10] else '24:00'}"


@register.filter
def hour_period(found: Any) -> str:
    """The period within its day: 14:00–15:00."""
    return period(found).partition(" ")[2]


@register.filter
def is_simulated(site: Site) -> bool:
    """True for a site whose numbers were made up."""
    return site.origin is Origin.SIMULATED


@register.filter
def get(table: Any, key: Any) -> Any:
    """An item of a table by a computed key, or nothing."""
    return table.get(key) if table else None


@register.simple_tag
def ago(us: int | None, now_us: int) -> str:
    """How long before now: 4 s, 12 min, 3 h, 5 d."""
    if us is None:
        return _("never")
    seconds = max(0, (now_us - us) // 1_000_000)
    for size, text in ((86_400, _("{count} d")), (3600, _("{count} h")), (60, _("{count} min"))):
        if seconds >= size:
            return text.format(count=seconds // size)
    return _("{count} s").format(count=seconds)
