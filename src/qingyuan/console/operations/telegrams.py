"""Stored telegrams: the newest of a site, and what came of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qingyuan.console.reading import Reading
from qingyuan.hj212 import Telegram
from qingyuan.numerics.time import DAY_US, HOUR_US
from qingyuan.pipeline.figure import Figure
from qingyuan.pipeline.intake import KINDS, Observation
from qingyuan.registry import Site

WINDOW_US = 3 * DAY_US


@dataclass(frozen=True)
class Line:
    """One telegram of a list. start: of the period it speaks of, span_s: its length, factors: how many."""

    received_us: int
    ledger: str
    leaf: int
    cn: str
    start: int
    span_s: int
    factors: int


def of_site(reading: Reading, site: str, until_us: int) -> list[Line]:
    """Telegrams of a site about the three days of data before an instant, the one received last first.

    What a later telegram replaced is not among them. Raises NotAllowed.
    """
    cn_of = {kind: cn for cn, kind in KINDS.items()}
    table = reading.observed(site, ["kind", "start", "span_s", "received", "ledger", "leaf"],
                             start_us=until_us - WINDOW_US, end_us=until_us)
    counts: dict[tuple[Any, ...], int] = {}
    columns = (table.column(n).to_pylist() for n in ("received", "ledger", "leaf", "kind", "start", "span_s"))
    for key in zip(*columns, strict=True):
        counts[key] = counts.get(key, 0) + 1
    return [Line(received, ledger, leaf, cn_of[kind], start, span_s, count)
            for (received, ledger, leaf, kind, start, span_s), count in sorted(counts.items(), reverse=True)]


def observations(reading: Reading, site: Site, telegram: Telegram, ledger: str, leaf: int) -> list[Observation]:
    """What a telegram said, by factor; empty where it holds no data. Raises NotAllowed."""
    at_us = telegram.data_time_us
    if at_us is None:
        return []
    return [row for row in reading.observations(site.id, start_us=at_us, end_us=at_us + 1, all_versions=True)
            if (row.ledger, row.leaf) == (ledger, leaf)]


def figures(reading: Reading, found: list[Observation]) -> list[Figure]:
    """Hour figures of the hour and factors of some observations of one telegram, by name."""
    if not found:
        return []
    hour = found[0].key.start_us // HOUR_US * HOUR_US
    factors = {row.key.factor for row in found}
    return sorted((f for f in reading.figures("hour", [found[0].key.site], start_us=hour, end_us=hour + HOUR_US)
                   if f.factor in factors), key=lambda f: f.name)
