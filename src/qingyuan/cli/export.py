"""`qingyuan export`: rows of the lake as a file, each with its stage, belief and provenance."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.errors import CliError
from qingyuan.cli.i18n import _
from qingyuan.cli.times import instant_us
from qingyuan.pipeline.export_forms import Format, Table

if TYPE_CHECKING:
    import pyarrow as pa


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("export", help=_("Write figures, observations or flags to a file, as believed now or earlier"))(run)


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    table: Annotated[Table, typer.Option("--table", help=_("What to export"))] = Table.HOUR,
    site: Annotated[list[str] | None, typer.Option("--site", help=_("Site id or city:NAME; may be repeated"))] = None,
    factor: Annotated[list[str] | None, typer.Option(
        "--factor", help=_("Symbol (PM2.5) or code (a34004); may be repeated"))] = None,
    since: Annotated[str | None, typer.Option("--from", help=_("First start (ISO, +08:00 if none)"))] = None,
    until: Annotated[str | None, typer.Option("--to", help=_("End of starts, excluded"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=_("As it was believed at this instant"))] = None,
    form: Annotated[Format, typer.Option("--format", help=_("Form of the file"))] = Format.CSV,
    out: Annotated[Path | None, typer.Option("--out", help=_("File; standard output without it"))] = None,
) -> None:
    """Export one table."""
    from qingyuan.api import Platform, factor_codes
    from qingyuan.lake import Question
    from qingyuan.pipeline import exports

    if out is None and form in (Format.PARQUET, Format.XLSX) and sys.stdout.isatty():
        raise CliError(_("this form is no text for a terminal"), _("name a file with --out"))
    platform = Platform(home)
    question = Question(
        sites=site or None, factors=factor_codes(factor or None), start_us=instant_us(since) if since else None,
        end_us=instant_us(until) if until else None, as_of_us=instant_us(as_of) if as_of else None)
    at = platform.lake.current()
    batches = platform.lake.stream(table.value, question, at=at)
    count = 0
    with _target(out) as target, exports.WRITERS[form](target) as write:
        for rows in _shown(table, batches):
            write(rows)
            count += len(rows)
    typer.echo(_("{count} rows of {table}, state {number} of the lake").format(
        count=count, table=table.value, number=at.number), err=True)


def _shown(table: Table, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Tables for the writers; at least one, so that an empty export still has its columns."""
    import pyarrow as pa

    from qingyuan.pipeline import exports

    yield exports.empty(table)
    for batch in batches:
        yield exports.exact(table, pa.Table.from_batches([batch]))


@contextmanager
def _target(out: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, a pipe or device that is there, or a file that appears whole or not at all."""
    if out is None:
        yield sys.stdout.buffer
        return
    if out.exists() and not out.is_file():
        with out.open("wb") as stream:
            yield stream
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
