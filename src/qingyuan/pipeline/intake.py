"""From a telegram leaf to observations: one row a factor and period.

Source of the commands and suffixes: HJ 212-2017 tables 4 and 9. DataTime of minute, hour and day data
is the START of the period (notes to C.16-C.18).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf
from qingyuan.hj212.telegram import Telegram
from qingyuan.numerics import decimals
from qingyuan.pipeline.reasons import Unplaced
from qingyuan.registry import Registry, Site
from qingyuan.vocabulary import factors

HOUR_S, DAY_S = 3600, 86400
KINDS = {"2011": "rtd", "2051": "minute", "2061": "hour", "2031": "day", "2052": "once"}
COLUMNS = {
    "Rtd": "rtd", "Min": "min", "Avg": "avg", "Max": "max", "Cou": "cou",
    "ZsRtd": "zs_rtd", "ZsMin": "zs_min", "ZsAvg": "zs_avg", "ZsMax": "zs_max",
}
MARK = "Flag"


class Key(NamedTuple):
    """What an observation speaks of."""

    site: str
    factor: str
    kind: str
    start_us: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One factor in one period as one telegram stated it; values are (mantissa, scale)."""

    key: Key
    span_s: int
    values: tuple[tuple[str, int, int], ...]    # column, mantissa, scale
    text: tuple[tuple[str, str], ...]           # suffix, text as received, where it is no plain number
    mark: str | None
    received_us: int
    ledger: str
    leaf: int

    def value(self, column: str) -> tuple[int, int] | None:
        """Mantissa and scale of a column, or None where the telegram gave none."""
        for name, mantissa, scale in self.values:
            if name == column:
                return mantissa, scale
        return None

    def text_of(self) -> str:
        """What it states, on one line."""
        values = [f"{name}={decimals.to_text(mantissa, scale)}" for name, mantissa, scale in self.values]
        return " ".join([*values, *(f"{suffix}={text}" for suffix, text in self.text), f"mark={self.mark or 'absent'}"])

    def says_the_same(self, other: Observation) -> bool:
        """True if another telegram stated the same content (a repeat, not a correction)."""
        return (self.values, self.text, self.mark) == (other.values, other.text, other.mark)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One accepted frame leaf, as the pipeline meets it."""

    ledger: str
    leaf: int
    received_us: int
    frame: FrameLeaf


def read(arrival: Arrival, registry: Registry) -> list[Observation] | Unplaced:
    """Observations of one frame, or the reason why it gives none.

    The masked bytes suffice: withheld spans (password, key, CRC digits) carry no measurement, and what the CRC
    said was judged at receipt and stands in the leaf.
    """
    telegram = hj212.decode(arrival.frame.masked)
    kind = KINDS.get(telegram.cn or "")
    if kind is None:
        return Unplaced.NOT_DATA
    mn, start_us = telegram.mn or "", telegram.data_time_us
    if mn not in registry.by_mn:
        return Unplaced.UNKNOWN_SITE
    if start_us is None:
        return Unplaced.NO_TIME
    site = registry.owner(mn, start_us)
    if site is None:
        return Unplaced.UNKNOWN_SITE
    span_s = _span(kind, site.during(start_us))
    rows = [
        replace(row, received_us=arrival.received_us, ledger=arrival.ledger, leaf=arrival.leaf)
        for row in _rows(telegram, Key(site.id, "", kind, start_us), span_s)
    ]
    return rows or Unplaced.NO_FACTOR


def _span(kind: str, site: Site) -> int:
    return {"hour": HOUR_S, "day": DAY_S, "minute": site.minute_interval_s}.get(kind, 0)


def _rows(telegram: Telegram, key: Key, span_s: int) -> Iterator[Observation]:
    for code, suffixes in telegram.factors.items():
        values, text = [], []
        for suffix, received in suffixes.items():
            if suffix == MARK:
                continue
            column = COLUMNS.get(suffix)
            plain = hj212.numeric(received) if column else None
            parsed = decimals.parse(plain) if plain is not None else None
            if column and parsed is not None:
                values.append((column, *parsed))
            else:
                text.append((suffix, received))
        if values or text:
            yield Observation(key._replace(factor=factors.canonical(code)), span_s, tuple(values), tuple(text),
                              suffixes.get(MARK), 0, "", 0)
