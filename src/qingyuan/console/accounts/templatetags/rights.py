"""Words of roles, verbs and organisations in templates: {% load rights %}."""

from __future__ import annotations

from typing import Any

from django import template

from qingyuan.console.accounts import bounds
from qingyuan.console.accounts.verbs import ROLE_WORDS, VERB_WORDS, Role, Verb

register = template.Library()


@register.filter
def role_word(role: str) -> Any:
    """The word for a role."""
    return ROLE_WORDS[Role(role)]


@register.filter
def verb_word(verb: str) -> Any:
    """The words for a verb."""
    return VERB_WORDS[Verb(verb)]


@register.filter
def named(thing: Any) -> str:
    """Name of an organisation or park in the reader's language."""
    return bounds.named(thing)
