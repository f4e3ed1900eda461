"""`qingyuan import`: registry entries from a file into the office ledger, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _

LARGEST = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("import", help=_("Take registry entries from JSON or CSV files; all of a file or none"))(run)


def run(
    files: Annotated[list[Path], typer.Argument(help=_("Files of registry entries"))],
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    dry: Annotated[bool, typer.Option("--dry-run", help=_("Only check; change nothing"))] = False,
) -> None:
    """Check every file first; then append one `file` leaf and its entries a file. Importing again adds nothing."""
    from base64 import b64encode
    from hashlib import sha256

    from qingyuan.evidence.leaf import Kind
    from qingyuan.ledger import Home, Keyring, open_office
    from qingyuan.ledger.office import append_once
    from qingyuan.registry.files import read_entries

    opened = Home.open(home)
    keyring = Keyring.open(opened.path / "keys")
    checked = []
    for path in files:
        data = path.read_bytes()
        checked.append((path, data, read_entries(path.name, data, keyring.password_check)))
    for path, data, entries in checked:
        if dry:
            typer.echo(_("{file}: {count} entries, all in order").format(file=path, count=len(entries)))
            continue
        digest = sha256(data).hexdigest()
        secret = any(entry.secret for entry in entries)       # a file that gave passwords is kept by its digest only
        content = "" if secret or len(data) > LARGEST else b64encode(data).decode()
        with open_office(opened, keyring) as office:
            before = office.size
            append_once(office, Kind.FILE, {"name": path.name, "sha256": digest, "bytes": content,
                                            "key": f"import/{digest}"})
            for number, entry in enumerate(entries):
                append_once(office, Kind.REGISTRY, entry.payload | {"key": f"import/{digest}/{number}"})
            added = office.size - before
        typer.echo(_("{file}: {added} leaves added to the office ledger").format(file=path, added=added))
