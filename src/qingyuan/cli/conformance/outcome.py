"""What came of one row of a vector file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Unrecognised(Exception):
    """A form, operation, topic, function, key or setting that this product does not know."""


@dataclass(frozen=True)
class Difference:
    """One key that came out otherwise."""

    key: str
    expected: Any
    got: Any


@dataclass(frozen=True)
class Outcome:
    """One row: passed where there are no differences and nothing unrecognised."""

    id: str
    certainty: str
    differences: list[Difference] = field(default_factory=list)
    unrecognised: str = ""

    @property
    def passed(self) -> bool:
        """True if every key came out as expected."""
        return not self.differences and not self.unrecognised
