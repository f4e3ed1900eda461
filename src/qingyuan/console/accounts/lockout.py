"""What a person sees who tried too many passwords."""

from __future__ import annotations

from typing import Any

from django.shortcuts import render


def locked_out(request: Any, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any) -> Any:
    """A page that says how long to wait; code 429."""
    return render(request, "errors/locked.html", {"minutes": 15}, status=429)
