"""`qingyuan import`: registry entries from a file into the office ledger, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import Home, Keyring
    from qingyuan.registry import Registry, Site
    from qingyuan.registry.files import FileEntry

LARGEST = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("import", help=_("Take registry entries from JSON or CSV files; all of a file or none"))(run)


def run(
    files: Annotated[list[Path], typer.Argument(help=_("Files of registry entries"))],
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    dry: Annotated[bool, typer.Option("--dry-run", help=_("Only check; change nothing"))] = False,
) -> None:
    """Check every file first; then append one `file` leaf and its entries a file. Importing again adds nothing.

    What loggers sent before they were registered is admitted from quarantine where its password is the registered one.
    """
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
    registry = _together(opened, checked)
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
    if not dry:
        _admit(opened, keyring, [registry.sites[entry.payload["id"]] for _path, _data, entries in checked
                                 for entry in entries if entry.payload["entry"] == "site"])


def _together(home: Home, checked: list[tuple[Path, bytes, list[FileEntry]]]) -> Registry:
    """The registry as it will be; raises FileError where an entry does not go with the others."""
    from qingyuan.evidence.leaf import Kind, parse
    from qingyuan.ledger import OFFICE, Ledger
    from qingyuan.registry import fold
    from qingyuan.registry.files import FileError
    from qingyuan.registry.forms import Fault

    with Ledger(home.ledger_path(OFFICE)) as office:
        leaves = [leaf for stored in office.leaves() if (leaf := parse(stored.data)).kind is Kind.REGISTRY]
    known = [(leaf.received_us, leaf.payload) for leaf in leaves]
    before = {str(problem) for problem in fold(known).problems}
    later = max((learned for learned, _payload in known), default=0) + 1
    fresh = [(later, entry.payload) for _path, _data, entries in checked for entry in entries]
    registry = fold([*known, *fresh])
    wrong = {problem.entry: problem for problem in registry.problems if str(problem) not in before}
    for path, _data, entries in checked:
        faults = [Fault(entry.line, problem.field, f"{problem.entry}: {problem.what}", problem.remedy)
                  for entry in entries
                  if (problem := wrong.get(f"{entry.payload['entry']} {entry.payload['id']}")) is not None]
        if faults:
            raise FileError(path.name, faults)
    return registry


def _admit(home: Home, keyring: Keyring, sites: list[Site]) -> None:
    from qingyuan.evidence.leaf import Kind
    from qingyuan.gateway.admission import admissions
    from qingyuan.ledger import open_office
    from qingyuan.ledger.office import append_once

    entries = admissions(home, keyring, sites)
    if entries:
        with open_office(home, keyring) as office:
            before = office.size
            for entry in entries:
                append_once(office, Kind.REGISTRY, entry)
            added = office.size - before
        typer.echo(_("{count} admissions of quarantined telegrams added").format(count=added))
