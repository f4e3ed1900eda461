"""`qingyuan export`: rows of the lake as CSV, JSON lines or Parquet, each with its stage, belief and provenance."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.errors import CliError
from qingyuan.cli.i18n import _
from qingyuan.cli.times import instant_us

if TYPE_CHECKING:
    import pyarrow as pa


class Table(StrEnum):
    """What can be exported."""

    HOUR = "hour"
    DAY = "day"
    FIGURE = "figure"
    OBSERVATION = "observation"
    FLAG = "flag"


class Format(StrEnum):
    """How rows are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


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

    if out is None and form is Format.PARQUET and sys.stdout.isatty():
        raise CliError(_("Parquet is no text for a terminal"), _("name a file with --out"))
    platform = Platform(home)
    question = Question(
        sites=site or None, factors=factor_codes(factor or None), start_us=instant_us(since) if since else None,
        end_us=instant_us(until) if until else None, as_of_us=instant_us(as_of) if as_of else None)
    at = platform.lake.current()
    batches = platform.lake.stream(table.value, question, at=at)
    count = 0
    with _target(out) as target, WRITERS[form](target) as write:
        for rows in _shown(table, batches):
            write(rows)
            count += len(rows)
    typer.echo(_("{count} rows of {table}, state {number} of the lake").format(
        count=count, table=table.value, number=at.number), err=True)


def _shown(table: Table, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Tables for the writers; at least one, so that an empty export still has its columns."""
    import pyarrow as pa

    from qingyuan.lake import SPECS

    yield _exact(table, SPECS[table.value].schema.empty_table())
    for batch in batches:
        yield _exact(table, pa.Table.from_batches([batch]))


def _exact(table: Table, rows: pa.Table) -> pa.Table:
    """Columns for people: instants at +08:00, decimals as exact text, figures with their id, flags that hold."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from qingyuan.api import local
    from qingyuan.lake.schema import VALUES
    from qingyuan.numerics.decimals import to_text
    from qingyuan.pipeline.figure import FigureKey

    if table is Table.FLAG:
        return local(rows.filter(pc.not_equal(rows.column("level"), 1)))
    if table is Table.OBSERVATION:
        for name in VALUES:
            pairs = zip(rows.column(name).to_pylist(), rows.column(f"{name}_scale").to_pylist(), strict=True)
            texts = pa.array([None if m is None else to_text(m, s) for m, s in pairs], pa.string())
            rows = rows.drop_columns(f"{name}_scale").set_column(rows.column_names.index(name), name, texts)
        return local(rows)
    starts = rows.column("start").cast(pa.int64()).to_pylist()
    keys = zip(rows.column("name").to_pylist(), rows.column("subject").to_pylist(), starts, strict=True)
    rows = rows.add_column(0, "figure", pa.array([str(FigureKey(*key)) for key in keys], pa.string()))
    return local(rows.drop_columns(["mantissa", "scale"]))


@contextmanager
def _target(out: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears whole or not at all."""
    if out is None:
        yield sys.stdout.buffer
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _csv(target: IO[bytes]) -> Iterator[Callable[[pa.Table], Any]]:
    from pyarrow import csv

    head = True

    def write(rows: pa.Table) -> None:
        nonlocal head
        csv.write_csv(_texts(rows), target, csv.WriteOptions(include_header=head))
        head = False

    yield write


@contextmanager
def _jsonl(target: IO[bytes]) -> Iterator[Callable[[pa.Table], Any]]:
    def write(rows: pa.Table) -> None:
        for row in _texts(rows).to_pylist():
            for name in ("detail", "evidence", "text"):
                if row.get(name):
                    row[name] = json.loads(row[name])
            target.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")

    yield write


@contextmanager
def _parquet(target: IO[bytes]) -> Iterator[Callable[[pa.Table], Any]]:
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None

    def write(rows: pa.Table) -> None:
        nonlocal writer
        writer = writer or pq.ParquetWriter(target, rows.schema, compression="zstd")
        if len(rows):
            writer.write_table(rows)

    yield write
    if writer is not None:
        writer.close()


WRITERS = {Format.CSV: _csv, Format.JSONL: _jsonl, Format.PARQUET: _parquet}


def _texts(rows: pa.Table) -> pa.Table:
    """The same rows with instants as ISO 8601 text with their zone, to the microsecond where there is one."""
    import pyarrow as pa

    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            texts = pa.array([_iso(us) for us in rows.column(place).cast(pa.int64()).to_pylist()], pa.string())
            rows = rows.set_column(place, field.name, texts)
    return rows


def _iso(us: int | None) -> str | None:
    from qingyuan.numerics.time import CST_OFFSET_S, moment

    return None if us is None else moment(us, CST_OFFSET_S).isoformat()
