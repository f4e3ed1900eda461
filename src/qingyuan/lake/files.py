"""Rows to Parquet: one file a table and local month, in the order of the table.

Settings as measured in the design: zstd level 1, page version 2, delta packing for instants, leaf numbers and
mantissas, dictionaries for the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qingyuan.lake.durable import put
from qingyuan.lake.manifest import File
from qingyuan.lake.schema import Spec, WrongColumns
from qingyuan.numerics.time import CST_OFFSET_S

ROW_GROUP = 131_072
DELTA = "DELTA_BINARY_PACKED"


def conform(spec: Spec, rows: pa.Table) -> pa.Table:
    """Rows with exactly the columns of the table. Raises WrongColumns for missing, extra or unfit ones."""
    if set(rows.column_names) != set(spec.schema.names) or rows.num_columns != len(spec.schema):
        raise WrongColumns(f"table {spec.name} wants the columns {', '.join(spec.schema.names)}; "
                           f"got {', '.join(rows.column_names)}")
    try:
        return rows.select(spec.schema.names).cast(spec.schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise WrongColumns(f"table {spec.name}: {error}") from error


def starts_us(rows: pa.Table) -> np.ndarray:
    """Column `start` as int64 microseconds since 1970 UTC. Raises WrongColumns if one is missing."""
    column = rows.column("start")
    if column.null_count:
        raise WrongColumns("every row must have a start")
    return column.cast(pa.int64()).to_numpy()


def by_month(rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Rows of each local month (+08:00), oldest month first; the order inside a month is kept."""
    local = starts_us(rows) + CST_OFFSET_S * 1_000_000
    months = local.astype("datetime64[us]").astype("datetime64[M]")
    for month in np.unique(months):
        chosen = rows if (months == month).all() else rows.filter(pa.array(months == month))
        yield str(month), chosen


def in_order(spec: Spec, rows: pa.Table) -> pa.Table:
    """Rows in the order of the table; rows that are equal in it keep their order."""
    numbered = rows.append_column("", pa.array(np.arange(len(rows))))
    order = pc.sort_indices(numbered, sort_keys=[(c, "ascending") for c in (*spec.order, "")])
    return rows.take(order).combine_chunks()


def write(lake: Path, name: str, spec: Spec, month: str, rows: pa.Table) -> File:
    """Write the rows of one month, durable when it returns; `name` is the file name without ending."""
    path = f"{spec.name}/month={month}/{name}.parquet"
    data = _parquet(in_order(spec, rows))
    put(lake / path, data)
    starts = starts_us(rows)
    return File(spec.name, month, path, len(rows), int(starts.min()), int(starts.max()), data.size,
                hashlib.sha256(data).hexdigest())


def _parquet(rows: pa.Table) -> pa.Buffer:
    packed = [f.name for f in rows.schema if f.type == pa.int64() or pa.types.is_timestamp(f.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        rows, sink, row_group_size=ROW_GROUP, compression="zstd", compression_level=1,
        data_page_version="2.0", use_dictionary=[n for n in rows.column_names if n not in packed],
        column_encoding=dict.fromkeys(packed, DELTA))
    return sink.getvalue()
