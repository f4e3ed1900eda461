"""Words of roles, verbs and organisations in templates: {% load rights %}."""

from __future__ import annotations

import re
from typing import Any

from django import template

from qingyuan.console.accounts import bounds
from qingyuan.console.accounts.verbs import ROLE_WORDS, VERB_WORDS, Role, Verb

register = template.Library()
BROWSERS = (("Edge", r"Edg(?:e|A|iOS)?/(\d+)"), ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
            ("Chrome", r"(?:Headless)?(?:Chrome|CriOS)/(\d+)"), ("Safari", r"Version/(\d+).*Safari/"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("macOS", "Mac OS X"), ("HarmonyOS", "HarmonyOS|OpenHarmony"), ("Linux", "Linux"))


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


@register.filter
def browser(text: str) -> str:
    """Browser and system as a person calls them, from what the browser says of itself; else that, shortened."""
    name = next((f"{word} {found[1]}" for word, sign in BROWSERS if (found := re.search(sign, text))), "")
    system = next((word for word, sign in SYSTEMS if re.search(sign, text)), "")
    return " · ".join(part for part in (name, system) if part) or text[:60] or "–"
