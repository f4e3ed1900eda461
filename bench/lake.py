"""Observations into the lake, and what one costs on disk; beside pyarrow's own writer at its defaults."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.table import Row, seconds
from qingyuan.lake import OBSERVATION, Lake
from qingyuan.vocabulary.factors import AIR_SIX

STATIONS, HOURS = 200, 240
START = 1_585_670_400_000_000


def observations() -> pa.Table:
    """Hourly values of six factors that remember themselves a little, as measured ones do."""
    random = np.random.default_rng(3)
    count = STATIONS * HOURS * 6
    walk = np.abs(np.cumsum(random.integers(-4, 5, (STATIONS * 6, HOURS)), axis=1)) + 20
    sites = np.repeat([f"S{n:04d}" for n in range(STATIONS)], 6 * HOURS)
    codes = np.tile(np.repeat(list(AIR_SIX.values()), HOURS), STATIONS)
    starts = np.tile(START + np.arange(HOURS) * 3_600_000_000, STATIONS * 6)
    columns: dict[str, object] = {
        "site": sites, "factor": codes, "kind": ["hour"] * count, "start": starts, "span_s": [3600] * count,
        "avg": walk.reshape(-1), "avg_scale": [0] * count, "mark": ["N"] * count,
        "received": starts + 3_700_000_000 + random.integers(0, 10**8, count), "ledger": ["gw1"] * count,
        "leaf": np.tile(np.arange(HOURS) * STATIONS, STATIONS * 6) + np.repeat(np.arange(STATIONS), 6 * HOURS)}
    return pa.table([pa.array(columns[f.name], f.type) if f.name in columns else pa.nulls(count, f.type)
                     for f in OBSERVATION], schema=OBSERVATION)


def rows() -> list[Row]:
    """Rows a second, durable, sorted, behind a manifest, and bytes a row."""
    table = observations()
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake")

        def write() -> None:
            with lake.begin() as transaction:
                transaction.write("observation", table)
                transaction.commit({}, 0)

        ours = len(table) / seconds(write, runs=3)
        size = min(f.bytes for f in lake.current().files) / len(table)
        manifest = lake.current()
        read = len(table) * len(manifest.files) / seconds(lambda: lake.read("observation", all_versions=True), runs=3)
    plain = len(table) / seconds(lambda: pq.write_table(table, io.BytesIO()), runs=3)
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return [Row("observations into the lake", ours, "rows/s", "pyarrow.write_table in memory, unsorted", plain),
            Row("observation on disk", size, "B a row", "pyarrow.write_table, its defaults",
                buffer.tell() / len(table)),
            Row("observations read back in order", read, "rows/s")]
