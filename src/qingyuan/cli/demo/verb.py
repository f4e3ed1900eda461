"""The verb: set up a home, start the services, replay, show, explain, prove."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _

WIDE = 400               # columns where the output is no terminal: nothing is cut
SPEED = 2880.0          # two days a minute


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo", help=_("Run everything on measured data, or on a simulated set where there is none"))(run)


def run(
    once: Annotated[bool, typer.Option("--once", help=_("End after the replay, with a proof checked"))] = False,
    home: Annotated[Path | None, typer.Option("--home", help=_("Folder to make (default: var/demo-TIME)"))] = None,
    data: Annotated[str, typer.Option("--data", help=_("Which data: auto, delta, beijing or simulated"))] = "auto",
    days: Annotated[int, typer.Option("--days", min=1, help=_("Days of data"))] = 2,
    speed: Annotated[float, typer.Option("--speed", min=1, help=_("Data seconds in one real second"))] = SPEED,
    port: Annotated[int, typer.Option("--port", help=_("Port of the gateway, 0 for any free one"))] = 0,
    seed: Annotated[int, typer.Option("--seed", help=_("Seed of the simulation"))] = 1,
    province: Annotated[bool, typer.Option("--province/--no-province",
                                           help=_("Play a simulated province beside the other stations"))] = True,
    more: Annotated[int, typer.Option("--more-days", min=0, help=_("Days that follow at a slower pace"))] = 5,
    console_port: Annotated[int, typer.Option("--console-port", help=_("Port of the console, 0 for any free one"))] = 0,
) -> None:
    """Show the main job."""
    from rich.console import Console

    from qingyuan.cli.demo.report import report
    from qingyuan.cli.demo.services import Services, sources
    from qingyuan.cli.demo.show import Show
    from qingyuan.ledger import Home
    from qingyuan.numerics.time import DAY_US

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    played = sources(data, days + (0 if once else more), seed, province)
    for source in played:
        console.print(source.describe())
    folder = home or Path("var") / f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    opened = Home.create(folder)
    services = Services(opened.path)
    try:
        show = Show(console, opened, services, played, played[0].start_us + days * DAY_US, speed)
        show.begin(port)
        if not once:
            show.open_console(console_port)
        show.replay()
        show.close(keep_gateway=not once)
        report(console, opened)
        if not once:
            show.idle()
    except KeyboardInterrupt:
        console.print(_("stopping"))
    finally:
        services.stop()
