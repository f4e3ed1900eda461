"""`qingyuan hj212 decode`: bytes on standard input, one JSON object a frame on standard output."""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.hj212 import Profile

PACKET = re.compile(rb"##[0-9]{4}(?=(?:QN|ST|MN|CN)=)")


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Read HJ 212 packets"), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("decode", help=_("Bytes on standard input, one JSON object a frame on standard output"))(decode)
    app.add_typer(group, name="hj212")


def decode(
    profile: Annotated[str, typer.Option("--profile", help=_("strict, lenient, modbus, modbus_swapped or "
                                                             "standard_swapped"))] = "strict",
    key: Annotated[str, typer.Option("--key", help=_("SM4 key of the station, hexadecimal"))] = "",
) -> None:
    """Decode everything on standard input; exit 1 if a packet is not accepted under the profile."""
    from qingyuan.cli.errors import CliError
    from qingyuan.hj212 import PROFILES

    if profile not in PROFILES:
        raise CliError(_("no profile '{name}'").format(name=profile),
                       _("choose one of {names}").format(names=", ".join(PROFILES)))
    try:
        secret = bytes.fromhex(key) or None
    except ValueError:
        secret = b"?"
    if secret is not None and len(secret) != 16:
        raise CliError(_("the key is not 16 bytes"), _("give 32 hexadecimal digits"))
    good = True
    for raw in pieces(sys.stdin.buffer.read()):
        found = report(raw, PROFILES[profile], secret)
        good = good and found["accepted"]
        typer.echo(json.dumps(found, ensure_ascii=False))
    raise typer.Exit(0 if good else 1)


def pieces(data: bytes) -> list[bytes]:
    """Packets of a byte stream, good and given-up ones, those with the rest of their line: a profile may forgive a
    wrong length. What is waited for at the end is told as it is."""
    from qingyuan.hj212 import RawFrame, StreamReader

    reader, places, at = StreamReader(), [], 0
    for item in reader.feed(data):
        at = data.find(item.raw, at)
        places.append((at, at + len(item.raw), isinstance(item, RawFrame)))
        at += len(item.raw)
    kept = len(data) - len(reader.remainder)
    spans: list[list[int]] = []
    inside = 0                                    # up to here a given-up packet reaches by its own length
    nexts = [*(start for start, _end, _good in places[1:]), kept]
    for (start, end, good), following in zip(places, nexts, strict=False):
        line = data.find(b"\n", end, following) + 1
        stop = end if good else line or following
        if not good and start < inside and not PACKET.match(data, start):
            spans[-1][1] = stop                   # `##` and digits in a text
            continue
        spans.append([start, stop])
        inside = 0 if good else start + 10 + int(data[start + 2:start + 6])
    starts = [kept, *(found.start() for found in PACKET.finditer(data, kept + 2)), len(data)]
    waiting = [[a, b] for a, b in pairwise(starts) if data.startswith(b"##", a)]
    return [data[a:b] for a, b in spans + waiting]


def report(raw: bytes, profile: Profile, key: bytes | None = None) -> dict[str, Any]:
    """One packet in the form of `expect` of the vector files, with valid, accepted, crc (as received) and notes."""
    from qingyuan import hj212
    from qingyuan.cli.conformance.hj212_form import described

    telegram = hj212.decode(raw, profile, key)
    start = 6 + (telegram.data_len or 0)
    return {"valid": telegram.valid, "accepted": telegram.accepted,
            "crc": raw[start:start + 4].decode("ascii", "replace").strip(), **described(telegram)}
