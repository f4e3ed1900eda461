"""The lake: columns on disk, one writer, any number of readers.

Readers open one manifest and read exactly its files; they never list folders. A writer puts new files beside
the old ones and makes them visible, together with the ledger position, by one new manifest. A crash between
any two steps leaves the lake as the last manifest says.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from qingyuan.lake import files, manifest, query, reader, upkeep
from qingyuan.lake.durable import LakeBusy, exclusive, put
from qingyuan.lake.manifest import File, Manifest
from qingyuan.lake.query import Question
from qingyuan.lake.schema import SPECS, Spec, spec


class Lake:
    """A lake folder. Cheap to open; holds no file open between questions."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.manifests = self.path / "manifests"
        self._hold = threading.RLock()
        self._held = 0
        self._stack = ExitStack()

    def current(self) -> Manifest:
        """The newest manifest that is whole; an empty one for a new lake. Raises BrokenManifest if none
        is.
        """
        return manifest.newest(self.manifests)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer for a while (may be nested in one thread). Raises LakeBusy while another one
        is.
        """
        with self._hold:
            if self._held == 0:
                self._stack.enter_context(exclusive(self.path / "writer.lock"))
            self._held += 1
            stack = self._stack
            try:
                yield
            finally:
                if self._stack is stack:
                    self._held -= 1
                    if self._held == 0:
                        stack.close()

    def close(self) -> None:
        """Let go of the writer lock if an abandoned transaction of this object still holds it."""
        with self._hold:
            self._stack.close()
            self._held, self._stack = 0, ExitStack()

    def begin(self, *, afresh: bool = False) -> Transaction:
        """Start to write; use it in a `with` block. `afresh`: what is written takes the place of all there is, whole
        or not. Raises LakeBusy while another process writes.
        """
        return Transaction(self, afresh)

    def read(self, table: str, *, sites: Collection[str] | None = None,
             factors: Collection[str] | None = None, start_us: int | None = None,
             end_us: int | None = None, as_of_us: int | None = None, columns: Collection[str] | None = None,
             names: Collection[str] | None = None, all_versions: bool = False,
             believed_us: int | None = None, at: Manifest | None = None) -> pa.Table:
        """Rows with start in [start_us, end_us), in the order of the table.

        sites: site ids, for figures subjects. names: figure names. as_of_us: as believed at that instant (UTC
        microseconds; inclusive): figures and flags by `believed_from`, observations by `received`. Of rows
        that speak of the same thing only the newest is given, unless `all_versions`. believed_us: exactly
        the rows that became believed at that instant, whether replaced since or not. at: a manifest to stay
        with. Raises UnknownTable, WrongColumns, LakeDamaged.
        """
        question = Question(sites, factors, start_us, end_us, as_of_us, names, all_versions, believed_us)
        return reader.table(query.ask(self.path, at or self.current(), spec(table), question, columns))

    def compact(self, min_files: int = 8) -> Manifest:
        """Merge small files; see `upkeep.compact`."""
        return upkeep.compact(self, min_files)

    def gc(self, older_than_s: float = 3600) -> list[str]:
        """Remove what no reader can need any more; see `upkeep.gc`."""
        return upkeep.gc(self, older_than_s)

    def check(self) -> list[str]:
        """Files that are missing or changed on disk, one sentence each; see `upkeep.check`."""
        return upkeep.check(self)

    def stream(self, table: str, question: Question, *, columns: Collection[str] | None = None,
               order: Collection[str] | None = None, rows: int = 65_536,
               at: Manifest | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of `read` in pieces of about `rows` rows, in another order of columns if wanted."""
        return reader.batches(
            query.ask(self.path, at or self.current(), spec(table), question, columns, order), rows)


class Transaction:
    """New rows that become visible together with a ledger position, or not at all."""

    def __init__(self, lake: Lake, afresh: bool = False) -> None:
        self._lake = lake
        self._stack = ExitStack()
        self._stack.enter_context(lake.writing())
        try:
            self.base = Manifest() if afresh else lake.current()
            self.number = max([0, *manifest.numbers(lake.manifests)[:1]]) + 1
        except BaseException:
            self._stack.close()
            raise
        self._rows: dict[str, list[pa.Table]] = {}
        self._open = True

    def __enter__(self) -> Transaction:
        return self

    def __exit__(self, *_: object) -> None:
        self.abort()

    def write(self, table: str, rows: pa.Table) -> None:
        """Add rows. Raises UnknownTable, WrongColumns; nothing is on disk before `commit`."""
        self._must_be_open()
        wanted = spec(table)
        fit = files.conform(wanted, rows)
        files.starts_us(fit)
        if len(fit):
            self._rows.setdefault(table, []).append(fit)

    def commit(self, position: Mapping[str, int], tick_us: int) -> Manifest:
        """Make the rows and the position (ledger -> leaves worked off) visible; durable when it returns."""
        self._must_be_open()
        added = [self._put(SPECS[name], number, month, rows) for number, (name, month, rows) in
                 enumerate(self._parts())]
        return self.replace(self.base.files + tuple(added), position, tick_us)

    def replace(self, kept: tuple[File, ...], position: Mapping[str, int], tick_us: int) -> Manifest:
        """Write the next manifest with exactly these files, and end the transaction."""
        made = Manifest(self.number, kept, MappingProxyType(dict(sorted(position.items()))), tick_us)
        path = manifest.path_of(self._lake.manifests, self.number)
        if path.exists():
            raise LakeBusy(f"another transaction wrote manifest {self.number} since this one began")
        put(path, made.encode())
        self.abort()
        return made

    def abort(self) -> None:
        """Give up what was not committed; files already written are no part of the lake and go with `gc`."""
        if self._open:
            self._open = False
            self._rows.clear()
            self._stack.close()

    def _parts(self) -> Iterator[tuple[str, str, pa.Table]]:
        for name, tables in self._rows.items():
            for month, rows in files.by_month(pa.concat_tables(tables)):
                yield name, month, rows

    def _put(self, wanted: Spec, number: int, month: str, rows: pa.Table) -> File:
        return files.write(self._lake.path, f"{self.number:08d}-{number:03d}", wanted, month, rows)

    def _must_be_open(self) -> None:
        if not self._open:
            raise RuntimeError("this transaction has ended; begin another one")
