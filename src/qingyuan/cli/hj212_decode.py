"""`qingyuan hj212 decode`: bytes on standard input, one JSON object a frame on standard output."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.hj212 import Profile


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
    """Packets of a byte stream, good and given-up ones; what is left at the end is a packet of its own."""
    from qingyuan.hj212 import StreamReader

    reader = StreamReader(accept=lambda segment, digits: True)
    out = [item.raw for item in reader.feed(data)]
    return out + ([reader.remainder] if reader.remainder else [])


def report(raw: bytes, profile: Profile, key: bytes | None = None) -> dict[str, Any]:
    """One packet in the form of `expect` of the vector files, with valid, accepted, crc (as received) and notes."""
    from qingyuan import hj212
    from qingyuan.cli.conformance.hj212_form import described

    telegram = hj212.decode(raw, profile, key)
    start = 6 + (telegram.data_len or 0)
    return {"valid": telegram.valid, "accepted": telegram.accepted,
            "crc": raw[start:start + 4].decode("ascii", "replace").strip(), **described(telegram)}
