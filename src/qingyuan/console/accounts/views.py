"""One's own account."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from qingyuan.console.shell.access import needs


@needs()
def me(request: Any) -> HttpResponse:
    """One's own account: name, organisation, rights in force."""
    return render(request, "accounts/me.html", {"rights": request.user.rights()})
