"""What a demo prints when its days have closed: cities, monitors, counters, one figure with its proof."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qingyuan.cli.demo.summary import MonitorLine
    from qingyuan.ledger import Home


def report(console: Any, home: Home) -> None:
    """Print cities, monitors and counters, then explain one figure and check its proof."""
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
