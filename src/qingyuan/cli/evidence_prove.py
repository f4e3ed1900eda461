"""`qingyuan evidence prove|check|verifier`: proofs for strangers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import Home


@dataclass(frozen=True)
class LeafProof:
    """One leaf and its way to the checkpoint."""

    origin: str
    index: int
    data: bytes
    path: list[bytes]


def prove(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    ledger: Annotated[str, typer.Option("--ledger", help=_("Name of the ledger"))],
    leaf: Annotated[int, typer.Option("--leaf", help=_("Number of the leaf"))],
    out: Annotated[Path, typer.Option("--out", help=_("File to write"))],
) -> None:
    """Write the bundle of one leaf."""
    from qingyuan.ledger import Home

    opened = Home.open(home)
    data, witnessed = leaf_bundle(opened, ledger, leaf)
    out.write_bytes(data)
    text = (_("proof of leaf {leaf} of {ledger} under a witnessed checkpoint: {file}") if witnessed
            else _("proof of leaf {leaf} of {ledger} under a checkpoint not yet witnessed: {file}"))
    typer.echo(text.format(leaf=leaf, ledger=ledger, file=out))


def leaf_bundle(home: Home, ledger: str, leaf: int) -> tuple[bytes, bool]:
    """Bundle of a leaf, and whether its checkpoint is a witnessed one. Raises CliError."""
    from qingyuan.cli.errors import CliError
    from qingyuan.cli.evidence import open_ledger
    from qingyuan.evidence.bundle import build
    from qingyuan.evidence.note import parse_checkpoint

    with open_ledger(home, ledger) as opened:
        if not 0 <= leaf < opened.size:
            raise CliError(_("ledger {name} has {size} leaves, not leaf {leaf}").format(
                name=ledger, size=opened.size, leaf=leaf))
        note, witnessed = opened.checkpoint(), opened.witnessed()
        covered = witnessed is not None and leaf < parse_checkpoint(witnessed).size <= parse_checkpoint(note).size
        note = witnessed if covered and witnessed is not None else note
        proof = LeafProof(opened.origin, leaf, opened.leaf(leaf).data,
                          opened.inclusion(leaf, parse_checkpoint(note).size))
        return build(keys=[*opened.vkeys, *home.witness_keys()], checkpoints={opened.origin: note},
                     leaves=[proof]), covered


def check(
    file: Annotated[Path, typer.Argument(help=_("Proof to check"))],
    key: Annotated[list[str] | None, typer.Option("--key", help=_("Trust only this verifier key line"))] = None,
) -> None:
    """Run the verifier as a stranger would: isolated from this installation and from the environment."""
    from qingyuan.evidence import verify_bundle

    keys = [word for line in key or () for word in ("--key", line)]
    command = [sys.executable, "-I", "-S", str(verify_bundle.__file__), str(file), *keys]
    raise typer.Exit(subprocess.run(command, check=False).returncode)


def verifier(out: Annotated[Path, typer.Option("--out", help=_("File to write"))]) -> None:
    """Copy the verifier: one file, Python's standard library only."""
    from qingyuan.evidence import verify_bundle

    out.write_bytes(Path(str(verify_bundle.__file__)).read_bytes())
    typer.echo(_("{file} written; run it with: python {file} PROOF").format(file=out))
