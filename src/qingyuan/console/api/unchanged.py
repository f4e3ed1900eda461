"""What has not changed is not sent again: an answer's tag follows from what it rests on, so no row is read for it."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from qingyuan import __version__
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import Reading

BOUNDS = (Verb.READ_FIGURES, Verb.READ_TELEGRAMS, Verb.READ_FLAGS, Verb.EXPORT)


def unchanged(request: HttpRequest, answer: HttpResponse, door: Reading, *more: Any) -> HttpResponse | None:
    """Put the tag on an answer; a 304 in its place where the program has it already.

    It rests on the address, the lake's state, the registry's entries known, the instant, what the rights cover and the
    version of this software; `more`: what else follows from the time of asking.
    """
    scope: Scope = request.api_scope                        # type: ignore[attr-defined]
    covers = [(verb.value, scope.everywhere(verb), sorted(scope.sites(verb))) for verb in BOUNDS]
    rests_on = repr((__version__, request.get_full_path(), door.state, door.as_of_us, covers, more))
    tag = f'"{hashlib.sha256(rests_on.encode()).hexdigest()[:32]}"'
    answer.headers["ETag"], answer.headers["Cache-Control"] = tag, "private, no-cache"
    same = get_conditional_response(request, etag=tag)
    if same is not None:
        same.headers["ETag"] = tag
    return same
