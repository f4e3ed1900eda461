"""Rows of the lake as files: CSV, JSON lines, Parquet, Excel. Each row carries stage, belief and provenance."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from qingyuan.lake import SPECS
from qingyuan.lake.schema import VALUES
from qingyuan.numerics.decimals import to_text
from qingyuan.numerics.time import CST_OFFSET_S, moment
from qingyuan.pipeline.export_forms import Format, Table
from qingyuan.pipeline.figure import FigureKey
from qingyuan.vocabulary import cells

LOCAL_INSTANT = pa.timestamp("us", tz="+08:00")
Write = Callable[[pa.Table], Any]
JSON_COLUMNS = ("detail", "evidence", "text")


MEDIA = {Format.CSV: "text/csv; charset=utf-8", Format.JSONL: "application/x-ndjson",
         Format.PARQUET: "application/vnd.apache.parquet",
         Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def empty(table: Table) -> pa.Table:
    """No rows, in the columns people see."""
    return exact(table, SPECS[table.value].schema.empty_table())


def exact(table: Table, rows: pa.Table) -> pa.Table:
    """Columns for people: instants at +08:00, decimals as exact text, figures with their id, flags that hold."""
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


def local(rows: pa.Table) -> pa.Table:
    """The same rows with every instant at +08:00."""
    fields = [pa.field(f.name, LOCAL_INSTANT) if pa.types.is_timestamp(f.type) else f for f in rows.schema]
    return rows.cast(pa.schema(fields))


def texts(rows: pa.Table) -> pa.Table:
    """The same rows with instants as ISO 8601 text with their zone, to the microsecond where there is one."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            found = pa.array([_iso(us) for us in rows.column(place).cast(pa.int64()).to_pylist()], pa.string())
            rows = rows.set_column(place, field.name, found)
    return rows


def safe(rows: pa.Table) -> pa.Table:
    """The same rows with no text that a spreadsheet takes for a formula, as `cells.safe` has it."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_string(field.type):
            column = rows.column(place)
            formula = pc.and_(pc.match_substring_regex(column, f"^(?:{cells.SIGNS})"),
                              pc.invert(pc.match_substring_regex(column, f"^(?:{cells.NUMBER})$")))
            if pc.any(formula).as_py():
                escaped = pc.binary_join_element_wise("'", column, "")
                rows = rows.set_column(place, field.name, pc.if_else(formula, escaped, column))
    return rows


def objects(rows: pa.Table) -> list[dict[str, Any]]:
    """Rows as JSON objects; columns that hold JSON are opened."""
    found = texts(rows).to_pylist()
    for row in found:
        for name in JSON_COLUMNS:
            if row.get(name):
                row[name] = json.loads(row[name])
    return found


def _iso(us: int | None) -> str | None:
    return None if us is None else moment(us, CST_OFFSET_S).isoformat()


@contextmanager
def _csv(target: IO[bytes]) -> Iterator[Write]:
    head = True

    def write(rows: pa.Table) -> None:
        nonlocal head
        csv.write_csv(safe(texts(rows)), target, csv.WriteOptions(include_header=head))
        head = False

    yield write


@contextmanager
def _jsonl(target: IO[bytes]) -> Iterator[Write]:
    def write(rows: pa.Table) -> None:
        for row in objects(rows):
            target.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")

    yield write


@contextmanager
def _parquet(target: IO[bytes]) -> Iterator[Write]:
    writer: pq.ParquetWriter | None = None

    def write(rows: pa.Table) -> None:
        nonlocal writer
        writer = writer or pq.ParquetWriter(target, rows.schema, compression="zstd")
        if len(rows):
            writer.write_table(rows)

    yield write
    if writer is not None:
        writer.close()


@contextmanager
def _xlsx(target: IO[bytes]) -> Iterator[Write]:
    """Every cell is text: a number would lose its digits, and a text that begins with = would be a formula."""
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    line = 0

    def write(rows: pa.Table) -> None:
        nonlocal line
        if line == 0:
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(rows.column_names):
                sheet.write_string(0, column, name)
            line = 1
        for row in texts(rows).to_pylist():
            for column, value in enumerate(row.values()):
                if value is not None:
                    sheet.write_string(line, column, str(value))
            line += 1

    yield write
    book.close()


WRITERS = {Format.CSV: _csv, Format.JSONL: _jsonl, Format.PARQUET: _parquet, Format.XLSX: _xlsx}
