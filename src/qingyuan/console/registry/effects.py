"""What a change of the registry means for figures: said before it is made, with the figures there are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import Reading
from qingyuan.console.registry.fieldset import FIELDS
from qingyuan.console.registry.known import Segment, Version, timeline
from qingyuan.console.shell.words import city_name, factor_name
from qingyuan.registry import EntryKind, Site

TABLES = ("hour", "day", "figure")
MOVING = tuple(field.name for field in FIELDS[EntryKind.SITE] if field.moves)


@dataclass(frozen=True)
class Counted:
    """Published figures of one subject that begin within the time of a change."""

    subject: str
    count: int

    @property
    def city(self) -> str:
        """The city, where the figures are its own."""
        return self.subject.removeprefix("city:") if self.subject.startswith("city:") else ""


def moved(before: Sequence[Version], after: Sequence[Version]) -> dict[str, tuple[int | None, int | None]]:
    """Fields of a site on which figures rest and that come to differ, each with the span of data time in which."""
    spans: dict[str, tuple[int | None, int | None]] = {}
    for begin, end, old, new in _pieces(timeline(before), timeline(after)):
        if old == new or not (isinstance(old, Site) or isinstance(new, Site)):
            continue
        for name in MOVING:
            if getattr(old, name, None) != getattr(new, name, None):
                known = spans.get(name)
                spans[name] = (known[0], end) if known else (begin, end)
    return spans


def _pieces(before: Sequence[Segment], after: Sequence[Segment]) -> list[tuple[int | None, int | None, Any, Any]]:
    """Both timelines cut at every edge of either: (from, to, record before, record after)."""
    edges = sorted({s.from_us for s in (*before, *after) if s.from_us is not None})
    starts: list[int | None] = [None, *edges]
    return [(start, end, _holds(before, start), _holds(after, start))
            for start, end in zip(starts, [*edges, None], strict=True)]


def _holds(segments: Sequence[Segment], edge: int | None) -> Any:
    found = [s for s in segments if s.from_us is None or (edge is not None and s.from_us <= edge)]
    return found[-1].version.entry.record if found and found[-1].version else None


def sentences(spans: dict[str, tuple[int | None, int | None]], before: Site | None, after: Site | None) -> list[str]:
    """In words: which figures are evaluated anew, field by field."""
    names = {"city": {city_name(s.city) for s in (before, after) if s is not None and s.city}}
    texts = {
        "units": _("Values of {factors} are read in the new unit: their hours, days, sub-indices and indices change."),
        "mn": _("Telegrams are given to this site by the new MN; those of the old one are no longer its own."),
        "city": _("The site leaves one city mean and enters another: figures of {cities}."),
        "kind": _("Every figure of the site is worked out by the rules of its new kind."),
        "hour_source": _("Every hour is taken from its other source, with all that rests on it."),
        "minute_interval_s": _("Whether an hour has enough minute values is judged anew."),
        "in_city_mean": _("The means of {cities} are worked out with or without this site."),
        "plan": _("Which factors belong to an index, and which are missing, is judged anew."),
    }
    changed = _changed_units(before, after)
    words = {"factors": ", ".join(factor_name(code) for code in changed) or _("the factors named"),
             "cities": ", ".join(sorted(names["city"])) or _("its city")}
    return [texts[name].format(**words) for name in MOVING if name in spans]


def _changed_units(before: Site | None, after: Site | None) -> list[str]:
    old, new = (dict(site.units) if site else {} for site in (before, after))
    return sorted(code for code in {*old, *new} if old.get(code) != new.get(code))


def counted(reading: Reading, spans: dict[str, tuple[int | None, int | None]], site: str,
            cities: Sequence[str]) -> list[Counted]:
    """How many figures published so far lie in the time of the change: the site's own, and those of its cities."""
    if not spans:
        return []
    begins, ends = zip(*spans.values(), strict=True)
    start = None if None in begins else min(begins)
    end = None if None in ends else max(ends)
    allowed = reading.scope.subjects(Verb.READ_FIGURES)
    subjects = [name for name in (site, *(f"city:{city}" for city in cities)) if name in allowed]
    if not subjects:
        return []
    counts = dict.fromkeys(subjects, 0)
    for table in TABLES:
        found = reading.columns(table, ["subject"], subjects, start_us=start, end_us=end)
        for name in found.column("subject").to_pylist():
            counts[name] += 1
    return [Counted(name, count) for name, count in counts.items()]
