"""Between the lake's Arrow tables and the pipeline's own rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from qingyuan.lake import FIGURE, FLAG, OBSERVATION, Lake
from qingyuan.numerics.time import local_day_start
from qingyuan.pipeline.cell import Cell
from qingyuan.pipeline.figure import DAY_US, TABLES, Figure
from qingyuan.pipeline.intake import COLUMNS, Key, Observation
from qingyuan.quality import Flag, Level, What

VALUES = tuple(COLUMNS.values())


def observation_table(rows: Iterable[Observation]) -> pa.Table:
    """Observations as a table of the lake."""
    return pa.Table.from_pylist([_observation_row(row) for row in rows], schema=OBSERVATION)


def _observation_row(row: Observation) -> dict[str, Any]:
    out: dict[str, Any] = {
        "site": row.key.site, "factor": row.key.factor, "kind": row.key.kind, "start": row.key.start_us,
        "span_s": row.span_s, "text": json.dumps(dict(row.text), ensure_ascii=False) if row.text else None,
        "mark": row.mark, "received": row.received_us, "ledger": row.ledger, "leaf": row.leaf}
    for name, mantissa, scale in row.values:
        out[name], out[f"{name}_scale"] = mantissa, scale
    return out


def observations(table: pa.Table) -> Iterable[Observation]:
    """Rows of the table `observation`."""
    for row in _plain(table, "start", "received").to_pylist():
        values = tuple((n, row[n], row[f"{n}_scale"]) for n in VALUES if row[n] is not None)
        text = tuple(json.loads(row["text"]).items()) if row["text"] else ()
        yield Observation(Key(row["site"], row["factor"], row["kind"], row["start"]), row["span_s"], values, text,
                          row["mark"], row["received"], row["ledger"], row["leaf"])


def figure_table(rows: Iterable[Figure]) -> pa.Table:
    """Figures as a table of the lake."""
    return pa.Table.from_pylist([row.row() for row in rows], schema=FIGURE)


def figures(table: pa.Table) -> Iterable[Figure]:
    """Rows of the tables `hour`, `day` and `figure`."""
    for row in _plain(table, "start", "believed_from").to_pylist():
        yield Figure(**row)


def flag_table(rows: Iterable[tuple[Flag, int]]) -> pa.Table:
    """Flags with the tick at which they were believed."""
    return pa.Table.from_pylist([
        {"site": f.site, "factor": f.factor, "start": f.start_us, "span_s": f.span_s, "what": f.what.value,
         "level": int(f.level), "rule": f.rule, "evidence": json.dumps(f.evidence, sort_keys=True, ensure_ascii=False),
         "believed_from": believed} for f, believed in rows], schema=FLAG)


def flags(table: pa.Table) -> Iterable[Flag]:
    """Rows of the table `flag`."""
    for row in _plain(table, "start", "believed_from").to_pylist():
        yield Flag(row["site"], row["factor"], row["start"], row["span_s"], What(row["what"]), Level(row["level"]),
                   row["rule"], json.loads(row["evidence"]))


def _plain(table: pa.Table, *times: str) -> pa.Table:
    """Time columns as integers: microseconds since 1970 UTC."""
    for name in times:
        index = table.schema.get_field_index(name)
        table = table.set_column(index, name, table.column(name).cast(pa.int64()))
    return table


def load_day(lake: Lake, day_us: int, cells: Callable[[str], Cell]) -> None:
    """Fill the cells of a local day with what the lake believes; `cells` gives the cell of a subject."""
    where: dict[str, Any] = {"start_us": day_us, "end_us": day_us + DAY_US}
    for row in observations(lake.read("observation", **where)):
        cells(row.key.site).observations[row.key] = row
    for table in TABLES:
        for figure in figures(lake.read(table, **where)):
            cells(figure.subject).figures[figure.name, figure.start] = figure
    for flag in flags(lake.read("flag", **where)):
        if flag.level is not Level.GOOD:
            cells(flag.site).flags[flag.factor, flag.start_us, flag.what.value] = flag


def days_in(lake: Lake) -> set[int]:
    """Local days for which the lake may hold rows (from the spans its manifest states)."""
    days: set[int] = set()
    for file in lake.current().files:
        day = local_day_start(file.min_start_us)
        while day <= file.max_start_us:
            days.add(day)
            day += DAY_US
    return days


def held_hours(lake: Lake, since_us: int) -> list[tuple[str, int]]:
    """Site and start of every hour or minute observation from an instant on."""
    table = lake.read("observation", start_us=since_us, columns=["site", "kind", "start"])
    return [(row["site"], row["start"] // 3_600_000_000 * 3_600_000_000)
            for row in _plain(table, "start").to_pylist() if row["kind"] in ("hour", "minute")]
