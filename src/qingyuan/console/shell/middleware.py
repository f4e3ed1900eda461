"""Language by address, cookie or browser; the page's instant and scope; an ended session inside a polled part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import translation

from qingyuan.console.shell import faults
from qingyuan.console.shell.page import Page

Handler = Callable[[Any], Any]
YEAR_S = 31_536_000
NUL = "\0"


class CookieMiddleware:
    """Drops cookies that hold NUL, before a session is looked for by one: a database refuses it."""

    def __init__(self, get_response: Handler) -> None:
        self._next = get_response

    def __call__(self, request: Any) -> Any:
        for name in [name for name, value in request.COOKIES.items() if NUL in value]:
            del request.COOKIES[name]
        return self._next(request)


class LanguageMiddleware:
    """`?lang=` counts first and is remembered, then the cookie, then what the browser prefers."""

    def __init__(self, get_response: Handler) -> None:
        self._next = get_response

    def __call__(self, request: Any) -> Any:
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("lang", "")
        language = asked if asked in known else request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in known:
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self._next(request)
        response.headers.setdefault("Content-Language", language)
        if asked in known:
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=YEAR_S, samesite="Lax",
                                secure=settings.SECURE)
        return response


class ViewMiddleware:
    """Sets `request.page`; sends a polled part of an ended session to the log-in instead of showing that inside.

    Nothing that is asked for holds NUL, which a database refuses: such an address is answered with 400.
    """

    def __init__(self, get_response: Handler) -> None:
        self._next = get_response

    def __call__(self, request: Any) -> Any:
        request.page = Page(request)
        if any(NUL in value for values in request.GET.lists() for value in values[1]):
            return render(request, "errors/400.html", status=400)
        if request.page.problem:
            return render(request, "errors/instant.html", {"text": request.page.problem}, status=400)
        response = self._next(request)
        if getattr(request, "htmx", False) and response.status_code == 302:
            login = resolve_url(settings.LOGIN_URL)
            if urlsplit(response.url).path == login:
                return HttpResponse(status=401, headers={"HX-Redirect": login})
        return response

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """A page for what is damaged, missing or full beneath; other errors are the framework's to show."""
        return faults.answer(request, error)
