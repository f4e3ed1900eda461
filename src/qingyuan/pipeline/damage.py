"""Where a lake differs from what was published and can be made again: figure by figure, and what else is off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from qingyuan.evidence.figures import canonical
from qingyuan.lake import Lake
from qingyuan.lake.schema import SPECS
from qingyuan.pipeline.figure import Figure
from qingyuan.pipeline.holdings import Holdings


@dataclass
class Damage:
    """What was wrong with a lake that the ledgers contradict."""

    figures: list[str] = field(default_factory=list)         # changed, missing or invented, by name
    ticks: list[int] = field(default_factory=list)           # at which they were, or say they were, believed
    files: list[str] = field(default_factory=list)           # not as written, one sentence each
    other_rows: dict[str, int] = field(default_factory=dict)  # observation, flag: how many rows are off

    def __bool__(self) -> bool:
        return bool(self.figures or self.files or self.other_rows)


def figures_off(right: Iterable[Figure], found: Holdings, wanted: Callable[[Figure], bool]) -> tuple[Damage, int]:
    """Damage among the figures, and how many rows the lake was only behind with.

    A publication of which the lake has nothing and that is later than its last tick was never put into it: the
    pipeline was stopped between publishing and writing.
    """
    lines_right = {canonical(f.row()): f for f in right if wanted(f)}
    lines_found = Counter({canonical(f.row()): 1 for rows in found.figures.values() for f in rows if wanted(f)})
    strange = [f for rows in found.figures.values() for f in rows
               if wanted(f) and canonical(f.row()) not in lines_right]
    missing = [f for line, f in lines_right.items() if line not in lines_found]
    behind = [f for f in missing if f.believed_from > found.tick_us and f.believed_from not in found.figures]
    off = strange + [f for f in missing if f not in behind]
    damage = Damage(sorted({str(f.key) for f in off}), sorted({f.believed_from for f in off}), list(found.damaged))
    return damage, len(behind)


def others_off(fresh: Lake, found: Holdings) -> dict[str, int]:
    """Observations and flags up to the lake's last tick that are not those of the ledgers, counted by table."""
    out = {}
    for name, table in found.others.items():
        right, had = (Counter(map(str, _until(rows, SPECS[name].belief, found.tick_us)))
                      for rows in (fresh.read(name, all_versions=True), table))
        if count := max(sum((right - had).values()), sum((had - right).values())):
            out[name] = count
    return out


def _until(rows: pa.Table, column: str, tick_us: int) -> list[dict[str, Any]]:
    """Rows believed by an instant; those that do not say when are held against what there should be, too."""
    plain = pa.table({name: values.cast(pa.int64()) if pa.types.is_timestamp(values.type) else values
                      for name, values in zip(rows.column_names, rows.columns, strict=True)})
    return plain.filter(pc.fill_null(pc.less_equal(plain[column], tick_us), True)).to_pylist()
