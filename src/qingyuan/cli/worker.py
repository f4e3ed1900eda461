"""`qingyuan worker run`: what the console leaves to the background."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Work in the background of the console"), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("run", help=_("Append changes to the office ledger and run tasks until stopped"))(run)
    app.add_typer(group, name="worker")


def run(home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))]) -> None:
    """Work until stopped."""
    from qingyuan.cli.logs import log_to
    from qingyuan.cli.stopping import stop_on_signal
    from qingyuan.console import prepare
    from qingyuan.ledger import Home, Keyring

    opened = Home.open(home)
    prepare.use(opened)
    prepare.migrate()
    log_to(opened.path / "logs" / "worker.log")
    from qingyuan.console.worker import work

    work(opened, Keyring.open(opened.path / "keys"), stop_on_signal())
