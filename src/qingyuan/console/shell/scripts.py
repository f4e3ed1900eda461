"""Words that scripts show: they hold none themselves (frontend/README.md lists the names)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Any] = {
    "close": _("Close"), "copied": _("copied"), "login": _("log in again"),
    "stale": _("Not fresh: what you see dates from {time}."),
    "error.network": _("The system could not be reached. What is shown is kept; it is tried again."),
    "error.login": _("Your session has ended. What you entered is still on the page; log in again in another tab."),
    "error.right": _("You lack the right for this. An administrator can grant it to you."),
    "error.missing": _("This is no longer here. Load the page anew."),
    "error.conflict": _("Somebody else changed this meanwhile. Load the page anew, then try again."),
    "error.size": _("This is too large. Send a smaller part."),
    "error.form": _("Something in the form could not be taken. See the fields, then send it again."),
    "error.often": _("That was too often. Wait a little, then try again."),
    "error.server": _("Something went wrong here (code {status}). Nothing was lost; try again."),
    "confirm.yes": _("Yes"), "confirm.no": _("No"), "drawer.page": _("open as a page"),
}


def words(more: dict[str, Any] | None = None) -> dict[str, Any]:
    """The words as plain texts in the reader's language, `error.server` as {"error": {"server": …}}."""
    out: dict[str, Any] = {}
    for name, text in (WORDS | (more or {})).items():
        *above, last = name.split(".")
        at = out
        for part in above:
            at = at.setdefault(part, {})
        at[last] = text if isinstance(text, dict) else str(text)
    return out
