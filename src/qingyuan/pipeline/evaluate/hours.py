"""Hour values of a site: sent by the logger (2061) or made from its minute data (2051).

Which of the two is the hour is decided by `hour_source` of the site (versioned in the registry); both are
computed, and a difference above 1 % is a flag. Values keep the digits that were sent; nothing is rounded here
but the mean of minutes (air_rounding, raw digits).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np

from qingyuan.assess import periods
from qingyuan.numerics import decimals
from qingyuan.pipeline.evaluate.context import Context, validity_standard
from qingyuan.pipeline.figure import HOUR_US, Draft, FigureKey
from qingyuan.pipeline.intake import Observation
from qingyuan.quality import LOOKBACK_HOURS, Flag, Level, What, check_hours, clock, difference, late, usable
from qingyuan.registry import Site, SiteKind
from qingyuan.vocabulary import factors, marks, units
from qingyuan.vocabulary.units import UnitMismatch

WINDOW_US = LOOKBACK_HOURS * HOUR_US
LARGEST = 10**18          # a mantissa beyond does not fit into the lake


def evaluate(context: Context, site_id: str, starts: Iterable[int]) -> list[int]:
    """Flags and hour figures of a site for the hours that were touched; returns the hours that changed."""
    starts = sorted(starts)
    first, last = starts[0], starts[-1] + HOUR_US
    window = list(context.state.observations(site_id, first - 2 * WINDOW_US, last + WINDOW_US))
    sent, minutes = _by_hour(window)
    flags = _flags(context, site_id, sent, minutes, first, last + WINDOW_US)
    context.state.set_flags(site_id, first, last + WINDOW_US, flags, context.tick_us)
    failed = defaultdict(list)
    for flag in flags:
        if flag.level >= Level.FAIL:
            failed[flag.factor, flag.start_us].append(flag.what.value)
    changed = []
    published = _published(context, site_id, window)
    for start in starts:
        site = context.site(site_id, start)
        drafts = [_draft(context, site, factor, start, sent.get((factor, start)), minutes.get((factor, start), []),
                         sorted(failed.get((factor, start), [])))
                  for factor in sorted({f for f, s in (*sent, *minutes, *published) if s == start})]
        posted = [context.post(draft) for draft in drafts]
        if any(posted):
            changed.append(start)
    return changed


def _published(context: Context, site_id: str, window: Iterable[Observation]) -> set[tuple[str, int]]:
    """Factor and hour of all rows whose hour has a figure: the newest telegram may state no mean any more."""
    known = {(row.key.factor, row.key.start_us // HOUR_US * HOUR_US) for row in window}
    return {(factor, start) for factor, start in known if context.state.figure(
        f"hour.{factors.symbol_of(factor) or factor}", site_id, start) is not None}


Sent = dict[tuple[str, int], Observation]
Minutes = dict[tuple[str, int], list[Observation]]


def _by_hour(window: Iterable[Observation]) -> tuple[Sent, Minutes]:
    sent: Sent = {}
    minutes: Minutes = defaultdict(list)
    for row in window:
        where = row.key.factor, row.key.start_us // HOUR_US * HOUR_US
        if row.key.kind == "hour" and row.value("avg") is not None:
            sent[where] = newest(sent.get(where), row)
        elif row.key.kind == "minute" and row.value("avg") is not None:
            minutes[where].append(row)
    for rows in minutes.values():
        rows.sort(key=lambda r: r.key.start_us)
    return sent, minutes


def newest(one: Observation | None, other: Observation) -> Observation:
    """Of two telegrams for one hour (some loggers name it by a minute inside it) the one received last is believed."""
    if one is None:
        return other
    return max(one, other, key=lambda row: (row.received_us, row.ledger, row.leaf, row.key.start_us))


def _canonical(site: Site, factor: str, row: Observation) -> tuple[int, int] | None:
    """Mean of a row in the unit it is published in, an exact shift of the decimal point; None where there is none."""
    shift = exponent(site, factor)
    if shift is None:
        return None
    mantissa, scale = row.value("avg") or (0, 0)
    scale -= shift
    if scale < 0:
        mantissa, scale = mantissa * 10 ** -scale, 0
    return (mantissa, scale) if abs(mantissa) < LARGEST else None


def exponent(site: Site, factor: str) -> int | None:
    """Power of ten from the unit a site sends to the unit its figures are published in; None where none leads over."""
    try:
        return units.factor10(site.unit(factor), site.published_unit(factor))
    except UnitMismatch:
        return None


def from_minutes(site: Site, factor: str, rows: list[Observation]) -> tuple[tuple[int, int] | None, int]:
    """Hour value (or None if fewer than 45 minutes count) and the minutes that count.

    Digits of HJ 663 table 3 are those of ambient air; elsewhere the hour keeps the digits received.
    """
    found = [(row.key.start_us, *value, row.mark) for row in rows if (value := _canonical(site, factor, row))]
    scale = max((scale for _, _, scale, _ in found), default=0)
    mantissas = np.array([decimals.rescale(m, s, scale) for _, m, s, _ in found], object)
    ambient = site.kind is SiteKind.AIR
    counted = usable(factor, found, ambient=ambient)
    return periods.hour_from_minutes(mantissas, scale, counted, _interval_s(site, rows), factor if ambient else "")


def counting(site: Site, factor: str, rows: list[Observation]) -> list[Observation]:
    """The minutes of an hour whose mark and value count."""
    found = [(row, (row.key.start_us, *value, row.mark)) for row in rows if (value := _canonical(site, factor, row))]
    kept = usable(factor, [values for _, values in found], ambient=site.kind is SiteKind.AIR)
    return [row for (row, _), counts in zip(found, kept, strict=True) if counts]


def _interval_s(site: Site, rows: list[Observation]) -> int:
    """Seconds a row speaks of: as registered, less where the rows follow each other faster (the commonest step)."""
    steps = Counter((after.key.start_us - row.key.start_us) // 1_000_000 for row, after in pairwise(rows))
    commonest = min(steps, key=lambda step: (-steps[step], step), default=site.minute_interval_s)
    return min(site.minute_interval_s, commonest)


def _draft(context: Context, site: Site, factor: str, start: int, sent: Observation | None,
           minutes: list[Observation], failed: list[str]) -> Draft:
    symbol = factors.symbol_of(factor) or factor
    made, count = from_minutes(site, factor, minutes) if minutes else (None, 0)
    use_sent = sent is not None and (site.hour_source == "sent" or not minutes)
    value = _canonical(site, factor, sent) if use_sent and sent else made
    rows = [sent] if use_sent and sent else minutes
    detail: dict[str, Any] = {"source": "sent" if use_sent else "minutes", "origin": site.origin}
    if minutes:
        detail["minutes"] = count
        if failing := sum(marks.counts(row.mark) for row in minutes) - len(counting(site, factor, minutes)):
            detail["minutes_left_out"] = failing       # rows whose value is none: a sentinel, out of range, negative
    if failed and value is not None:
        value, detail["excluded"] = None, failed
    elif value is None:
        detail["excluded"] = [_why(site, factor, [] if use_sent else minutes) if use_sent or minutes else "no_mean"]
    return Draft(FigureKey(f"hour.{symbol}", site.id, start), 3600,
                 decimals.to_text(*value) if value else "", value, site.published_unit(factor),
                 "HJ 212-2017" if site.kind is SiteKind.GAS else validity_standard(factor, start), context.rules,
                 detail,
                 tuple(f"{r.ledger}#{r.leaf} avg" for r in rows if r), factor)


def _why(site: Site, factor: str, minutes: list[Observation]) -> str:
    """Why an hour has no value although a mean was sent."""
    if exponent(site, factor) is None:
        return "unit"
    return "too_few_minutes" if minutes else "too_large"


def _flags(context: Context, site_id: str, sent: Sent, minutes: Minutes, first: int, last: int) -> list[Flag]:
    series: dict[str, list[tuple[int, int, int, str | None]]] = defaultdict(list)
    versions = {start: context.site(site_id, start) for _, start in sent}
    for (factor, start), row in sent.items():
        site = versions[start]
        if (value := _canonical(site, factor, row)) is not None:
            series[factor].append((start, *value, row.mark))
    flags = check_hours(site_id, {f: sorted(rows, key=lambda r: r[0]) for f, rows in series.items()}, first, last)
    flags = [flag for flag in flags                # the thresholds of the other tests are those of ambient air
             if flag.what in (What.SENTINEL, What.MARK, What.NEGATIVE)
             or context.site(site_id, flag.start_us).kind is SiteKind.AIR]
    for (factor, start), row in sent.items():
        site = versions[start]
        if first <= start < last:
            flags += _arrival(context, site, row)
            stated, rows = _canonical(site, factor, row), minutes.get((factor, start))
            if stated and rows and (made := from_minutes(site, factor, rows)[0]):
                found = difference(site_id, factor, start, decimals.to_text(*stated), decimals.to_text(*made))
                flags += [found] if found else []
    known = context.state.conflicts(site_id, first, last)
    fresh = [f for f in context.conflicts if f.site == site_id and first <= f.start_us < last]
    return flags + known + fresh


def _arrival(context: Context, site: Site, row: Observation) -> list[Flag]:
    """Late and ahead of time, in data time."""
    arrived_us = context.registry.data_now(row.received_us)
    where = site.id, row.key.factor, row.key.start_us, row.span_s, arrived_us
    return [flag for flag in (late(*where), clock(*where)) if flag is not None]
