"""Reading the fields of an entry: each function takes one field, checks it and says what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from qingyuan.registry.errors import EntryError

Choice = TypeVar("Choice", bound=StrEnum)


class Fields:
    """The `data` of one entry; remembers which fields were asked for, so that unknown ones can be named."""

    def __init__(self, entry: str, data: Mapping[str, Any]) -> None:
        self.entry = entry
        self._data = data
        self._asked: set[str] = set()

    def fault(self, field: str, what: str, remedy: str = "") -> EntryError:
        """An error about a field of this entry."""
        return EntryError(self.entry, field, what, remedy)

    def _get(self, field: str) -> Any:
        self._asked.add(field)
        return self._data.get(field)

    def __contains__(self, field: str) -> bool:
        self._asked.add(field)
        return self._data.get(field) is not None

    def whatever(self, field: str) -> Any:
        """A value of any form, None where it is absent: who asks checks it."""
        return self._get(field)

    def unknown(self) -> list[str]:
        """Fields that stand in the entry and that nobody asked for."""
        return sorted(set(self._data) - self._asked)

    def text(self, field: str, default: str | None = None) -> str:
        """A non-empty text; required unless there is a default."""
        value = self._get(field)
        if value is None or value == "":
            if default is None:
                raise self.fault(field, "is missing", "give a text")
            return default
        if not isinstance(value, str):
            raise self.fault(field, f"{value!r} is not a text", "put it in quotation marks")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts; absent is empty."""
        value = self._get(field)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.fault(field, "is not a list of texts")
        return tuple(value)

    def mapping(self, field: str) -> Mapping[str, str]:
        """A table text -> text; absent is empty."""
        value = self._get(field)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for pair in value.items() for v in pair):
            raise self.fault(field, "is not a table of texts")
        return dict(value)

    def choice(self, field: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        """A member of a closed list; required unless there is a default."""
        text = self.text(field, default)
        try:
            return kind(text)
        except ValueError:
            raise self.fault(field, f"{text!r} is not known", f"choose one of {', '.join(kind)}") from None

    def choices(self, field: str, known: Iterable[str]) -> tuple[str, ...]:
        """A list of members of a closed list of texts."""
        values, known = self.texts(field), sorted(known)
        for value in values:
            if value not in known:
                raise self.fault(field, f"{value!r} is not known", f"choose from {', '.join(known)}")
        return values

    def whole(self, field: str, default: int | None = None, *, least: int | None = None,
              most: int | None = None) -> int:
        """A whole number; required unless there is a default."""
        value = self._get(field)
        if value is None:
            if default is None:
                raise self.fault(field, "is missing", "give a whole number")
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.fault(field, f"{value!r} is not a whole number")
        if least is not None and value < least:
            raise self.fault(field, f"{value} is too small", f"give at least {least}")
        if most is not None and value > most:
            raise self.fault(field, f"{value} is too large", f"give at most {most}")
        return value

    def truth(self, field: str, default: bool) -> bool:
        """True or false."""
        value = self._get(field)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fault(field, f"{value!r} is neither true nor false")
        return value

    def degrees(self, field: str, limit: int) -> float | None:
        """A coordinate in degrees within plus or minus `limit`, or None where it is not known."""
        value = self._get(field)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or (
                isinstance(value, float) and not math.isfinite(value)):
            raise self.fault(field, f"{value!r} is not a number", "give degrees, or leave it out")
        if abs(value) > limit:
            raise self.fault(field, f"{value} is outside ±{limit} degrees",
                             "check whether longitude and latitude are exchanged")
        return float(value)

    def ratio(self, field: str) -> Fraction:
        """A positive number, kept exact: a decimal text, or a number by its shortest decimal text."""
        value = self._get(field)
        try:
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise ValueError
            number = Fraction(value if isinstance(value, str) else repr(value))
        except (ValueError, ZeroDivisionError):
            raise self.fault(field, f"{value!r} is not a number") from None
        if number <= 0:
            raise self.fault(field, f"{value!r} is not above zero")
        return number
