"""Filters of this app's pages."""

from __future__ import annotations

from typing import Any

from django import template

from qingyuan.console.operations import findings, words
from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.numerics.time import iso_local

register = template.Library()


@register.filter
def verdict_word(verdict: Verdict) -> Any:
    """The word for a verdict."""
    return words.VERDICTS[verdict]


@register.filter
def kind_word(kind: Kind) -> Any:
    """The word for a kind of leaf."""
    return words.KINDS[kind]


@register.filter
def problem_words(problem: dict[str, Any]) -> str:
    """What a verification found."""
    return findings.problem_words(problem)


@register.filter
def gap_words(gap: Any) -> str:
    """What a verification left unchecked."""
    return findings.gap_words(gap)


@register.filter
def seconds(at_s: int | None) -> str:
    """An instant given in seconds since 1970, in local time."""
    return "" if at_s is None else iso_local(at_s * 1_000_000)[:19].replace("T", " ")


@register.filter
def iso(at_us: int) -> str:
    """An instant as it stands in an address."""
    return iso_local(at_us)[:19]


@register.filter
def duration(span_us: int) -> str:
    """A span of time as hours, minutes and seconds: 1:02:05."""
    seconds_in = max(0, span_us // 1_000_000)
    return f"{seconds_in // 3600}:{seconds_in // 60 % 60:02}:{seconds_in % 60:02}"


@register.filter
def minus(end: int, begin: int) -> int:
    """A difference."""
    return end - begin
