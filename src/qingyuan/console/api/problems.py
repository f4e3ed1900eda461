"""Every error of the interface is a problem (RFC 9457): what is wrong, with which parameter, and what to do."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

MEDIA, PREFIX, MINUTE_S = "application/problem+json", "/api/v1/", 60
ISO = "write ISO 8601, such as 2020-04-01T14:00:00+08:00"
REMEDIES = {
    400: "correct the address and ask again",
    401: "send a token as 'Authorization: Bearer qy_…'; tokens are made on the page /api/",
    403: "ask an administrator for the right, or make a token that includes it",
    404: "see /api/v1/sites and /api/v1/openapi.json for what there is; with as_of it may have come later",
    405: "ask with GET: this interface only reads",
    409: "ask again in a few seconds; if it stays so, tell the operator of this system",
    422: "correct the parameters named and ask again",
    429: "wait for as many seconds as Retry-After says",
    507: "tell the operator of this system that its disk is full, and ask again when there is space",
    503: "tell the operator of this system: 'qingyuan doctor' and 'qingyuan rebuild' name and mend what is damaged",
}
ELSE = "ask again later; if it stays so, tell the operator of this system the time of this answer"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request: the parameter, what is wrong, what to write instead."""

    field: str
    what: str
    remedy: str


class Wrong(ValueError):
    """A parameter that is read and makes no sense; a fault of its own."""

    def __init__(self, field: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.fault = Fault(field, what, remedy)


def problem(status: int, detail: str, faults: Iterable[Fault] = (), remedy: str = "") -> HttpResponse:
    """An answer that says what is wrong; a 429 also says when to come again."""
    content: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail,
        "remedy": remedy or REMEDIES.get(status, ELSE), "errors": [asdict(fault) for fault in faults]}
    answer = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type=MEDIA)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = str(MINUTE_S - int(time.time()) % MINUTE_S)      # quotas are of whole minutes
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def faulty(faults: list[Fault], status: int = 422) -> HttpResponse:
    """An answer for parameters that are wrong."""
    return problem(status, "; ".join(f"{fault.field}: {fault.what}" for fault in faults), faults)


class Interface(NinjaAPI):
    """An interface whose document says that errors come as problems."""

    def get_openapi_schema(self, **more: Any) -> Any:
        """The document, by the framework's, with the form of errors put right."""
        found = super().get_openapi_schema(**more)
        answers = [answer for methods in found["paths"].values() for about in methods.values()
                   for code, answer in about["responses"].items() if int(code) >= HTTPStatus.BAD_REQUEST]
        for answer in answers:
            answer["content"] = {MEDIA: next(iter(answer["content"].values()))}
        return found


def install(api: NinjaAPI) -> None:
    """Errors of the framework become problems."""
    @api.exception_handler(ValidationError)
    def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return faulty([_fault(one) for one in error.errors])

    @api.exception_handler(HttpError)
    def _refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    @api.exception_handler(AuthenticationError)
    def _unknown(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem(401, "no valid token came with the request, and nobody is logged in")

    @api.exception_handler(Wrong)
    def _wrong(_request: HttpRequest, error: Wrong) -> HttpResponse:
        return faulty([error.fault])


def _fault(error: dict[str, Any]) -> Fault:
    names = [str(part) for part in error.get("loc", ()) if not str(part).isdigit()]
    return Fault(names[-1] if names else "", str(error.get("msg", "")), _remedy(error.get("type", ""),
                                                                                error.get("ctx") or {}))


def _remedy(kind: str, about: dict[str, Any]) -> str:
    """What to write instead, by the kind of fault as pydantic names it."""
    if kind in ("enum", "literal_error"):
        return f"one of {about.get('expected', '')}"
    for begin, text in (("int", "a whole number"), ("bool", "true or false"), ("date", ISO),
                        ("greater_than_equal", f"{about.get('ge')} or more"),
                        ("less_than_equal", f"{about.get('le')} or less"),
                        ("string_too_long", f"at most {about.get('max_length')} characters"),
                        ("too_long", f"at most {about.get('max_length')} of them in one request")):
        if kind.startswith(begin):
            return text
    return "see /api/v1/openapi.json for what it takes"


class ProblemMiddleware:
    """What goes wrong before or behind the interface (an instant that is none, no such address, another method) is
    a problem too, not a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: Any) -> HttpResponse:
        answer = self._next(request)
        if not request.path.startswith(PREFIX) or answer.status_code < HTTPStatus.BAD_REQUEST:
            return answer
        if answer.get("Content-Type", "").startswith(MEDIA):
            return answer
        page = getattr(request, "page", None)
        if page is not None and page.problem:
            found = faulty([Fault("as_of", f"'{page.problem}' is no instant", ISO)], 400)
        else:
            found = problem(answer.status_code, _detail(answer.status_code, request))
        for name in ("Allow", "Retry-After"):
            if name in answer.headers:
                found.headers[name] = answer.headers[name]
        return found


def _detail(status: int, request: Any) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {re.sub(r'[^ -~]', '?', request.path)[:200]}"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not answered here"
    if status == HTTPStatus.INSUFFICIENT_STORAGE:
        return "there was no space left for this answer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return "a part of the data cannot be read at present"
    return HTTPStatus(status).description or HTTPStatus(status).phrase
