"""`qingyuan serve`: gateway, pipeline, witness, console and worker of one home in one command."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.cli.supervise import Service
    from qingyuan.ledger import Home

PORT, WEB_PORT = 9212, 8212
CONSOLE = "console.json"
PATTERNS = ("gw*.json", CONSOLE)
LOCK = "serve.lock"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("serve", help=_("Run everything together; a new folder becomes a home"))(run)


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help=_("Port, 0 for any free one"))] = PORT,
    host: Annotated[str, typer.Option("--host", help=_("Address to listen on"))] = "127.0.0.1",
    admit: Annotated[str, typer.Option("--register", help=_("Unknown loggers: auto or strict"))] = "strict",
    web: Annotated[bool, typer.Option("--console/--no-console", help=_("With the web console"))] = True,
    web_port: Annotated[int, typer.Option("--console-port", min=0, max=65535,
                                          help=_("Port of the console, 0 for any free one"))] = WEB_PORT,
) -> None:
    """Run everything until SIGTERM or Ctrl-C; a process that crashes is started again."""
    from qingyuan.cli.errors import CliError
    from qingyuan.cli.supervise import Supervisor

    if not (home / "qingyuan.json").exists():
        check_port(host, port)                  # before a folder becomes a home for nothing
    opened = open_or_make(home)
    with alone(opened):
        check_port(host, port)
        if web:
            check_port(host, web_port, "--console-port")
            first_person(opened)
        children = services(opened, host, port, admit, web_port if web else None)
        supervisor = Supervisor(children, opened.path / "logs", say)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_signal: supervisor.stop())
        clean = supervisor.run(Addresses(opened.path / "run").show)
    if supervisor.failed:
        raise CliError(supervisor.failed)
    raise typer.Exit(0 if clean else 1)


def say(text: str) -> None:
    """Print a line; where there is no room for it, the services go on all the same."""
    with suppress(OSError):
        typer.echo(text)


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Hold the home for one `serve` as long as it lives; raises CliError where another one does."""
    from qingyuan.cli.errors import CliError
    from qingyuan.ledger import LedgerLocked
    from qingyuan.ledger.files import lock

    path = home.path / "run" / LOCK
    path.parent.mkdir(exist_ok=True)
    try:
        handle = lock(path, 0.0)
    except LedgerLocked:
        raise CliError(_("{folder} is served already, by process {pid}").format(
            folder=home.path, pid=path.read_text("ascii").strip() or "?"),
            _("stop that process first, or give another folder with --home")) from None
    try:
        os.ftruncate(handle, 0)
        os.write(handle, b"%d\n" % os.getpid())
        yield
    finally:
        os.close(handle)


def check_port(host: str, port: int, option: str = "--port") -> None:
    """Raise CliError where nobody could listen: the port is in use, or there is no such address here. `option` chooses
    another port.
    """
    from qingyuan.cli.errors import BY_ERRNO, CliError, sentence

    try:
        for family, kind, number, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM,
                                                                       flags=socket.AI_PASSIVE):
            with socket.socket(family, kind, number) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
    except OSError as error:
        why, remedy = sentence(error).replace("--port", option), _("check --host and --port")
        raise CliError(_("cannot listen at {host}:{port}: {why}").format(host=host, port=port, why=why),
                       "" if error.errno in BY_ERRNO else remedy) from error


class Addresses:
    """Says where gateways and console listen, once they have written it, and again when they have been restarted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shown = {path: path.stat().st_mtime_ns for path in self._paths()}     # left by an earlier run

    def _paths(self) -> list[Path]:
        names = (path for pattern in PATTERNS for path in sorted(self._folder.glob(pattern)))
        return [path for path in names if not path.name.endswith(".status.json")]

    def show(self) -> None:
        """Print what is new."""
        for path in self._paths():
            changed = path.stat().st_mtime_ns
            if self._shown.get(path) != changed:
                self._shown[path] = changed
                there = json.loads(path.read_bytes())
                text = _("the console answers at http://{host}:{port}/") if path.name == CONSOLE else \
                    _("telegrams are taken at {host}:{port}")
                say(text.format(host=there["host"], port=there["port"]))


def first_person(home: Home) -> None:
    """Bring the console's database up to date; where nobody has an account, make an administrator and say so once."""
    from qingyuan.console import prepare

    prepare.use(home)
    prepare.migrate()
    from qingyuan.console.accounts.seed import ensure_first_administrator

    if (made := ensure_first_administrator()) is not None:
        typer.echo(_("first administrator: {name}, password {password}, to be changed at the first log-in").format(
            name=made[0], password=made[1]))


def open_or_make(folder: Path) -> Home:
    """The home in a folder; a missing or empty folder becomes one. Raises HomeError for a folder of something else."""
    from qingyuan.ledger import Home

    if folder.is_dir() and any(folder.iterdir()):
        return Home.open(folder)
    made = Home.create(folder)
    typer.echo(_("made a new home in {folder}").format(folder=folder))
    return made


def services(home: Home, host: str, port: int, admit: str, web_port: int | None = None) -> list[Service]:
    """The processes of a home, in the order in which they are stopped: the gateway first, the witness last.

    Taking telegrams is what must not stop: without one of the others the gateway goes on. web_port: port of the
    console; None: no console and no worker.
    """
    from qingyuan.cli.supervise import Service, verb

    where = ("--home", str(home.path))
    listen = ("--host", host, "--port", str(port), "--register", admit)
    web = [] if web_port is None else [
        Service("console", verb("console", "run", *where, "--host", host, "--port", str(web_port)), needed=False),
        Service("worker", verb("worker", "run", *where), needed=False)]
    return [Service("gateway", verb("gateway", "run", *where, *listen)), *web,
            Service("pipeline", verb("pipeline", "follow", *where), needed=False),
            Service("witness", verb("witness", "run", *where), needed=False)]
