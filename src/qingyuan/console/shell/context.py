"""What the layout of every page needs."""

from __future__ import annotations

from typing import Any

from qingyuan.console.shell import scripts, verify_words
from qingyuan.console.shell.faults import BENEATH
from qingyuan.console.shell.nav import entries


def page(request: Any) -> dict[str, Any]:
    """Navigation, instant, replay, and the words of the scripts."""
    shown = getattr(request, "page", None)
    bare = {"nav": [], "words": scripts.words(), "proof_words": verify_words.words()}
    if shown is None or not shown.ready:
        return bare
    try:
        nav = entries(shown.scope, request.path) if request.user.is_authenticated else []
        _ = shown.replay
    except BENEATH:                              # the page that says so is shown without what cannot be read
        return bare
    return bare | {"page": shown, "nav": nav}
