"""`qingyuan witness run`: watch that ledgers only grow, and co-sign their checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Watch that ledgers only grow, and co-sign their checkpoints"), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("run", help=_("Follow the ledgers of a home until stopped"))(run)
    app.add_typer(group, name="witness")


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    store: Annotated[Path | None, typer.Option("--store", help=_("Folder of the witness, else in the home"))] = None,
    once: Annotated[bool, typer.Option("--once", help=_("Visit each ledger once; exit 1 if one is refused"))] = False,
) -> None:
    """Co-sign what continues what was seen before; refuse and record what does not."""
    from qingyuan.cli.logs import log_to
    from qingyuan.cli.stopping import stop_on_signal
    from qingyuan.ledger import Home
    from qingyuan.witness import Store, follow, visit_once

    opened = Home.open(home)
    keeper = Store(store or opened.path / "witness")
    if not once:
        log_to(opened.path / "logs" / "witness.log")
        follow(opened, keeper, stop_on_signal())
        return
    refused = False
    for outcome in visit_once(opened, keeper):
        if outcome.alarm is not None:
            refused = True
            typer.echo(_("REFUSED {alarm}").format(alarm=outcome.alarm))
        else:
            new, old = _("co-signed {ledger} at {size} leaves"), _("{ledger}: {size} leaves as before")
            typer.echo((new if outcome.cosigned else old).format(ledger=outcome.ledger, size=outcome.size))
    raise typer.Exit(1 if refused else 0)
