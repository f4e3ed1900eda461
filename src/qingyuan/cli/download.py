"""Fetch one file over HTTP: streamed, resumed by range after a cut, whole or not there at all.

While it is incomplete the file is NAME.part; NAME.part.json keeps the address and the server's validator (ETag or
date), so that a resumed part is only ever joined to the same version (RFC 9110 13.1.5 If-Range, 14.2 Range).
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from qingyuan.cli.errors import CliError
from qingyuan.cli.i18n import _

CHUNK = 1 << 16
TRIES = 6
TIMEOUT_S = 30.0
RETRIED = (408, 425, 429, 500, 502, 503, 504)
Progress = Callable[[int, int | None], None]      # bytes so far, bytes in all where the server says so


class Cut(Exception):
    """The connection ended before the file did."""


@dataclass
class Part:
    """The incomplete file on disk."""

    path: Path
    url: str

    @property
    def note(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def begun(self) -> tuple[int, str]:
        """(bytes there, validator); (0, "") where nothing can be resumed."""
        try:
            note = json.loads(self.note.read_text("utf-8"))
            if note["url"] == self.url and note["validator"]:
                return self.path.stat().st_size, str(note["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return 0, ""

    def begin(self, validator: str) -> None:
        """Forget what is there and note which version comes now."""
        self.path.unlink(missing_ok=True)
        self.note.write_text(json.dumps({"url": self.url, "validator": validator}), "utf-8")

    def finish(self, target: Path) -> None:
        """The part is whole: give it its name."""
        os.replace(self.path, target)
        self.note.unlink(missing_ok=True)

    def drop(self) -> None:
        """Remove part and note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


def download(url: str, target: Path, progress: Progress, *, wait: Callable[[float], None] = time.sleep,
             timeout_s: float = TIMEOUT_S) -> None:
    """Bring `url` to `target`; raises CliError with a remedy when it cannot be had."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise CliError(_("{url} is no web address").format(url=url), _("give one that begins with http:// or https://"))
    target.parent.mkdir(parents=True, exist_ok=True)
    part, reason = Part(target.with_name(target.name + ".part"), url), ""
    for attempt in range(TRIES):
        if attempt:
            wait(min(30.0, 0.5 * 2 ** attempt))
        try:
            _once(part, progress, timeout_s)
        except urllib.error.HTTPError as error:
            if error.code == 416:
                part.drop()
            elif error.code not in RETRIED:
                what = _("{url}: the server answers {code} {text}").format(url=url, code=error.code, text=error.reason)
                raise CliError(what, _("give the address where the file is now with --url")) from error
            reason = f"{error.code} {error.reason}"
        except (Cut, http.client.HTTPException, urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", "") or error or type(error).__name__)
        else:
            part.finish(target)
            return
    raise CliError(_("{url}: gave up after {count} tries: {reason}").format(url=url, count=TRIES, reason=reason),
                   _("check the network and run the same command again; it goes on where it stopped"))


def _once(part: Part, progress: Progress, timeout_s: float) -> None:
    """One connection; returns when the part is whole, raises Cut when the connection ended before."""
    have, validator = part.begun()
    headers = {"User-Agent": "qingyuan", "Accept-Encoding": "identity"}
    request = urllib.request.Request(part.url, headers=headers)  # noqa: S310  (scheme checked by the caller)
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", validator)
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310  (scheme checked by the caller)
        length = answer.headers.get("Content-Length")
        if answer.status == 206 and have:
            if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                part.drop()
                raise Cut("the server sent another range than asked")
        else:
            have = 0
            part.begin(_validator(answer.headers))
        total = have + int(length) if length and length.isdigit() else None
        _room(part.path, (total or 0) - have)
        _store(answer, part.path, have, total, progress)


def _validator(headers: http.client.HTTPMessage) -> str:
    """A strong ETag, else the date of last change, else nothing (then a cut file is begun again)."""
    tag = headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("Last-Modified", "")


def _room(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise CliError(_("{folder}: {needed} MB needed, {free} MB free").format(
            folder=path.parent, needed=needed // 10**6 + 1, free=free // 10**6),
            _("free some space, or choose another folder with --to"))


def _store(answer: http.client.HTTPResponse, path: Path, have: int, total: int | None, progress: Progress) -> None:
    with path.open("ab", buffering=0) as out:
        while piece := answer.read(CHUNK):
            try:
                out.write(piece)
            except OSError as error:
                raise CliError(_("{file} cannot be written: {reason}").format(file=path, reason=error.strerror),
                               _("free some space, or choose another folder with --to")) from error
            have += len(piece)
            progress(have, total)
    if total is not None and have != total:
        raise Cut(f"{have} of {total} bytes")
