"""DuckDB in memory: a fresh connection a process, a cursor a question, nothing kept on disk."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from qingyuan.lake.query import Statement


class LakeDamaged(RuntimeError):
    """A file that the manifest names is missing or not what was written."""


_lock = threading.Lock()
_connections: dict[int, duckdb.DuckDBPyConnection] = {}


def cursor() -> duckdb.DuckDBPyConnection:
    """A cursor of this process's in-memory database; times are UTC. A forked child gets its own database."""
    with _lock:
        connection = _connections.get(os.getpid())
        if connection is None:
            connection = duckdb.connect(":memory:")
            connection.execute("SET TimeZone = 'UTC'")
            _connections[os.getpid()] = connection
        return connection.cursor()


def table(statement: Statement) -> pa.Table:
    """The whole answer."""
    if not statement.text:
        return statement.schema.empty_table()
    with _damage_named():
        try:
            return _whole(statement)
        except duckdb.FatalException:        # the database had given up before, at another question
            _forget()
            return _whole(statement)


def _whole(statement: Statement) -> pa.Table:
    with cursor() as asked:
        return asked.sql(statement.text, params=statement.values).to_arrow_table().cast(statement.schema)


def _forget() -> None:
    """Begin with a fresh database: one that met damage it did not foresee answers nothing any more."""
    with _lock:
        _connections.pop(os.getpid(), None)


def batches(statement: Statement, rows: int) -> Iterator[pa.RecordBatch]:
    """The answer in pieces of about `rows` rows."""
    if not statement.text:
        return
    with _damage_named(), cursor() as asked:
        for batch in asked.sql(statement.text, params=statement.values).to_arrow_reader(rows):
            yield from pa.Table.from_batches([batch]).cast(statement.schema).combine_chunks().to_batches()


@contextmanager
def _damage_named() -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.InterruptException) as error:
        raise OSError(f"the lake cannot be read just now: {str(error).splitlines()[0]}") from error
    except (duckdb.Error, pa.ArrowException, ValueError) as error:      # ValueError: names that are no UTF-8, or others
        if isinstance(error, duckdb.InternalException | duckdb.FatalException):
            _forget()
        told = str(error).splitlines()[0]
        if os.strerror(errno.EMFILE) in told or os.strerror(errno.ENFILE) in told:
            raise OSError(errno.EMFILE, f"the lake cannot be read just now: {told}") from error
        raise LakeDamaged(f"the lake cannot be read ({told}); rebuild it") from error
