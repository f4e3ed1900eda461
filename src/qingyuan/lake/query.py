"""One question to the lake as SQL over exactly the files of a manifest; values are bound, never pasted."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from qingyuan.lake.manifest import Manifest
from qingyuan.lake.schema import Spec

_GLOB = re.compile(r"([*?\[])")      # DuckDB reads paths as patterns; ours name one file each


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows are asked for; None means all."""

    sites: Collection[str] | None = None
    factors: Collection[str] | None = None
    start_us: int | None = None         # first start, inclusive
    end_us: int | None = None           # exclusive
    as_of_us: int | None = None         # what was believed at this instant, inclusive
    names: Collection[str] | None = None
    all_versions: bool = False
    believed_us: int | None = None      # exactly what became believed at this instant, replaced since or not


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters and the types of the answer; `text` is empty where no file can hold an
    answer.
    """

    text: str
    values: list[Any]
    schema: pa.Schema


def ask(lake: Path, manifest: Manifest, spec: Spec, question: Question,
        columns: Collection[str] | None = None, order: Collection[str] | None = None) -> Statement:
    """The statement for a question.

    Of rows that speak of the same thing the newest believed is kept, unless all versions are wanted; rows of
    one tick that are equal in that too go by the order in which they were written. Raises WrongColumns.
    """
    schema = spec.pick(columns)
    spec.pick([*(order or ()), *(("name",) if question.names is not None else ())])
    paths = _files(lake, manifest, spec, question)
    if not paths:
        return Statement("", [], schema)
    where, values = _conditions(spec, question)
    text = [f"SELECT {_names(schema.names)}",
            "FROM read_parquet(?, filename = true, file_row_number = true, hive_partitioning = false)"]
    if where:
        text.append("WHERE " + " AND ".join(where))
    if not question.all_versions and question.believed_us is None:
        newest = ", ".join(f'"{c}" DESC' for c in spec.newest)
        text.append(f"QUALIFY row_number() OVER (PARTITION BY {_names(spec.key)} "
                    f"ORDER BY {newest}, filename DESC, file_row_number DESC) = 1")
    text.append(f"ORDER BY {_names(order or spec.total_order)}, filename, file_row_number")
    return Statement("\n".join(text), [paths, *values], schema)


def _files(lake: Path, manifest: Manifest, spec: Spec, question: Question) -> list[str]:
    chosen = manifest.select(spec.name, question.start_us, question.end_us)
    return [_GLOB.sub(r"[\1]", str(lake / file.path)) for file in sorted(chosen, key=lambda f: f.path)]


def _conditions(spec: Spec, question: Question) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    for column, wanted in ((spec.subject, question.sites), ("factor", question.factors),
                           ("name", question.names)):
        if wanted is not None:
            where.append(f'"{column}" IN ({", ".join("?" * len(wanted))})' if wanted else "false")
            values += wanted
    for condition, instant in (('"start" >=', question.start_us), ('"start" <', question.end_us),
                               (f'"{spec.belief}" <=', question.as_of_us),
                               (f'"{spec.belief}" =', question.believed_us)):
        if instant is not None:
            where.append(f"{condition} make_timestamptz(?)")
            values.append(instant)
    return where, values


def _names(columns: Collection[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)
