"""What a lake on disk still holds, read file by file. It is material only: what has a published root was published."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from qingyuan.lake import Lake
from qingyuan.lake.manifest import BrokenManifest, Manifest
from qingyuan.lake.schema import SPECS
from qingyuan.pipeline import rows
from qingyuan.pipeline.figure import COLUMNS, TABLES, Figure

MAY_BE_NONE = ("mantissa", "scale")


@dataclass
class Holdings:
    """A lake as it was found; a file that cannot be read holds nothing and is named."""

    number: int = 0                                                         # of its manifest; 0 when none is whole
    tick_us: int = 0                                                        # the last tick it says it has
    present: bool = False
    figures: dict[int, list[Figure]] = field(default_factory=dict)          # by believed_from
    others: dict[str, pa.Table] = field(default_factory=dict)               # observation and flag
    damaged: list[str] = field(default_factory=list)                        # one sentence a file


def holdings(lake: Lake) -> Holdings:
    """Read all of a lake; damage is named and never raised."""
    found = Holdings()
    try:
        manifest = lake.current()
        files = {file.path: (file.table, file.sha256) for file in manifest.files}
    except BrokenManifest as error:
        manifest = Manifest()
        found.damaged.append(str(error))
        files = {str(path.relative_to(lake.path)): (table, "") for table in SPECS
                 for path in sorted((lake.path / table).glob("month=*/*.parquet"))}
    found.number, found.tick_us = manifest.number, manifest.tick_us
    found.present = bool(files or found.damaged)
    tables: dict[str, list[pa.Table]] = defaultdict(list)
    by_tick: dict[int, dict[Figure, None]] = defaultdict(dict)
    for path, table, part in _tables(lake, files, found.damaged):
        if table not in TABLES:
            tables[table].append(part)
            continue
        figures = list(rows.figures(part))
        sound = [figure for figure in figures if _is_figure(figure, table)]
        for figure in sound:
            by_tick[figure.believed_from][figure] = None
        if odd := len(figures) - len(sound):
            found.damaged.append(f"{path} holds {odd} rows that are no figures of its table")
    found.figures = {tick_us: list(figures) for tick_us, figures in by_tick.items()}
    found.others = {name: pa.concat_tables([SPECS[name].schema.empty_table(), *tables[name]])
                    for name in SPECS if name not in TABLES}
    return found


def _is_figure(figure: Figure, table: str) -> bool:
    """True if a row has what each figure of the table has, at an instant of the calendar."""
    if any(getattr(figure, name) is None for name in COLUMNS if name not in MAY_BE_NONE) or figure.key.table != table:
        return False
    try:
        return bool(str(figure.key))
    except OverflowError:
        return False


def _tables(lake: Lake, files: Mapping[str, tuple[str, str]],
            damaged: list[str]) -> Iterator[tuple[str, str, pa.Table]]:
    for path, (table, sha256) in sorted(files.items()):
        try:
            data = (lake.path / path).read_bytes()
            part = pq.read_table(pa.BufferReader(data), schema=SPECS[table].schema)
            part.validate(full=True)                     # texts that are no UTF-8 among it
        except (OSError, pa.ArrowException) as error:
            damaged.append(f"{path} cannot be read ({str(error).splitlines()[0] if str(error) else 'damaged'})")
            continue
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            damaged.append(f"{path} differs from what was written")
        yield path, table, part
