"""Publications that changed what was believed of a subject: the instants worth comparing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console import home
from qingyuan.console.live.period import Period
from qingyuan.console.reading import Reading
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import DAY_US, HOUR_US, iso_local
from qingyuan.pipeline.figure import TABLES, Figure, FigureKey

LOOKED_BACK_US = 30 * DAY_US     # of data time before what is shown
SHOWN, NAMED = 12, 4
SPANS = ((HOUR_US, _("1 hour ago and now"), _("1 hour before and then")),
         (DAY_US, _("1 day ago and now"), _("1 day before and then")))


@dataclass(frozen=True)
class Correction:
    """One publication: when it became believed, why, and the figures it changed, by their period."""

    at_us: int
    figures: list[Figure]

    @property
    def reason(self) -> str:
        """Why; the reason of its first figure."""
        return self.figures[0].reason

    @property
    def named(self) -> list[Figure]:
        """The first figures it changed."""
        return self.figures[:NAMED]

    @property
    def query(self) -> dict[str, str]:
        """Its two sides and the days it changed, as an address has them."""
        last = max(figure.start for figure in self.figures)
        return {"a": instant_text(self.at_us - 1), "b": instant_text(self.at_us),
                "from": iso_local(self.figures[0].start)[:10], "to": iso_local(last)[:10]}


def corrections(reading: Reading, subject: str, period: Period, key: FigureKey | None) -> list[Correction]:
    """Publications that changed figures of a subject, or one figure, known at the instant; the newest first.

    Figures of the period are looked at, and those of 30 days before what is shown.
    """
    start_us, end_us = min(period.start_us, reading.shown_us - LOOKED_BACK_US), max(period.end_us, reading.shown_us)
    names = None if key is None else [key.name]
    if key is not None:
        start_us, end_us = key.start_us, key.start_us + 1
    found: dict[int, list[Figure]] = {}
    for table in TABLES if key is None else (key.table,):
        for figure in reading.figures(table, [subject], names=names, start_us=start_us, end_us=end_us,
                                      all_versions=True):
            if figure.version > 1:
                found.setdefault(figure.believed_from, []).append(figure)
    return [Correction(at_us, sorted(figures, key=lambda f: (f.start, f.name)))
            for at_us, figures in sorted(found.items(), reverse=True)]


def moments(reading: Reading) -> list[dict[str, Any]]:
    """An hour and a day before the instant of the page: words, and the instant as an address has it."""
    base_us = home.now_us() if reading.as_of_us is None else reading.as_of_us
    return [{"words": now if reading.as_of_us is None else then, "a": instant_text(base_us - span_us)}
            for span_us, now, then in SPANS]
