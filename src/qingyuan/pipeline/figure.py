"""A figure: a value with the time it speaks of, the time we believed it, and what it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from qingyuan.numerics.time import CST_OFFSET_S, iso_local
from qingyuan.pipeline.reasons import Reason, Stage

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
TABLES = ("hour", "day", "figure")


class BadFigureId(ValueError):
    """The text is not NAME/SUBJECT/START."""


class FigureKey(NamedTuple):
    """What a figure speaks of: its name, of whom, and the start of its period (UTC, microseconds)."""

    name: str
    subject: str
    start_us: int

    @property
    def table(self) -> str:
        """Table of the lake that holds it."""
        head = self.name.partition(".")[0]
        return head if head in ("hour", "day") else "figure"

    def __str__(self) -> str:
        local = iso_local(self.start_us)
        return f"{self.name}/{self.subject}/{local[:10] if self.daily else local[:16]}"

    @property
    def daily(self) -> bool:
        """True where the period is a natural day."""
        return self.name.startswith("day.") or self.name.endswith(".daily")


def parse_id(text: str) -> FigureKey:
    """Read `aqi.realtime/1151A/2020-04-01T14:00`; local time (+08:00) unless a zone is given.

    Raises BadFigureId with an example when the text has another form.
    """
    name, _, rest = text.partition("/")
    subject, _, start = rest.rpartition("/")
    try:
        when = datetime.fromisoformat(start)
    except ValueError:
        when = None
    if not (name and subject and when):
        raise BadFigureId(f"'{text}' is no figure; write NAME/SUBJECT/START, "
                          "for example aqi.realtime/1151A/2020-04-01T14:00")
    offset = when.utcoffset()
    shift = int(offset.total_seconds()) if offset is not None else CST_OFFSET_S
    seconds = int((when.replace(tzinfo=None) - datetime(1970, 1, 1)).total_seconds()) - shift
    return FigureKey(name, subject, seconds * 1_000_000)


@dataclass(frozen=True, slots=True)
class Draft:
    """A value as computed now, before it is compared with what was believed."""

    key: FigureKey
    span_s: int
    value: str                    # text as it is shown; empty when there is none
    scaled: tuple[int, int] | None
    unit: str
    standard: str
    rules: str
    detail: Mapping[str, Any]
    inputs: tuple[str, ...]       # one text an input, in order: an observation `ledger#leaf column` or a figure
    factor: str = ""

    def digest(self) -> str:
        """SHA-256 over the inputs, hexadecimal."""
        return hashlib.sha256("\n".join(self.inputs).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Figure:
    """A published version of a figure; field names are the columns of the lake."""

    name: str
    subject: str
    factor: str
    start: int
    span_s: int
    value: str
    mantissa: int | None
    scale: int | None
    unit: str
    stage: str
    standard: str
    rules: str
    detail: str
    believed_from: int
    version: int
    reason: str
    digest: str

    @property
    def key(self) -> FigureKey:
        """What it speaks of."""
        return FigureKey(self.name, self.subject, self.start)

    @property
    def valid(self) -> bool:
        """False where the period has no value that counts."""
        return self.mantissa is not None

    def details(self) -> dict[str, Any]:
        """The parsed detail column."""
        return json.loads(self.detail)

    def row(self) -> dict[str, Any]:
        """The figure as a row of the lake, times in microseconds since 1970 UTC."""
        return {name: getattr(self, name) for name in COLUMNS}

    def says_the_same(self, other: Figure) -> bool:
        """True if value, unit, standard and detail are those of another version."""
        return (self.value, self.unit, self.standard, self.detail) == (
            other.value, other.unit, other.standard, other.detail)

    def differs(self, draft: Draft) -> bool:
        """True if the draft must be published: value, unit, standard or what the detail says changed."""
        return (self.value, self.unit, self.standard, self.detail) != (
            draft.value, draft.unit, draft.standard, _json(draft.detail))


COLUMNS = tuple(field.name for field in fields(Figure))


def publish(draft: Draft, before: Figure | None, believed_us: int, cause: Reason) -> Figure:
    """The next version of a figure; the first one has the reason `first`."""
    mantissa, scale = draft.scaled if draft.scaled is not None else (None, None)
    return Figure(
        name=draft.key.name, subject=draft.key.subject, factor=draft.factor, start=draft.key.start_us,
        span_s=draft.span_s, value=draft.value, mantissa=mantissa, scale=scale, unit=draft.unit,
        stage=Stage.PROVISIONAL.value, standard=draft.standard, rules=draft.rules, detail=_json(draft.detail),
        believed_from=believed_us, version=1 if before is None else before.version + 1,
        reason=(Reason.FIRST if before is None else cause).value, digest=draft.digest())


def in_order(figures: Iterable[Figure]) -> list[Figure]:
    """The order of a publication: hours, days, others; then name, subject, start."""
    return sorted(figures, key=lambda f: (TABLES.index(f.key.table), f.name, f.subject, f.start))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
