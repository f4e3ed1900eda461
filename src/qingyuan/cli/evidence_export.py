"""`qingyuan evidence dump|tiles`: leaves as JSON, hashes as tiles. Neither holds a secret."""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import StoredLeaf


def dump(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    ledger: Annotated[str | None, typer.Option("--ledger", help=_("Only this ledger"))] = None,
) -> None:
    """Print every leaf."""
    from qingyuan.cli.evidence import open_ledger
    from qingyuan.ledger import Home

    opened = Home.open(home)
    try:
        for name in [ledger] if ledger is not None else opened.ledgers():
            with open_ledger(opened, name) as reader:
                for stored in reader.leaves(reader.first()):
                    sys.stdout.write(json.dumps(leaf_object(name, stored), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:                # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leaf_object(ledger: str, stored: StoredLeaf) -> dict[str, Any]:
    """One line of the dump; for frames also peer, verdict and the text, withheld bytes as `*`."""
    from qingyuan.evidence.leaf import FrameLeaf, parse
    from qingyuan.numerics.time import iso_utc

    leaf = parse(stored.data)
    out = {"ledger": ledger, "leaf": stored.index, "kind": leaf.kind.name.lower(),
           "received": iso_utc(leaf.received_us), "bytes": base64.b64encode(stored.data).decode()}
    if isinstance(leaf.payload, FrameLeaf):
        out |= {"peer": leaf.payload.peer, "verdict": leaf.payload.verdict.name.lower(),
                "text": text_of(leaf.payload.masked)}
    return out


def text_of(data: bytes) -> str:
    """Bytes of a telegram as text: UTF-8, else GB 18030, else ASCII with the other bytes escaped."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("ascii", "backslashreplace")


def tiles(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    ledger: Annotated[str, typer.Option("--ledger", help=_("Name of the ledger"))],
    out: Annotated[Path, typer.Option("--out", help=_("Folder to write"))],
) -> None:
    """Write `checkpoint` and `tile/…` in the layout of C2SP tlog-tiles; entries are never written."""
    from qingyuan.cli.evidence import open_ledger
    from qingyuan.evidence.note import parse_checkpoint
    from qingyuan.evidence.tiles import tiles as all_tiles
    from qingyuan.ledger import Home

    with open_ledger(Home.open(home), ledger) as reader:
        note, witnessed = reader.checkpoint(), reader.witnessed()
        if witnessed is not None and parse_checkpoint(witnessed).size == parse_checkpoint(note).size:
            note = witnessed
        count = 0
        for path, data in all_tiles(parse_checkpoint(note).size, reader.get):
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            count += 1
        out.mkdir(parents=True, exist_ok=True)
        (out / "checkpoint").write_text(note, "utf-8")
        typer.echo(_("{count} tiles and the checkpoint of {size} leaves: {folder}").format(
            count=count, size=parse_checkpoint(note).size, folder=out))
