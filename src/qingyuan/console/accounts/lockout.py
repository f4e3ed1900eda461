"""What a person sees who tried too many passwords, and which address that counts for."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.shortcuts import render


def address(request: Any) -> str:
    """Address of the browser: the one our own proxies saw where there are any, else the one that connected."""
    return str(get_client_ip(request) or request.META.get("REMOTE_ADDR", ""))


def locked_out(request: Any, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any) -> Any:
    """A page that says how long to wait; code 429."""
    return render(request, "errors/locked.html", {"minutes": 15}, status=429)
