"""The stretch of data time a page shows: 24 h, 7 d, 30 d or one's own, all in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from qingyuan.numerics.time import DAY_US, HOUR_US, iso_local, local_day_start
from qingyuan.pipeline.figure import parse_id

SPANS = {"24h": (_("24 h"), DAY_US), "7d": (_("7 d"), 7 * DAY_US), "30d": (_("30 d"), 30 * DAY_US)}
LONGEST_US = 3660 * DAY_US


@dataclass(frozen=True)
class Period:
    """[start_us, end_us) in data time; `name` is one of SPANS or `own`; `wrong` is a text that was no day."""

    start_us: int
    end_us: int
    name: str
    wrong: str = ""

    @property
    def first_day(self) -> str:
        """First local day, YYYY-MM-DD."""
        return iso_local(self.start_us)[:10]

    @property
    def last_day(self) -> str:
        """Last local day, YYYY-MM-DD."""
        return iso_local(self.end_us - 1)[:10]

    @property
    def query(self) -> dict[str, str]:
        """The period as it stands in an address."""
        return {"from": self.first_day, "to": self.last_day} if self.name == "own" else {"span": self.name}


def period_of(query: Mapping[str, str], shown_us: int, default: str = "24h") -> Period:
    """The period asked for: `from` and `to` (local days, both inside), else `span` back from what is shown."""
    end_us = -(-shown_us // HOUR_US) * HOUR_US
    wrong = ""
    if query.get("from") or query.get("to"):
        try:
            first = date.fromisoformat(query.get("from") or query["to"])
            last = date.fromisoformat(query.get("to") or query["from"])
            start_us, stop_us = _midnight(first), _midnight(last + timedelta(days=1))
            if 0 < stop_us - start_us <= LONGEST_US:
                return Period(start_us, stop_us, "own")
        except (ValueError, OverflowError):
            pass
        wrong = f"{query.get('from', '')} – {query.get('to', '')}"
    name = query.get("span", default)
    if name not in SPANS:
        name = default
    return Period(end_us - SPANS[name][1], end_us, name, wrong)


def _midnight(day: date) -> int:
    return local_day_start(parse_id(f"day/x/{day.isoformat()}").start_us)
