"""One belief tick: what arrived and what closed becomes observations, flags and figures. No clock, no files."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from qingyuan.numerics.time import local_day_start
from qingyuan.pipeline import intake
from qingyuan.pipeline.evaluate import aqi, cities, days, hours
from qingyuan.pipeline.evaluate.context import SYMBOLS, Context
from qingyuan.pipeline.figure import DAY_US, HOUR_US
from qingyuan.pipeline.reasons import Reason, Unplaced
from qingyuan.pipeline.state import KEEP_DAYS
from qingyuan.quality import duplicate_conflict
from qingyuan.registry import Registry

GRACE_US = HOUR_US     # a city's hour and every day wait so long for late stations (HJ 633-2026 5.2: within 1 h)


class Due(NamedTuple):
    """A period that closes later: when (data time), what, of whom, its start."""

    data_us: int
    what: str              # 'hour', 'city-hour', 'day', 'city-day'
    subject: str
    start_us: int


class Agenda:
    """Periods that wait to close, in order of data time."""

    def __init__(self) -> None:
        self._heap: list[Due] = []
        self._known: set[Due] = set()

    def add(self, due: Due) -> None:
        """Wait for a period (once)."""
        if due not in self._known:
            self._known.add(due)
            heapq.heappush(self._heap, due)

    def next_data_us(self) -> int | None:
        """Data time at which the next period closes."""
        return self._heap[0].data_us if self._heap else None

    def pop_until(self, data_us: int) -> list[Due]:
        """Periods closed by then."""
        out = []
        while self._heap and self._heap[0].data_us <= data_us:
            due = heapq.heappop(self._heap)
            self._known.discard(due)
            out.append(due)
        return out


class Touched:
    """Which hours and days must be looked at in this tick."""

    def __init__(self) -> None:
        self.hours: dict[str, set[int]] = defaultdict(set)
        self.city_hours: set[tuple[str, int]] = set()
        self.days: set[tuple[str, int]] = set()
        self.city_days: set[tuple[str, int]] = set()


def run(context: Context, arrivals: Iterable[intake.Arrival], changed_sites: Iterable[str], agenda: Agenda,
        unplaced: Counter[Unplaced]) -> None:
    """Work off one tick; what is new stands in `context.state.written` afterwards."""
    touched = Touched()
    _reread(context, changed_sites, touched, agenda)
    _take(context, arrivals, touched, unplaced)
    _closing(context, agenda, touched)
    _site_hours(context, agenda, touched)
    _city_hours(context, agenda, touched)
    _site_days(context, agenda, touched)
    _city_days(context, touched)


def _take(context: Context, arrivals: Iterable[intake.Arrival], touched: Touched,
          unplaced: Counter[Unplaced]) -> None:
    for arrival in arrivals:
        rows = intake.read(arrival, context.registry)
        if isinstance(rows, Unplaced):
            unplaced[rows] += 1
            continue
        for row in rows:
            before = context.state.put(row)
            if before is row:
                continue
            if before is not None:
                _because(context, row.key.site, row.key.start_us, Reason.CORRECTED_DATA)
                _contradiction(context, before, row)
            if row.key.kind in ("hour", "minute"):
                touched.hours[row.key.site].add(row.key.start_us // HOUR_US * HOUR_US)


def _contradiction(context: Context, before: intake.Observation, after: intake.Observation) -> None:
    if after.key.kind == "hour":
        key = after.key
        flag = duplicate_conflict(key.site, key.factor, key.start_us, after.span_s, before.text_of(), after.text_of())
        if flag is not None:
            context.conflicts.append(flag)


def _reread(context: Context, changed_sites: Iterable[str], touched: Touched, agenda: Agenda) -> None:
    """A changed registry entry re-opens the last days of its site, and of each city it ever was a point of."""
    first = local_day_start(context.data_now_us) - KEEP_DAYS * DAY_US
    for site_id in changed_sites:
        if site_id in context.registry.sites:
            versions = context.registry.sites[site_id].versions
            named = {str(getattr(version.record, "city", "")) for version in versions} - {""}
            for row in context.state.observations(site_id, first, context.data_now_us):
                if row.key.kind in ("hour", "minute"):
                    start = row.key.start_us // HOUR_US * HOUR_US
                    touched.hours[site_id].add(start)
                    _because(context, site_id, start, Reason.REGISTRY)
                    for city in named:
                        _reread_city(context, city, start, touched, agenda)


def _reread_city(context: Context, city: str, start: int, touched: Touched, agenda: Agenda) -> None:
    context.causes[cities.subject_of(city)] = Reason.REGISTRY
    if start + HOUR_US <= context.data_now_us:
        touched.city_hours.add((city, start))
    day = local_day_start(start)
    agenda_or(touched.city_days, agenda, context, Due(day + DAY_US + GRACE_US, "city-day", city, day))


def _because(context: Context, site_id: str, start: int, reason: Reason) -> None:
    context.causes[site_id] = reason
    if city := context.site(site_id, start).city:
        context.causes[cities.subject_of(city)] = reason


def _closing(context: Context, agenda: Agenda, touched: Touched) -> None:
    for due in agenda.pop_until(context.data_now_us):
        if due.what == "hour":
            touched.hours[due.subject].add(due.start_us)
        elif due.what == "city-hour":
            touched.city_hours.add((due.subject, due.start_us))
        elif due.what == "day":
            touched.days.add((due.subject, due.start_us))
        else:
            touched.city_days.add((due.subject, due.start_us))


def _site_hours(context: Context, agenda: Agenda, touched: Touched) -> None:
    rows = []
    for site_id, starts in sorted(touched.hours.items()):
        for start in [s for s in starts if s + HOUR_US > context.data_now_us]:
            starts.discard(start)
            agenda.add(Due(start + HOUR_US, "hour", site_id, start))
        if not starts:
            continue
        for start in hours.evaluate(context, site_id, starts):
            site = context.site(site_id, start)
            if site.kind == "air":
                rows.append((site_id, start, {s: context.state.figure(f"hour.{s}", site_id, start) for s in SYMBOLS}))
                agenda_or(touched.days, agenda, context, Due(
                    local_day_start(start) + DAY_US + GRACE_US, "day", site_id, local_day_start(start)))
                if site.city:
                    touched.city_hours.add((site.city, start))
    aqi.post_rows(context, "realtime", rows)


def agenda_or(now: set[tuple[str, int]], agenda: Agenda, context: Context, due: Due) -> None:
    """Look at a period in this tick if it has closed, else wait for it."""
    if due.data_us <= context.data_now_us:
        now.add((due.subject, due.start_us))
    else:
        agenda.add(due)


def _city_hours(context: Context, agenda: Agenda, touched: Touched) -> None:
    rows = []
    for city, start in sorted(touched.city_hours):
        subject = cities.subject_of(city)
        deadline = start + HOUR_US + GRACE_US
        known = context.state.figure("aqi.realtime", subject, start) is not None
        if not known and deadline > context.data_now_us and not cities.complete(context, city, start):
            agenda.add(Due(deadline, "city-hour", city, start))
        elif cities.evaluate(context, city, "hour", start):
            rows.append((subject, start, {s: context.state.figure(f"hour.{s}", subject, start) for s in SYMBOLS}))
    aqi.post_rows(context, "realtime", rows)


def _site_days(context: Context, agenda: Agenda, touched: Touched) -> None:
    rows = []
    for site_id, day in sorted(touched.days):
        if days.evaluate(context, site_id, day):
            rows.append((site_id, day, days.day_inputs(context, site_id, day)))
            if city := context.site(site_id, day).city:
                agenda_or(touched.city_days, agenda, context, Due(day + DAY_US + GRACE_US, "city-day", city, day))
    aqi.post_rows(context, "daily", rows)


def _city_days(context: Context, touched: Touched) -> None:
    rows = []
    for city, day in sorted(touched.city_days):
        subject = cities.subject_of(city)
        if cities.evaluate(context, city, "day", day):
            rows.append((subject, day, days.day_inputs(context, subject, day)))
    aqi.post_rows(context, "daily", rows)


def waiting(registry: Registry, held: Iterable[tuple[str, int]], data_now_us: int) -> Agenda:
    """The agenda after a restart: closings of periods for which hours are held and that have not closed yet."""
    agenda = Agenda()
    for site_id, start in held:
        if site_id not in registry.sites:
            continue
        site = registry.sites[site_id].during(start)
        day = local_day_start(start)
        dues = [Due(start + HOUR_US, "hour", site_id, start)]
        if site.kind == "air":
            dues.append(Due(day + DAY_US + GRACE_US, "day", site_id, day))
            if site.city:
                dues += [Due(start + HOUR_US + GRACE_US, "city-hour", site.city, start),
                         Due(day + DAY_US + GRACE_US, "city-day", site.city, day)]
        for due in dues:
            if due.data_us > data_now_us:
                agenda.add(due)
    return agenda
