"""Whether an entry can be kept at all: by the ledger, by a database, and by every page that shows its instants."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from qingyuan.numerics.time import CST_OFFSET_S, moment
from qingyuan.registry.errors import EntryError

INSTANT = "_us"                        # fields that end so are instants, microseconds since 1970 UTC
NOT_SHOWN = "password"                 # field whose text no message repeats
LAYOUT = frozenset("\t\n\r")           # control characters that a text of several lines may hold
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")     # UAX 9: a name reads as another


def demand_sound(payload: Mapping[str, Any]) -> None:
    """Raise EntryError for what would stop everything that waits behind it.

    That is a text with NUL or another control character but tab and line end, one that turns the direction
    of writing, or with half a surrogate pair, which
    PostgreSQL and UTF-8 cannot hold; and an instant outside the years 1 to 9999.
    """
    where = f"{payload.get('entry', 'entry')} {payload.get('id', '')!r}"
    for field, value in _values(payload):
        if isinstance(value, str):
            _demand_text(where, field, value)
        elif field.endswith(INSTANT) and isinstance(value, int) and not _is_moment(value):
            raise EntryError(where, field, f"{value!r} is no time", "write 2020-04-01T14:00")


def _demand_text(where: str, field: str, text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        what = "is no text" if field == NOT_SHOWN else f"{text[:40]!r} is not a text"
        raise EntryError(where, field, what, "give a text")
    if any(c in TURNING or (unicodedata.category(c) == "Cc" and c not in LAYOUT) for c in text):
        raise EntryError(where, field, "holds a control character", "take it out")


def _is_moment(us: int) -> bool:
    try:
        moment(us), moment(us, CST_OFFSET_S)
    except OverflowError:
        return False
    return True


def _values(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every plain value with the field of the entry it belongs to; names of fields are values that belong to none."""
    waiting: list[tuple[str, Any]] = [("", payload)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, Mapping):
            yield from (("", str(name)) for name in value)
            inner = [(field if field and field != "data" else str(name), of) for name, of in value.items()]
            waiting += reversed(inner)
        elif isinstance(value, list | tuple):
            waiting += ((field, of) for of in reversed(value))
        else:
            yield field, value
