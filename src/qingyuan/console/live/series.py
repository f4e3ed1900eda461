"""Series of a station as columns for charts: from the lake's columns to lists, without an object a point."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.period import Period
from qingyuan.console.live.watch import series_name
from qingyuan.console.reading import Reading
from qingyuan.console.shell import words
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import DAY_US, HOUR_US
from qingyuan.pipeline.evaluate.hours import exponent
from qingyuan.pipeline.reasons import Stage
from qingyuan.quality import Level
from qingyuan.registry import Site
from qingyuan.vocabulary import marks

STAGES = {stage.value: number for number, stage in enumerate(Stage)}
SUSPECT, INVALID, MISSING = 1, 2, 4       # states of a point, frontend/src/chart/columns.js


class Mean(StrEnum):
    """What a chart shows the means of."""

    HOUR = "hour"
    DAY = "day"
    RAW = "raw"              # as the telegrams give it: five or ten minutes, or less

    @property
    def span_us(self) -> int:
        """Length of one period; of raw values the hour whose figure they enter."""
        return DAY_US if self is Mean.DAY else HOUR_US


@dataclass(frozen=True)
class Chart:
    """What one chart asks for."""

    reading: Reading
    site: Site
    factor: str
    mean: Mean
    period: Period


def averaging(mean: Mean, factor: str) -> str:
    """The averaging time of a series as limits name it; the day value of ozone is the largest 8 h mean."""
    if mean is Mean.DAY:
        return "8h" if series_name(factor) == "O3" else "24h"
    return "1h" if mean is Mean.HOUR else "raw"


def published(ask: Chart, site: Site | None = None) -> dict[str, Any]:
    """One series of hour or day figures on a regular grid; what there is no figure of is missing."""
    site = site or ask.site
    name = f"{ask.mean.value}.{series_name(ask.factor)}"
    table = ask.reading.columns(ask.mean.value, ["start", "mantissa", "scale", "stage"], [site.id], names=[name],
                                start_us=ask.period.start_us, end_us=ask.period.end_us)
    span = ask.mean.span_us
    first = ask.period.start_us if ask.mean is Mean.HOUR else _day(ask.period.start_us)
    count = -(-(ask.period.end_us - first) // span)
    at = (table.column("start").to_numpy() - first) // span
    scales = table.column("scale").fill_null(0).to_numpy()
    values = _decimals(table.column("mantissa"), scales)
    grid = np.full(count, np.nan)
    state, stage = np.full(count, MISSING, np.int8), np.zeros(count, np.int8)
    grid[at], state[at] = values, np.where(np.isnan(values), MISSING, 0)
    stage[at] = [STAGES[text] for text in table.column("stage").to_pylist()]
    return {"name": words.name_of(site), "averaging": averaging(ask.mean, ask.factor), "span_s": span // 1_000_000,
            "t0": first // 1_000_000, "step_s": span // 1_000_000, "v": listed(grid), "state": state.tolist(),
            "stage": stage.tolist(), "digits": int(scales.max(initial=0)), "url": _proof(ask, site, name)}


def raw(ask: Chart) -> dict[str, Any]:
    """One series of what the telegrams give below the hour. Raises NotAllowed."""
    table = ask.reading.observed(
        ask.site.id, ["start", "span_s", "kind", "avg", "avg_scale", "rtd", "rtd_scale", "mark"],
        factors=[ask.factor], start_us=ask.period.start_us, end_us=ask.period.end_us)
    table = table.filter(pa.compute.not_equal(table.column("kind"), "hour"))
    averages = table.column("avg")
    mantissa = pa.compute.coalesce(averages, table.column("rtd"))
    scale = pa.compute.if_else(pa.compute.is_valid(averages), table.column("avg_scale"), table.column("rtd_scale"))
    scales = scale.fill_null(0).to_numpy() - (exponent(ask.site, ask.factor) or 0)
    spans = table.column("span_s").to_numpy()
    starts = table.column("start").to_numpy() // 1_000_000
    counts = [marks.counts(mark) for mark in table.column("mark").to_pylist()]
    return {"name": words.name_of(ask.site), "averaging": "raw", "span_s": int(np.median(spans)) if len(spans) else 600,
            "t": starts.tolist(), "v": listed(_decimals(mantissa, scales)),
            "state": [0 if good else INVALID for good in counts], "digits": max(0, int(scales.max(initial=0))),
            "url": _proof(ask, ask.site, f"hour.{series_name(ask.factor)}")}


def _decimals(mantissa: pa.ChunkedArray, scales: np.ndarray) -> np.ndarray:
    """Floats of (mantissa, scale); the shortest text of each is the decimal itself. NaN where there is none."""
    return mantissa.cast(pa.float64()).to_numpy() / 10.0 ** scales


def listed(values: np.ndarray) -> list[float | None]:
    """A column for JSON: NaN as null."""
    found: list[float | None] = values.tolist()
    for index in np.flatnonzero(np.isnan(values)):
        found[index] = None
    return found


def _day(us: int) -> int:
    offset = 8 * HOUR_US
    return (us + offset) // DAY_US * DAY_US - offset


def _proof(ask: Chart, site: Site, name: str) -> str:
    """Address of the figure that a point belongs to; {t} is its start in seconds."""
    link = reverse("figure_at", args=[site.id, name, 0]).removesuffix("0/") + "{t}/"
    return f"{link}?{urlencode({'as_of': as_of_text(ask.reading)})}" if ask.reading.as_of_us is not None else link


def as_of_text(reading: Reading) -> str:
    """The instant of a reading as addresses have it; empty for now."""
    return "" if reading.as_of_us is None else instant_text(reading.as_of_us)


def flag_points(ask: Chart, found: dict[str, Any]) -> None:
    """Put the flags of the site into its series: words by point, and the state of those that fail or are suspect."""
    said: dict[int, list[str]] = {}
    for flag in ask.reading.flags([ask.site.id], start_us=ask.period.start_us, end_us=ask.period.end_us):
        at = (flag.start_us // 1_000_000 - found["t0"]) // found["step_s"]
        if flag.factor != ask.factor or not 0 <= at < len(found["v"]):
            continue
        said.setdefault(at, []).append(f"{words.word(flag.what)} ({flag.rule})")
        if found["state"][at] == 0 and flag.level is Level.SUSPECT:
            found["state"][at] = SUSPECT
        elif flag.level is Level.FAIL:
            found["state"][at] = INVALID
    found["flags"] = {at: " · ".join(texts) for at, texts in said.items()}


def sent_points(ask: Chart, found: dict[str, Any]) -> None:
    """Values that were sent and did not become figures, as invalid points; for those who may read telegrams."""
    if not ask.reading.scope.allows(Verb.READ_TELEGRAMS, ask.site.id):
        return
    table = ask.reading.observed(ask.site.id, ["start", "kind", "avg", "avg_scale"], factors=[ask.factor],
                                 start_us=ask.period.start_us, end_us=ask.period.end_us)
    table = table.filter(pa.compute.equal(table.column("kind"), "hour"))
    scales = table.column("avg_scale").fill_null(0).to_numpy() - (exponent(ask.site, ask.factor) or 0)
    values = _decimals(table.column("avg"), scales)
    places = (table.column("start").to_numpy() // 1_000_000 - found["t0"]) // found["step_s"]
    for at, value in zip(places.tolist(), values.tolist(), strict=True):
        if 0 <= at < len(found["v"]) and found["v"][at] is None and value == value:
            found["v"][at], found["state"][at] = value, INVALID


def strip(ask: Chart) -> list[dict[str, Any]]:
    """Device marks other than N as intervals [from, to) in epoch seconds, neighbours with one letter joined."""
    table = ask.reading.observed(ask.site.id, ["start", "span_s", "mark"], factors=[ask.factor],
                                 start_us=ask.period.start_us, end_us=ask.period.end_us)
    table = table.filter(pa.compute.and_(pa.compute.is_valid(table.column("mark")),
                                         pa.compute.not_equal(table.column("mark"), "N"))).sort_by("start")
    found: list[dict[str, Any]] = []
    for start, span, letter in zip(*(table.column(c).to_pylist() for c in ("start", "span_s", "mark")), strict=True):
        begin = start // 1_000_000
        if found and found[-1]["letter"] == letter and found[-1]["to"] >= begin:
            found[-1]["to"] = max(found[-1]["to"], begin + span)
        else:
            found.append({"from": begin, "to": begin + span, "letter": letter, "label": mark_words(letter)})
    return found


def mark_words(letter: str) -> str:
    """What a device mark means, in the reader's language (HJ 212-2017 table 8)."""
    known = marks.all_marks().get(letter)
    if known is None:
        return _("mark the standard does not know")
    return known.name_zh if words.chinese() else known.name_en
