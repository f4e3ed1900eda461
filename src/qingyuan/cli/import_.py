"""`qingyuan import`: registry entries from a file into the office ledger, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import Home, Keyring
    from qingyuan.registry import Registry, Site
    from qingyuan.registry.files import FileEntry

    File = tuple[Path, bytes, list[FileEntry]]

LARGEST = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("import", help=_("Take registry entries from JSON or CSV files; all of a file or none"))(run)


def run(
    files: Annotated[list[Path], typer.Argument(help=_("Files of registry entries"))],
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    dry: Annotated[bool, typer.Option("--dry-run", help=_("Only check; change nothing"))] = False,
) -> None:
    """Check every file first; then append one `file` leaf and its entries a file. What is in force is not added again.

    What loggers sent before they were registered is admitted from quarantine where its password is the registered one.
    """
    from qingyuan.ledger import Home, Keyring
    from qingyuan.registry.files import read_entries

    opened = Home.open(home)
    keyring = Keyring.open(opened.path / "keys")
    checked = []
    for path in files:
        data = path.read_bytes()
        entries = read_entries(path.name, data, keyring.password_check)
        _check_admissions(opened, path.name, entries)
        checked.append((path, data, entries))
    registry = _together(_known(opened), checked)
    for number, (path, _data, entries) in enumerate(checked):
        if dry:
            typer.echo(_("{file}: {count} entries, all in order").format(file=path, count=len(entries)))
            continue
        added = _append(opened, keyring, checked[number:])
        typer.echo(_("{file}: {added} leaves added to the office ledger").format(file=path, added=added) if added else
                   _("{file}: nothing to change, all {count} entries are in force").format(
                       file=path, count=len(entries)))
    sites = [registry.sites[entry.payload["id"]] for _path, _data, entries in checked
             for entry in entries if entry.payload["entry"] == "site"]
    for site in sites:
        if (before := registry.before.get(site.mn)) is not None and before.id != site.id:
            typer.echo(_("site {site} has the logger of {before}, which had registered itself").format(
                site=site.id, before=before.id))
    if not dry:
        _admit(opened, keyring, sites)


def _append(home: Home, keyring: Keyring, checked: list[File]) -> int:
    """Add a `file` leaf and those entries of the first file that change something; returns how many leaves, 0 if
    nothing changes.

    Nobody else appends between the comparison and the entries. Raises FileError where somebody did meanwhile what does
    not go with them, as giving an MN to another site.
    """
    from base64 import b64encode
    from hashlib import sha256

    from qingyuan.evidence.leaf import Kind
    from qingyuan.ledger import open_office
    from qingyuan.registry import changing

    path, data, entries = checked[0]
    digest = sha256(data).hexdigest()
    secret = any(entry.secret for entry in entries)           # a file that gave passwords is kept by its digest only
    content = "" if secret or len(data) > LARGEST else b64encode(data).decode()
    with open_office(home, keyring) as office:
        known = _known(home)
        _together(known, checked)
        numbers = changing(known, [entry.payload for entry in entries])
        if not numbers:
            return 0
        key = f"import/{digest}/{office.size}"                # the same file may come again after another
        office.append_json(Kind.FILE, {"name": path.name, "sha256": digest, "bytes": content, "key": key})
        for number in numbers:
            office.append_json(Kind.REGISTRY, entries[number].payload | {"key": f"{key}/{number}"})
    return 1 + len(numbers)


def _known(home: Home) -> list[tuple[int, dict[str, Any]]]:
    """Registry entries of the office ledger with the time at which each was learned."""
    from qingyuan.evidence.leaf import Kind, parse
    from qingyuan.ledger import OFFICE, Ledger

    with Ledger(home.ledger_path(OFFICE)) as office:
        leaves = (parse(stored.data) for stored in office.leaves())
        return [(leaf.received_us, leaf.payload) for leaf in leaves if leaf.kind is Kind.REGISTRY]


def _check_admissions(home: Home, name: str, entries: list[FileEntry]) -> None:
    """Raise FileError where an admission does not name a quarantine ledger of this home: it would admit nothing."""
    from qingyuan.ledger import QUARANTINE
    from qingyuan.registry.files import FileError
    from qingyuan.registry.forms import Fault

    there = [ledger for ledger in home.ledgers() if ledger.endswith(QUARANTINE)]
    remedy = _("choose one of {names}").format(names=", ".join(there)) if there else _("leave the entry out")
    faults = [Fault(entry.line, "ledger", _("{ledger} is no quarantine ledger of this home").format(
                  ledger=repr(entry.payload["data"]["ledger"])), remedy)
              for entry in entries
              if entry.payload["entry"] == "admission" and entry.payload["data"]["ledger"] not in there]
    if faults:
        raise FileError(name, faults)


def _together(known: list[tuple[int, dict[str, Any]]], checked: list[File]) -> Registry:
    """The registry as it will be; raises FileError where an entry does not go with the others."""
    from qingyuan.registry import fold
    from qingyuan.registry.files import FileError
    from qingyuan.registry.forms import Fault

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
    from qingyuan.gateway.admission import admit

    if added := admit(home, keyring, sites):
        typer.echo(_("{count} admissions of quarantined telegrams added").format(count=added))
