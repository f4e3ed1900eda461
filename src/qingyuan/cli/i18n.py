"""Which language the command line speaks. Marked texts are in locale/LANGUAGE/LC_MESSAGES/qingyuan.po."""

from __future__ import annotations

import gettext
import os
from collections.abc import Mapping
from pathlib import Path

DOMAIN = "qingyuan"
LOCALE = Path(__file__).resolve().parents[1] / "locale"
LANGUAGES = ("zh_Hans", "en")
FALLBACK = "en"
VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")    # the order of GNU gettext

_current: gettext.NullTranslations = gettext.NullTranslations()


def N_(text: str) -> str:
    """Mark a text for the catalogues without translating it here (constants, texts of the framework)."""
    return text


# Texts that the command-line framework prints and looks up in our domain.
FRAMEWORK = (
    N_("Arguments"), N_("Options"), N_("Commands"), N_("Error"), N_("Aborted!"), N_("Aborted."), N_("Missing command."),
    N_("No such command {name!r}."), N_("Try [blue]'{command_path} {help_option}'[/] for help."),
    N_("[default: {}]"), N_("[required]"), N_("[env var: {}]"), N_("default: {default}"), N_("required"),
    N_("env var: {var}"), N_("(deprecated) "), N_("(dynamic)"),
)


def language_of(tag: str) -> str:
    """Our language for a tag such as zh_CN.UTF-8, zh-Hans, en_GB or C: every zh is zh_Hans, all else is en."""
    return "zh_Hans" if tag.strip().lower().startswith("zh") else FALLBACK


def from_environment(environ: Mapping[str, str]) -> str:
    """Our language for the first locale variable that is set."""
    for name in VARIABLES:
        tag = environ.get(name, "").split(":")[0]
        if tag:
            return language_of(tag)
    return FALLBACK


def set_language(tag: str | None = None) -> str:
    """Speak the language of `tag`, or of the environment without one; child processes speak it too.

    Without compiled catalogues texts come out in English. Returns the language chosen.
    """
    global _current
    language = language_of(tag) if tag else from_environment(os.environ)
    _current = gettext.translation(DOMAIN, str(LOCALE), [language], fallback=True)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    return language


def _(text: str) -> str:
    """The text in the language set."""
    return _current.gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The text for `count` things in the language set."""
    return _current.ngettext(one, many, count)
