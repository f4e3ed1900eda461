"""Tags of the live pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from qingyuan.console.shell import words
from qingyuan.console.shell.page import instant_text
from qingyuan.console.shell.templatetags.qy import as_of_in, proof_of
from qingyuan.numerics.time import iso_local
from qingyuan.pipeline.figure import FigureKey
from qingyuan.pipeline.reasons import Reason
from qingyuan.registry import Site

register = template.Library()


@lru_cache(maxsize=8)
def _sites(_prefix: str) -> str:
    return reverse("site", args=["x"]).removesuffix("x/")


def site_address(site: str, as_of: str = "") -> str:
    """Address of a station page, quick enough for thousands."""
    link = f"{_sites(get_script_prefix())}{quote(site)}/"
    return f"{link}?{urlencode({'as_of': as_of})}" if as_of else link


@register.simple_tag(takes_context=True)
def site_url(context: Any, site: Site) -> str:
    """Address of a station page; the instant asked for stays."""
    return site_address(site.id, as_of_in(context))


@register.filter
def figure_word(found: Any) -> str:
    """What a figure speaks of: AQI, or its factor."""
    kind, _, symbol = found.name.partition(".")
    return "AQI" if kind == "aqi" else words.factor_name(symbol)


@register.filter
def subject_word(subject: str) -> str:
    """A city by its name, any other subject as it is."""
    return words.city_name(subject.removeprefix("city:")) if subject.startswith("city:") else subject


@register.filter
def reason_word(reason: str) -> Any:
    """The word for the reason of a version."""
    return words.word(Reason(reason))


@register.filter
def listing(value: Any) -> str:
    """A list as its items with strokes between them, anything else as it is."""
    return " / ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


@register.filter
def micro(us: int) -> str:
    """An instant in local time to the millisecond."""
    return f"{iso_local(us)[:19].replace('T', ' ')}.{us // 1000 % 1000:03d}"


@register.filter
def second(epoch_s: int) -> str:
    """An instant given in seconds, in local time."""
    return iso_local(epoch_s * 1_000_000)[:19].replace("T", " ")


@register.filter
def iso(us: int) -> str:
    """An instant as addresses have it."""
    return instant_text(us)


@register.simple_tag(takes_context=True)
def key_link(context: Any, step: Any) -> str:
    """The outcome of a step that is a figure, as a link to its own proof as of the same instant."""
    return format_html('<a class="qy-figure" data-drawer href="{}">{}</a> <span class="qy-quiet">{}</span>',
                       proof_of(Named(step.figure), as_of_in(context)), step.out, _named(step.figure))


@register.simple_tag(takes_context=True)
def cuts_url(context: Any, query: dict[str, str]) -> str:
    """Address of both sides of a correction; subject or figure, and what is equal too, stay as asked for."""
    asked = context["request"].GET
    kept = {name: asked[name] for name in ("subject", "figure", "all") if asked.get(name)}
    as_of = as_of_in(context)
    return f"{reverse('cuts')}?{urlencode(kept | query | ({'as_of': as_of} if as_of else {}))}"


class Named:
    """Has a key."""

    def __init__(self, key: FigureKey) -> None:
        self.key = key


def _named(key: FigureKey) -> str:
    kind, _, symbol = key.name.partition(".")
    what = "AQI" if kind == "aqi" else words.factor_name(symbol)
    when = iso_local(key.start_us)
    return f"{what} {subject_word(key.subject)} {when[:10] if key.daily else when[11:16]}"
