"""Thresholds of the tests: tables of this package, one a test, each row with unit, source and status.

All are proposals: the standards give no numbers for them. They are versioned by the rule name in the first
column; a flag carries the thresholds it used, so old flags stay checkable after a table has changed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

Row = Mapping[str, str]


@cache
def rows(test: str) -> tuple[Row, ...]:
    """All rows of a test's table, in order."""
    text = (files("qingyuan.quality") / "data" / f"{test}.csv").read_text("utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(text.splitlines()))


@cache
def by_factor(test: str) -> Mapping[str, Row]:
    """Thresholds of a test by factor code."""
    return MappingProxyType({row["factor"]: row for row in rows(test)})


@cache
def rule(test: str) -> str:
    """Name and version of a test, as `range@1`. Raises ValueError when a table mixes versions."""
    names = {row["rule"] for row in rows(test)}
    if len(names) != 1:
        raise ValueError(f"table {test} holds rules {sorted(names)}; one is wanted")
    return names.pop()
