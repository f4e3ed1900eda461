"""`qingyuan rebuild`: make the lake again from the ledgers and hold it against what was published."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from qingyuan.cli.i18n import _
from qingyuan.cli.times import instant_us


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("rebuild", help=_("Make the lake again from the ledgers; equal figures, or appended corrections"))(run)


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    since: Annotated[str | None, typer.Option("--from", help=_("First instant compared (ISO, +08:00 if none)"))] = None,
    until: Annotated[str | None, typer.Option("--to", help=_("Instant after the last one compared"))] = None,
    site: Annotated[str | None, typer.Option("--site", help=_("Only figures of this site or city:NAME"))] = None,
    engine: Annotated[str, typer.Option("--engine", help=_("Engine: local"))] = "local",
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Rebuild and compare; exit 1 where a figure came out otherwise than published."""
    from qingyuan.ledger import Home
    from qingyuan.pipeline.rebuild import Part, rebuild

    part = Part(site, instant_us(since) if since else None, instant_us(until) if until else None)
    report = rebuild(Home.open(home), part, engine)
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(_("{rows} rows from {ticks} ticks; {publications} publications on record")
                   .format(rows=report.rows, ticks=report.ticks, publications=report.publications))
        for tick in report.differing_publications:
            typer.echo(_("tick {tick}: the published root is another").format(tick=tick))
        if report.corrections:
            typer.echo(_("{count} corrections appended").format(count=report.corrections))
        if not report.differing_publications and not report.corrections:
            typer.echo(_("equal to what was published, to the last digit and with the same believed_from")
                       if report.equal or not report.had_lake
                       else _("equal in value; corrections of an earlier rebuild are on record"))
    raise typer.Exit(1 if report.differing_publications or report.corrections else 0)
