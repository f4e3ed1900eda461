"""`qingyuan console run|manage`: the web console of a home."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.ledger import Home

PORT = 8212
KILL_S = 10                  # a worker told to stop while it starts can miss it; seconds until it is killed
HomeOption = Annotated[Path, typer.Option("--home", help=_("Folder of the system"))]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Run the web console of a home"), no_args_is_help=True)
    group.command("run", help=_("Bring the database up to date and answer browsers until stopped"))(run)
    group.command("manage", help=_("Run one of the framework's own commands, such as migrate"),
                  context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(manage)
    app.add_typer(group, name="console")


def run(
    home: HomeOption,
    host: Annotated[str, typer.Option("--host", help=_("Address to listen on"))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=_("Port, 0 for any free one"))] = PORT,
    workers: Annotated[int, typer.Option("--workers", min=1, help=_("Processes that answer"))] = 2,
) -> None:
    """Run the console until stopped."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    opened = Home.open(home)
    prepare.use(opened)
    prepare.migrate()
    check_built()
    port = port or free_port(host)
    note_address(opened, host, port)
    os.execve(sys.executable, [  # noqa: S606 (our own server, by list)
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers",
        str(workers), "--blocking-threads", "4", "--no-access-log", "--log-level", "warning",
        "--respawn-failed-workers", "--workers-kill-timeout", str(KILL_S),
        "qingyuan.console.wsgi:application"], prepare.environment(opened))


def check_built() -> None:
    """Raise CliError where scripts and styles were not built."""
    from django.conf import settings

    from qingyuan.cli.errors import CliError

    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        raise CliError(_("scripts and styles of the console are not built"), _("run: make setup"))


def free_port(host: str) -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server((host, 0)) as probe:
        return probe.getsockname()[1]


def note_address(home: Home, host: str, port: int) -> None:
    """Leave the address where `serve` and `demo` look for it."""
    path = home.path / "run" / "console.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"host": host, "port": port}), "ascii")
    part.replace(path)


def manage(context: typer.Context, home: HomeOption) -> None:
    """Run a command of the framework."""
    from django.core.management import execute_from_command_line

    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    prepare.use(Home.open(home))
    execute_from_command_line(["qingyuan console manage", *context.args])
