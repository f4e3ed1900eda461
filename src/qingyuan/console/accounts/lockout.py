"""What a person sees who tried too many passwords, and which address that counts for."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from unicodedata import normalize

from allauth.core.internal.httpkit import get_client_ip
from django.shortcuts import render

LONGEST = 150
HOUSE = 64                     # bits of an IPv6 address that are the house's, not the device's


def address(request: Any) -> str:
    """Address of the browser: the one our own proxies saw where there are any, else the one that connected.

    Of IPv6 the network of one house (/64, RFC 6177): each has more addresses than anybody can lock.
    """
    text = str(get_client_ip(request) or request.META.get("REMOTE_ADDR", ""))
    try:
        known = ip_address(text)
    except ValueError:
        return text
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((known, HOUSE), strict=False).network_address)
    return text


def name(request: Any, credentials: Any = None) -> str:
    """The user name that attempts count for, one for all its spellings: the log-in takes letters of either case, so
    each spelling would else bring five tries more. Kelvin signs and dotless letters are folded as a database folds
    them.
    """
    given = (credentials or {}).get("username") or request.POST.get("login") or ""
    return normalize("NFKC", str(given)).strip().upper().lower()[:LONGEST]


def locked_out(request: Any, response: Any = None, credentials: Any = None, *args: Any, **kwargs: Any) -> Any:
    """A page that says how long to wait; code 429."""
    return render(request, "errors/locked.html", {"minutes": 15}, status=429)
