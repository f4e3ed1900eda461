"""What the layout of every page needs."""

from __future__ import annotations

from typing import Any

from qingyuan.console.shell import scripts, verify_words
from qingyuan.console.shell.nav import entries


def page(request: Any) -> dict[str, Any]:
    """Navigation, instant, replay, and the words of the scripts."""
    shown = getattr(request, "page", None)
    if shown is None or not shown.ready:
        return {"nav": [], "words": scripts.words(), "proof_words": verify_words.words()}
    logged_in = request.user.is_authenticated
    return {"page": shown, "nav": entries(shown.scope, request.path) if logged_in else [],
            "words": scripts.words(), "proof_words": verify_words.words()}
