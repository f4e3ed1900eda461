"""The verb: set up a home, start the services, replay, show, explain, prove."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qingyuan.cli.demo.services import Services
    from qingyuan.cli.demo.summary import MonitorLine
    from qingyuan.gateway.simulator import Source
    from qingyuan.ledger import Home

WIDE = 400               # columns where the output is no terminal: nothing is cut
LEAD_S = 2.0            # real seconds between provisioning and the first telegram
TICK_S = 1.0
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
) -> None:
    """Show the main job."""
    from rich.console import Console

    from qingyuan.cli.demo.services import Services, sources
    from qingyuan.ledger import Home

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    played = sources(data, days, seed, province)
    for source in played:
        console.print(source.describe())
    folder = home or Path("var") / f"demo-{datetime.now():%Y%m%d-%H%M%S}"
    opened = Home.create(folder)
    services = Services(opened.path)
    try:
        where = _replay(console, opened, services, played, speed, port)
        _close(console, opened, services, played[0], keep_gateway=not once)
        _report(console, opened)
        if not once:
            console.print(_("the gateway listens on {address}; stop with Ctrl-C").format(address=where))
            _idle(services)
    except KeyboardInterrupt:
        console.print(_("stopping"))
    finally:
        services.stop()


def _replay(console: Any, home: Home, services: Services, played: list[Source], speed: float, port: int) -> str:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from qingyuan.cli.demo.services import keep_truth
    from qingyuan.gateway.simulator import provision, replay
    from qingyuan.ledger import Keyring

    keep_truth(home.path, played)
    real_us = time.time_ns() // 1000 + int(LEAD_S * 1e6)
    (home.path / "logs").mkdir(exist_ok=True)
    provision(home, Keyring.open(home.path / "keys", create=True), *played, real_us=real_us, speed=speed, tick_s=TICK_S)
    services.start("gateway", "gateway", "run", "--home", str(home.path), "--port", str(port))
    services.start("witness", "witness", "run", "--home", str(home.path))
    services.start("pipeline", "pipeline", "follow", "--home", str(home.path))
    address = services.wait_for("gw1.json")
    console.print(_("home {home}, gateway on port {port}, {speed}× replay, one belief tick a second").format(
        home=home.path, port=address["port"], speed=f"{speed:g}"))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(_("telegrams acknowledged"), total=sum(source.telegrams for source in played))

        def seen(acknowledged: int) -> None:
            services.check()
            progress.update(task, completed=acknowledged)

        replay("127.0.0.1", address["port"], *played, real_us=real_us, speed=speed, progress=seen)
    return f"127.0.0.1:{address['port']}"


def _close(console: Any, home: Home, services: Services, source: Source, *, keep_gateway: bool) -> None:
    """Wait until the last day has closed in data time, then let the pipeline finish."""
    from qingyuan.cli.demo.summary import status
    from qingyuan.pipeline.evaluate.tick import GRACE_US

    until = time.monotonic() + 120
    with console.status(_("waiting for the last day to close")):
        while status(home, "pipeline.status.json").get("closed_us", 0) < source.end_us + GRACE_US:
            services.check()
            if time.monotonic() > until:
                raise typer.BadParameter(_("the pipeline did not close the last day in time; see {folder}").format(
                    folder=home.path / "logs"))
            time.sleep(0.2)
        time.sleep(1.0)        # one more round of the witness
    if not keep_gateway:
        services.stop("gateway", "pipeline")
        time.sleep(1.0)
        services.stop()


def _report(console: Any, home: Home) -> None:
    from rich.table import Table

    from qingyuan.cli.demo import summary
    from qingyuan.cli.labels import label
    from qingyuan.evidence.leaf import Verdict
    from qingyuan.numerics.time import iso_local
    from qingyuan.pipeline.explain.beliefs import registry_at

    registry = registry_at(home, time.time_ns() // 1000)
    lines = summary.cities(home, registry)
    table = Table(title=_("air quality by city, replayed data"))
    numbers = _("points"), _("AQI now"), _("AQI of the day")
    for name in (_("city"), _("data"), numbers[0], _("hour"), numbers[1], _("primary pollutant"), numbers[2]):
        table.add_column(name, justify="right" if name in numbers else "left")
    for line in lines:
        table.add_row(line.city, "/".join(label(origin) for origin in line.origins), str(line.points),
                      iso_local(line.now.start)[:16] if line.now else "–",
                      f"{line.now.value} ◔" if line.now else "–", " ".join(line.primary) or "–",
                      f"{line.day.value} ◔" if line.day else "–")
    console.print(table)
    console.print(_monitors(summary.monitors(home, registry)))
    gateway, pipeline = summary.status(home, "gw1.status.json"), summary.status(home, "pipeline.status.json")
    rejected = sum(gateway.get("rejected", {}).values())
    console.print(_("{telegrams} telegrams, {rejected} rejected, pipeline lag {lag} s, {ratio} rows a figure; "
                    "◔ = provisional").format(
        telegrams=gateway.get("telegrams", 0), rejected=rejected, lag=pipeline.get("worst_lag_s"),
        ratio=f"{summary.rows_a_figure(home):.3f}"))
    for name, count in gateway.get("rejected", {}).items():
        if count:
            verdict = label(Verdict[name.upper()])
            console.print(_("{count} in quarantine: {verdict}").format(count=count, verdict=verdict))
    shown = next((line.now for line in lines if line.now is not None and line.now.valid), None)
    if shown is None:
        raise typer.BadParameter(_("no city has an index; see {folder}").format(folder=home.path / "logs"))
    _prove(console, home, str(shown.key))


def _monitors(lines: Iterable[MonitorLine]) -> Any:
    """Table of all monitors by what they watch, measured and simulated apart."""
    from rich.table import Table

    from qingyuan.cli.demo.summary import Watch
    from qingyuan.cli.labels import label
    from qingyuan.numerics.time import iso_local

    words = {Watch.AIR: _("air stations"), Watch.BOUNDARY: _("park boundary"), Watch.STACK: _("stacks"),
             Watch.OUTFALL: _("waste-water outlets"), Watch.SECTION: _("river sections"), Watch.OTHER: _("others")}
    table = Table(title=_("monitors, measured and simulated apart"))
    for name in (_("monitors"), _("data"), _("sites"), _("hour values"), _("newest hour")):
        table.add_column(name, justify="right" if name in (_("sites"), _("hour values")) else "left")
    for line in lines:
        table.add_row(words[line.watch], label(line.origin), str(line.sites), str(line.values),
                      iso_local(line.newest_us)[:16] if line.newest_us else "–")
    return table


def _prove(console: Any, home: Home, figure: str) -> None:
    from qingyuan.cli.explain import show
    from qingyuan.evidence import verify_bundle
    from qingyuan.pipeline.explain import explain, write_bundle

    found = explain(home, figure)
    show(found, console)
    bundle = home.path / "run" / "figure.bundle"
    bundle.write_bytes(write_bundle(home, found))
    console.print(_("checking {file} with the independent verifier").format(file=bundle))
    outcome = subprocess.run([sys.executable, "-I", str(verify_bundle.__file__), str(bundle)], check=False)
    if outcome.returncode:
        raise typer.Exit(1)


def _idle(services: Services) -> None:
    while True:
        services.check()
        time.sleep(1.0)
