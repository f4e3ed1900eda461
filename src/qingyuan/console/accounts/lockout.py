"""What a person sees who tried too many passwords, and which address that counts for."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from allauth.core.internal.httpkit import get_client_ip
from django.shortcuts import render

LONGEST = 150


def address(request: Any) -> str:
    """Address of the browser: the one our own proxies saw where there are any, else the one that connected."""
    return str(get_client_ip(request) or request.META.get("REMOTE_ADDR", ""))


def name(request: Any, credentials: Any = None) -> str:
    """The user name that attempts count for, one for all its spellings: the log-in takes letters of either case, so
    each spelling would else bring five tries more. Kelvin signs and dotless letters are folded as a database folds
    them.
    """
    given = (credentials or {}).get("username") or request.POST.get("login") or ""
    return normalize("NFKC", str(given)).upper().lower()[:LONGEST]


def locked_out(request: Any, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any) -> Any:
    """A page that says how long to wait; code 429."""
    return render(request, "errors/locked.html", {"minutes": 15}, status=429)
