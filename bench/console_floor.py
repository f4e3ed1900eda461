"""The console with one more address, `/empty/`: a view that answers nothing, through no middleware of ours."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse

from qingyuan.console.wsgi import application as console


def empty(request: WSGIRequest) -> HttpResponse:
    """200 and no byte."""
    return HttpResponse()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The floor at `/empty/`, the console elsewhere."""
    if environ["PATH_INFO"] != "/empty/":
        return console(environ, start_response)
    answer = empty(WSGIRequest(environ))
    start_response("200 OK", [("Content-Length", "0")])
    return [answer.content]
