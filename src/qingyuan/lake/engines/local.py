"""The engine "local": kernels of floor 1 over groups of sorted rows, in threads of this process.

Rows stream out of DuckDB in the order of the groups, so memory holds some groups, never the table. numpy,
Arrow and compiled kernels release the interpreter lock, so threads suffice.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from qingyuan.lake.manifest import Manifest
from qingyuan.lake.query import Question
from qingyuan.lake.schema import WrongColumns, spec
from qingyuan.lake.store import Lake

Result = TypeVar("Result")
Key = tuple[Any, ...]


def map_groups(lake: Lake, table: str, kernel: Callable[[pa.Table], Result], by: tuple[str, ...] = ("site",),
               *, question: Question | None = None, columns: Collection[str] | None = None,
               workers: int | None = None, at: Manifest | None = None) -> Iterator[tuple[Key, Result]]:
    """Call `kernel` once a group of rows with equal `by`, and give (key, result) in the order of the keys.

    kernel: a pure function; it gets the rows of one group in the order of the table. question: which rows
    (default: all, newest version of each). columns: what the kernel needs (`by` is added). workers: threads,
    default one a processor. An exception of a kernel is raised here. Raises UnknownTable, WrongColumns.
    """
    if not by:
        raise WrongColumns("name at least one column to group by")
    wanted = spec(table)
    wanted.pick(by)
    names = None if columns is None else list(dict.fromkeys((*by, *columns)))
    order = tuple(dict.fromkeys((*by, *wanted.total_order)))
    batches = lake.stream(table, question or Question(), columns=names, order=order, at=at)
    count = workers or os.cpu_count() or 1
    waiting: deque[tuple[Key, Future[Result]]] = deque()
    with ThreadPoolExecutor(count, thread_name_prefix="kernel") as pool:
        try:
            for key, rows in groups(batches, by):
                waiting.append((key, pool.submit(kernel, rows)))
                if len(waiting) > 2 * count:
                    first, done = waiting.popleft()
                    yield first, done.result()
            while waiting:
                first, done = waiting.popleft()
                yield first, done.result()
        finally:
            for _, left in waiting:
                left.cancel()


def groups(batches: Iterator[pa.RecordBatch], by: tuple[str, ...]) -> Iterator[tuple[Key, pa.Table]]:
    """Cut batches that are sorted by `by` into whole groups; a group may span any number of batches."""
    key: Key | None = None
    parts: list[pa.RecordBatch] = []
    for batch in batches:
        for start, stop in _runs(batch, by):
            piece = batch.slice(start, stop - start)
            found = tuple(piece.column(name)[0].as_py() for name in by)
            if parts and found != key:
                yield key or (), pa.Table.from_batches(parts)
                parts = []
            key = found
            parts.append(piece)
    if parts:
        yield key or (), pa.Table.from_batches(parts)


def _runs(batch: pa.RecordBatch, by: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    if len(batch) == 0:
        return
    ends: set[int] = {len(batch)}
    for name in by:
        runs = pc.run_end_encode(batch.column(name))
        ends.update(runs.run_ends.to_pylist())
    start = 0
    for end in sorted(ends):
        yield start, end
        start = end
