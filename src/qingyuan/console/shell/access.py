"""Who may open a page: every view says which verb it needs, and a test holds every view to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login

from qingyuan.console.accounts.verbs import Verb

View = Callable[..., Any]


def needs(verb: Verb | None = None) -> Callable[[View], View]:
    """The page is for people who are logged in and may do `verb` somewhere; None: for all who are logged in."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if verb is not None:
                request.page.reading.demand(verb)
            return view(request, *args, **kwargs)

        guarded.needs = verb            # type: ignore[attr-defined]
        return guarded

    return wrap


def open_to_all(view: View) -> View:
    """The page is for everybody, logged in or not."""
    view.needs = "nothing"              # type: ignore[attr-defined]
    return view
