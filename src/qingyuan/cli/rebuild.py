"""`qingyuan rebuild`: make the lake again from the ledgers and hold it against what was published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _
from qingyuan.cli.times import instant_us

if TYPE_CHECKING:
    from qingyuan.pipeline.rebuild import Report

SHOWN = 10                # figures and files named in the text form


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
    """Rebuild and compare; exit 1 where a figure came out otherwise than published, or the lake was damaged."""
    from qingyuan.ledger import Home
    from qingyuan.pipeline.rebuild import Part, rebuild

    part = Part(site, instant_us(since) if since else None, instant_us(until) if until else None)
    report = rebuild(Home.open(home), part, engine)
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        for line in _told(report):
            typer.echo(line)
    raise typer.Exit(0 if report.well else 1)


def _told(report: Report) -> Iterator[str]:
    """The report in sentences."""
    yield _("{rows} rows from {ticks} ticks; {publications} publications on record").format(
        rows=report.rows, ticks=report.ticks, publications=report.publications)
    damage = report.damage
    if damage:
        yield _("the lake was damaged: {figures} figures of {ticks} ticks were not what was published; it was made "
                "again from the ledgers and is whole now").format(
                    figures=len(damage.figures), ticks=len(damage.ticks))
        yield from (f"  {name}" for name in [*damage.figures[:SHOWN], *damage.files[:SHOWN]])
        if (more := max(0, len(damage.figures) - SHOWN) + max(0, len(damage.files) - SHOWN)) > 0:
            yield _("  and {count} more; --json names all").format(count=more)
        for table, count in damage.other_rows.items():
            yield _("  {count} rows of {table} were not those of the ledgers").format(count=count, table=table)
    if report.behind:
        yield _("{count} published figures had not reached the lake; they are in it now").format(count=report.behind)
    for tick in report.differing_publications:
        yield _("tick {tick}: the published root is another").format(tick=tick)
    for tick in report.not_held:
        yield _("tick {tick}: what was published is not held any more, only its root is on record").format(tick=tick)
    if report.corrections:
        yield _("{count} corrections appended").format(count=report.corrections)
    elif report.differing_publications:
        yield _("the corrections of an earlier rebuild are on record; nothing was appended")
    elif report.well:
        yield _("equal to what was published, to the last digit and with the same believed_from")
