"""Merging small files, and removing files that no reader can need any more."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from qingyuan.lake import files, manifest
from qingyuan.lake.durable import TEMPORARY
from qingyuan.lake.manifest import File, Manifest
from qingyuan.lake.schema import SPECS

if TYPE_CHECKING:
    from qingyuan.lake.store import Lake, Transaction

LARGE = 256 << 20      # files of this size are left alone
KEPT = 2               # whole manifests always kept: the newest, and the one before in case it is torn


def compact(lake: Lake, min_files: int = 8) -> Manifest:
    """Merge files of one table and month that are of like size, where there are at least `min_files` of them.

    Sizes are like when they lie in the same power of four, so a row is rewritten a few times in its life, not
    at each merge. All versions of all rows are kept; position and tick stay. Raises LakeBusy.
    """
    with lake.begin() as transaction:
        base = transaction.base
        heaps = [heap for heap in _heaps(base.files).values() if len(heap) >= max(2, min_files)]
        if not heaps:
            return base
        gone = {file.path for heap in heaps for file in heap}
        merged = tuple(_merge(lake, transaction, number, heap) for number, heap in enumerate(heaps))
        kept = tuple(file for file in base.files if file.path not in gone)
        return transaction.replace(kept + merged, base.position, base.tick_us)


def _heaps(all_files: tuple[File, ...]) -> dict[tuple[str, str, int], list[File]]:
    heaps: dict[tuple[str, str, int], list[File]] = defaultdict(list)
    for file in all_files:
        if file.bytes < LARGE:
            heaps[file.table, file.month, max(file.bytes, 1 << 16).bit_length() // 2].append(file)
    return heaps


def _merge(lake: Lake, transaction: Transaction, number: int, heap: list[File]) -> File:
    spec = SPECS[heap[0].table]
    heap = sorted(heap, key=lambda f: f.path)
    rows = pa.concat_tables([_rows(lake, file) for file in heap])
    return files.write(lake.path, f"{transaction.number:08d}-{number:03d}", spec, heap[0].month, rows)


def _rows(lake: Lake, file: File) -> pa.Table:
    return pq.read_table(lake.path / file.path, schema=SPECS[file.table].schema, partitioning=None)


def gc(lake: Lake, older_than_s: float = 3600, now_s: float | None = None) -> list[str]:
    """Remove manifests replaced longer ago than `older_than_s`, and files that no manifest left names.

    Readers are given that time to finish. Returns the paths removed, below the lake folder. Raises LakeBusy.
    """
    with lake.writing():
        lake.current()    # with no whole manifest nothing may be removed
        numbers = manifest.numbers(lake.manifests)
        kept = _kept(lake, numbers, (time.time() if now_s is None else now_s) - older_than_s)
        named = {file.path for made in manifest.whole(lake.manifests, kept) for file in made.files}
        gone = [manifest.path_of(lake.manifests, n) for n in numbers if n not in kept]
        gone += sorted(lake.manifests.glob(f"*{TEMPORARY}"))
        for table in SPECS:
            gone += [p for p in sorted((lake.path / table).glob("month=*/*"))
                     if str(p.relative_to(lake.path)) not in named]
        for path in gone:
            path.unlink()
        return [str(path.relative_to(lake.path)) for path in gone]


def _kept(lake: Lake, numbers: list[int], limit_s: float) -> list[int]:
    """Numbers of manifests to keep: the two newest whole ones and all whose successor is younger than the
    limit.
    """
    kept: list[int] = []
    whole = 0
    replaced_s = float("inf")
    for number in numbers:
        if whole < KEPT or replaced_s > limit_s:
            kept.append(number)
        whole += len(list(manifest.whole(lake.manifests, [number]))) if whole < KEPT else 0
        replaced_s = manifest.path_of(lake.manifests, number).stat().st_mtime
    return kept


def check(lake: Lake) -> list[str]:
    """One sentence for each file of the current manifest that is missing or whose bytes differ from its
    SHA-256.
    """
    problems = []
    for file in lake.current().files:
        path: Path = lake.path / file.path
        if not path.is_file():
            problems.append(f"{file.path} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            problems.append(f"{file.path} differs from what was written")
    return problems
