"""`qingyuan data fetch`: public measured data for a replay, where none came with the checkout."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.cli.download import Progress

# Unseen: this address was never reached from the machine on which the software was built.
URL = "https://archive.ics.uci.edu/static/public/501/beijing+multi+site+air+quality+data.zip"
FOLDER = Path("var") / "data"
TARGET = Path("qc") / "beijing12_hourly_201303_201702.csv.gz"


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Fetch public measured data"), no_args_is_help=True)
    group.callback()(_group)
    group.command("fetch", help=_("Fetch the public Beijing air data for a replay (12 stations, 2013-2017)"))(fetch)
    app.add_typer(group, name="data")


def _group() -> None:
    """Keep `fetch` a word of its own, although it is the only one."""


def fetch(
    to: Annotated[Path, typer.Option("--to", help=_("Folder for the data"))] = FOLDER,
    url: Annotated[str, typer.Option("--url", help=_("Address of the zip file, if it has moved"))] = URL,
    again: Annotated[bool, typer.Option("--again", help=_("Fetch even if the data are there"))] = False,
) -> None:
    """Fetch, check and convert; running it again goes on where it stopped."""
    target = to / TARGET
    if target.exists() and not again:
        typer.echo(_("{file} is there already").format(file=target))
        return
    from qingyuan.cli.beijing import WrongContent, convert
    from qingyuan.cli.download import download

    archive = to / "beijing.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with _bar() as progress:
        download(url, archive, progress)
    typer.echo(_("checking and converting"))
    try:
        count = convert(archive, target)
    except WrongContent:
        archive.unlink()       # what is wrong must not be found there next time
        raise
    origin = {"url": url, "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(), "rows": count,
              "licence": "CC BY 4.0 as stated by the source", "cite": "doi:10.1098/rspa.2017.0457"}
    target.with_name(target.name + ".origin.json").write_text(json.dumps(origin, indent=1) + "\n", "utf-8")
    archive.unlink()
    typer.echo(_("{count} rows of 12 stations in {file}; replay them with: qingyuan demo --data beijing").format(
        count=count, file=target))


class _bar:
    """A progress bar on standard error as a context; gives the function that moves it."""

    def __enter__(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        self._shown = Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
                               console=Console(stderr=True))
        self._shown.start()
        task = self._shown.add_task(_("fetching"), total=None)
        return lambda done, total: self._shown.update(task, completed=done, total=total)

    def __exit__(self, *_error: object) -> None:
        self._shown.stop()
