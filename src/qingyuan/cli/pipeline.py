"""`qingyuan pipeline run|follow`: from the ledgers into the lake."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _

HomeOption = Annotated[Path, typer.Option("--home", help=_("Folder of the system"))]


def register(app: typer.Typer) -> None:
    """Add the verb."""
    group = typer.Typer(help=_("Turn telegrams into observations, flags and figures"), no_args_is_help=True)
    group.command("run", help=_("Work off everything received up to now, then end"))(run)
    group.command("follow", help=_("Follow the ledgers until stopped"))(follow)
    app.add_typer(group, name="pipeline")


def run(home: HomeOption) -> None:
    """Work off everything up to now."""
    from qingyuan.cli.labels import label
    from qingyuan.ledger import Home
    from qingyuan.pipeline.follow import run_once

    def waiting(seconds: float) -> None:
        typer.echo(_("the belief tick that holds the newest telegrams ends in {seconds} s; waiting").format(
            seconds=f"{seconds:.0f}"), err=True)

    progress = run_once(Home.open(home), waiting).progress
    typer.echo(_("{ticks} ticks, {arrivals} telegrams, {observations} observations, {figures} figures, {flags} flags")
               .format(ticks=progress.ticks, arrivals=progress.arrivals, observations=progress.observations,
                       figures=progress.figures, flags=progress.flags))
    for reason, count in sorted(progress.unplaced.items()):
        typer.echo(_("{count} telegrams gave no observation: {reason}").format(count=count, reason=label(reason)))


def follow(home: HomeOption) -> None:
    """Follow the ledgers."""
    from qingyuan.cli.logs import log_to
    from qingyuan.cli.stopping import stop_on_signal
    from qingyuan.ledger import Home
    from qingyuan.pipeline.follow import follow as run_follow

    opened = Home.open(home)
    log_to(opened.path / "logs" / "pipeline.log")
    run_follow(opened, stop_on_signal())
