"""What lies beneath a page can be damaged, missing or full: each such fault has a sentence and what to do."""

from __future__ import annotations

import errno
import logging
from enum import StrEnum
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from qingyuan.lake import BrokenManifest, LakeDamaged
from qingyuan.ledger import HomeError, LedgerError

log = logging.getLogger("qingyuan.console")
UNAVAILABLE, FULL = 503, 507
BENEATH = (LakeDamaged, BrokenManifest, LedgerError, HomeError, ImproperlyConfigured, OSError)


class Fault(StrEnum):
    """What is wrong beneath a page."""

    LAKE = "lake"
    LEDGER = "ledger"
    HOME = "home"
    DISK_FULL = "disk-full"
    BUSY = "busy"


WORDS: dict[Fault, tuple[Any, Any]] = {
    Fault.LAKE: (_("The figures cannot be read"), _(
        "A file with figures is damaged or missing. Nothing is lost by it: figures are made from the ledgers. The "
        "operator of this system makes them again by: qingyuan rebuild --home DIR")),
    Fault.LEDGER: (_("A ledger cannot be read"), _(
        "A file of a ledger is damaged or missing. The evidence page names the ledger. The operator of this system "
        "finds the place by: qingyuan evidence verify --home DIR, and puts the file back from a copy.")),
    Fault.HOME: (_("There is no system here"), _(
        "The folder that this console looks at is missing or holds no system. Tell the operator; the console is "
        "started by: qingyuan serve --home DIR")),
    Fault.DISK_FULL: (_("The disk is full"), _(
        "There was no space left for this. What stood before stands still. Tell the operator, and try again when "
        "there is space.")),
    Fault.BUSY: (_("This cannot be read just now"), _(
        "Try again in a moment; if it happens again, tell the operator the time.")),
}


def fault_of(error: BaseException) -> Fault | None:
    """The fault an error speaks of; None for an error of the program itself."""
    match error:
        case LakeDamaged() | BrokenManifest():
            return Fault.LAKE
        case LedgerError():
            return Fault.LEDGER
        case HomeError() | ImproperlyConfigured():
            return Fault.HOME
        case UnreadablePostError():                        # the browser went away
            return None
        case OSError():
            return Fault.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else Fault.BUSY
        case OperationalError():
            return Fault.DISK_FULL if "disk is full" in str(error) else None
    return None


def answer(request: Any, error: BaseException) -> HttpResponse | None:
    """The page for an error; None where it is one of the program itself."""
    found = fault_of(error)
    if found is None:
        return None
    log.error("%s: %s", request.path, error)
    title, text = WORDS[found]
    return render(request, "errors/fault.html", {"title": title, "text": text},
                  status=FULL if found is Fault.DISK_FULL else UNAVAILABLE)
