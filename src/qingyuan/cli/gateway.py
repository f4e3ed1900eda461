"""`qingyuan gateway run`: take telegrams over TCP, keep them as evidence, answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Take telegrams over TCP, keep them as evidence, answer"), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("run", help=_("Listen until stopped; nothing is acknowledged before it is on disk"))(run)
    app.add_typer(group, name="gateway")


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system; a new or empty one becomes a home"))],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=_("Port, 0 for any free one"))] = 9212,
    host: Annotated[str, typer.Option("--host", help=_("Address to listen on"))] = "127.0.0.1",
    name: Annotated[str, typer.Option("--name", help=_("Name of the gateway and its ledger"))] = "gw1",
    admit: Annotated[str, typer.Option("--register", help=_("Unknown loggers: auto or strict"))] = "strict",
) -> None:
    """Run one gateway."""
    from qingyuan.cli.errors import CliError
    from qingyuan.cli.logs import log_to
    from qingyuan.cli.serve import open_or_make, say
    from qingyuan.gateway.run import run as run_gateway
    from qingyuan.registry import Register

    if admit not in set(Register):
        raise CliError(_("'{value}' is no way to register").format(value=admit), _("choose auto or strict"))
    opened = open_or_make(home)
    log_to(opened.path / "logs" / "gateway.log")
    run_gateway(opened, host, port, name, Register(admit),
                lambda at, number: say(_("listening {host}:{port}").format(host=at, port=number)))
