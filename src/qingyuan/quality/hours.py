"""All tests of hourly values of one site, in the order in which they build on each other.

Sentinels, negatives, marks and ranges look at single values. A value that fails there is left out of the
tests that compare hours or factors (rate, flat line, inversion), so one bad value does not accuse its
neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from qingyuan.quality import flat_line, mark, negative, pm_inversion, rate, sentinel, spans
from qingyuan.quality.flags import Flag, Level, Outcome
from qingyuan.quality.series import Row, Series

HOUR_S = 3600
LOOKBACK_HOURS = max(rate.LOOKBACK_HOURS, flat_line.LOOKBACK_HOURS)
"""Hours before a value that its flags depend on. No test looks ahead."""


def check_hours(site: str, hours: Mapping[str, Iterable[Row]], first_us: int, last_us: int) -> list[Flag]:
    """Flags of a site's hourly values with start in [first_us, last_us).

    hours: factor code -> rows (start UTC microseconds, mantissa, scale, device mark) in time order, values in
    the unit of the tables of this room (the canonical unit of the factor). Give the LOOKBACK_HOURS before
    `first_us` too: then a long window gives the same flags as the same time cut into any pieces. The result
    is ordered by factor, start and test. Raises ValueError when starts do not increase.
    """
    flags: list[Flag] = []
    kept: dict[str, tuple[Series, NDArray[np.bool_]]] = {}
    for factor in sorted(hours):
        series = Series.of(hours[factor])
        outcomes = [sentinel.check(series, factor), negative.check(series, factor), mark.check(series),
                    spans.check(series, factor)]
        usable = np.all([outcome.levels != Level.FAIL for outcome in outcomes], axis=0)
        kept[factor] = series, usable
        outcomes += [rate.check(series, factor, usable), flat_line.check(series, factor, usable)]
        flags += _flags(site, factor, series, outcomes, first_us, last_us)
    if pm_inversion.PM10 in kept and pm_inversion.PM25 in kept:
        (pm25, usable25), (pm10, usable10) = kept[pm_inversion.PM25], kept[pm_inversion.PM10]
        outcome = pm_inversion.check(pm25, pm10, usable25, usable10)
        flags += _flags(site, pm_inversion.PM25, pm25, [outcome], first_us, last_us)
    return sorted(flags, key=lambda flag: (flag.factor, flag.start_us, flag.what.value))


def usable(factor: str, rows: Iterable[Row], *, ambient: bool) -> NDArray[np.bool_]:
    """Which values of shorter periods than an hour may enter its mean: those whose mark counts and that are numbers
    an instrument can mean (no sentinel, not below the negative limit, in ambient air inside the range).

    Rows as for `check_hours`, of one factor. Raises ValueError when starts do not increase.
    """
    series = Series.of(rows)
    outcomes = [sentinel.check(series, factor), negative.check(series, factor), mark.check(series)]
    if ambient:
        outcomes.append(spans.check(series, factor))
    return np.all([outcome.levels != Level.FAIL for outcome in outcomes], axis=0)


def _flags(site: str, factor: str, series: Series, outcomes: list[Outcome], first_us: int,
           last_us: int) -> Iterable[Flag]:
    for outcome in outcomes:
        for i, evidence in outcome.evidence.items():
            start_us = int(series.start_us[i])
            if first_us <= start_us < last_us:
                level = Level(int(outcome.levels[i]))
                yield Flag(site, factor, start_us, HOUR_S, outcome.what, level, outcome.rule, evidence)
