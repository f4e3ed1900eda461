"""Cameras of a site and of its park: pictures a simulated province lays beside the ledgers, in `province/cameras`.

They are files and no leaves: nothing of them is proven, and the page says so. Their index names site or park, what is
looked at, the instant and the SHA-256; a request names a picture by its number, never by a path.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import NoSuchThing, Reading
from qingyuan.console.shell import words
from qingyuan.console.shell.access import needs
from qingyuan.numerics.time import micros
from qingyuan.registry import Site

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,80}\.png")
PNG = b"\x89PNG\r\n\x1a\n"
LARGEST = 2_000_000              # bytes of a picture
MOST = 10_000                    # pictures of an index
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


class Seen(StrEnum):
    """What a camera looks at."""

    STACK = "stack"
    OUTFALL = "outfall"
    PARK = "park"


SEEN = {Seen.STACK: _("outlet of the stack and its plume"), Seen.OUTFALL: _("mouth of the waste-water outlet"),
        Seen.PARK: _("stacks of the park")}


@dataclass(frozen=True)
class Picture:
    """One line of the index; `number` is its place in it, `subject` a site or a park, `taken_us` data time."""

    number: int
    subject: str
    seen: Seen
    file: str
    taken_us: int
    simulated: bool
    sha256: str


@dataclass(frozen=True)
class Camera:
    """The pictures of one subject, the oldest first, with what a page says of them."""

    name: str
    looks_at: Any
    place: str
    simulated: bool
    pictures: list[Picture]


def of_home() -> list[Picture]:
    """The index of the home's pictures; empty where there is none or it has another form."""
    try:
        found = json.loads((_folder() / "index.json").read_bytes())
    except (OSError, ValueError):
        return []
    lines = found[:MOST] if isinstance(found, list) else []
    return [picture for number, line in enumerate(lines) if (picture := _picture(number, line)) is not None]


def _folder() -> Path:
    return home.home().path / "province" / "cameras"


def _picture(number: int, line: Any) -> Picture | None:
    try:
        subject, file, sha256 = line["site"], line["file"], line["sha256"]
        if not (isinstance(subject, str) and isinstance(sha256, str) and NAME.fullmatch(file)):
            return None
        return Picture(number, subject, Seen(line["kind"]), file, micros(datetime.fromisoformat(line["time"])),
                       line["simulated"] is not False, sha256)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def taken(reading: Reading, site: Site) -> list[Picture]:
    """The pictures of a site and of the parks it belongs to that were taken by the data time of the instant.

    Raises NotAllowed, NoSuchThing where the person may not read the site's telegrams.
    """
    reading.demand(Verb.READ_TELEGRAMS, site.id)
    parks = {name for name in site.belongs if name in reading.registry.parks}
    return [one for one in of_home() if (one.subject == site.id or one.subject in parks)
            and one.taken_us <= reading.data_now_us]


def cameras(reading: Reading, site: Site) -> list[Camera]:
    """The cameras of a page: the site's own first; none for those who may not read its telegrams."""
    if not reading.scope.allows(Verb.READ_TELEGRAMS, site.id):
        return []
    by_subject: dict[tuple[str, Seen], list[Picture]] = {}
    for one in taken(reading, site):
        by_subject.setdefault((one.subject, one.seen), []).append(one)
    return [_camera(reading, site, subject, seen, pictures) for (subject, seen), pictures
            in sorted(by_subject.items(), key=lambda row: (row[0][0] != site.id, row[0]))]


def _camera(reading: Reading, site: Site, subject: str, seen: Seen, pictures: list[Picture]) -> Camera:
    own, park = subject == site.id, reading.registry.parks.get(subject)
    name = words.name_of(site) if own or park is None else words.named(park)
    place = f"{site.lon}, {site.lat}" if own and site.lon is not None else ""
    return Camera(name, SEEN[seen], place, any(one.simulated for one in pictures),
                  sorted(pictures, key=lambda one: one.taken_us))


@require_safe
@needs(Verb.READ_TELEGRAMS)
def camera(request: Any, name: str, picture: int) -> HttpResponse:
    """One picture as PNG. NoSuchThing for one that is not the site's, not yet taken, or not what the index says."""
    reading = request.page.reading
    site = reading.site(name, Verb.READ_TELEGRAMS)
    found = next((one for one in taken(reading, site) if one.number == picture), None)
    data = None if found is None else _read(found)
    if data is None:
        raise NoSuchThing(f"{name} {picture}")
    return HttpResponse(data, content_type="image/png", headers={
        "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=300",
        "Content-Disposition": f'inline; filename="camera-{picture}.png"'})


def _read(found: Picture) -> bytes | None:
    """The bytes of a file of the folder itself that is a PNG of the hash named; None for anything else."""
    path = _folder() / found.file
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    good = data.startswith(PNG) and hashlib.sha256(data).hexdigest() == found.sha256
    return data if good else None
