"""The newest figure of each site as plain columns: what lists and maps of thousands of sites are made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from qingyuan.assess.aqi import NA
from qingyuan.console.live.watch import level_of, told_first
from qingyuan.console.reading import Reading
from qingyuan.numerics.time import HOUR_US
from qingyuan.pipeline.figure import FigureKey
from qingyuan.registry import Site

FRESH_US = 3 * HOUR_US       # what is older is not shown as the state of now
COLUMNS = ("name", "subject", "start", "span_s", "value", "unit", "stage", "standard")
MAIN = "main"
NONE = ("", NA)              # too little came to tell a value or an index


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest figure of a subject, as far as a list needs it; fields as in `pipeline.figure.Figure`."""

    name: str
    subject: str
    start: int
    span_s: int
    value: str
    unit: str
    stage: str
    standard: str

    @property
    def key(self) -> FigureKey:
        """What it speaks of."""
        return FigureKey(self.name, self.subject, self.start)

    @property
    def level(self) -> int | None:
        """Grade 1 to 6 where it is an index."""
        return level_of(self.value, self.standard) if self.name.startswith("aqi.") else None


def latest(reading: Reading, names: Collection[str], subjects: Collection[str] | None = None,
           until_us: int | None = None) -> dict[tuple[str, str], Latest]:
    """The newest figure that has a value of each (subject, name), of the last hours of data time, or before another
    instant of it.
    """
    found: dict[tuple[str, str], Latest] = {}
    end_us = reading.shown_us if until_us is None else min(until_us, reading.shown_us)
    where = {"start_us": end_us - FRESH_US, "end_us": end_us}
    by_table: dict[str, list[str]] = {}
    for name in names:
        by_table.setdefault(FigureKey(name, "", 0).table, []).append(name)
    for table, wanted in by_table.items():
        rows = reading.columns(table, COLUMNS, subjects, names=wanted, **where)
        for row in zip(*(rows.column(c).to_pylist() for c in COLUMNS), strict=True):
            key = row[1], row[0]
            if row[4] not in NONE and (key not in found or row[2] > found[key].start):
                found[key] = Latest(*row)
    return found


def told(reading: Reading, sites: Iterable[Site], name: str = MAIN, until_us: int | None = None) -> dict[str, Latest]:
    """The newest figure of each site: of one name, or of the one that stands for the site."""
    of_site = {site.id: told_first(site) if name == MAIN else name for site in sites}
    rows = latest(reading, sorted({n for n in of_site.values() if n}), until_us=until_us)
    return {site: rows[site, wanted] for site, wanted in of_site.items() if (site, wanted) in rows}
