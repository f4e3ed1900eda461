"""Whether an entry can be kept at all: by the database, by the ledger, and by every page that shows its instants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qingyuan.numerics.time import CST_OFFSET_S, moment
from qingyuan.registry import EntryError

INSTANTS = ("valid_from_us", "valid_to_us")


def demand_sound(payload: Mapping[str, Any]) -> None:
    """Raise EntryError for a text with NUL or half a surrogate pair, which PostgreSQL and UTF-8 cannot hold, and for
    an instant outside the years 1 to 9999: one such entry would stop everything that waits behind it.
    """
    where = f"{payload.get('entry', 'entry')} {payload.get('id', '')!r}"
    for field, text in _texts("", payload):
        if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
            raise EntryError(where, field, f"{text[:40]!r} is not a text", "give a text")
    for field in INSTANTS:
        us = payload.get(field)
        if us is None or field not in payload:
            continue
        try:
            moment(us), moment(us, CST_OFFSET_S)
        except (OverflowError, TypeError):
            raise EntryError(where, field, f"{us!r} is no time", "write 2020-04-01T14:00") from None


def _texts(field: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text of a payload with the field of the entry it belongs to; names of fields belong to none."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield "", str(name)
            yield from _texts(field if field and field != "data" else str(name), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(field, inner)
