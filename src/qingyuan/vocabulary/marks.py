"""Data marks that loggers put on values (HJ 212-2017 table 8). Device marks stay as they are, here is what they mean.

Values entered by hand (S) and absent marks count in provisional figures, because nothing says they are wrong; both
stay visible. An unknown letter is kept and does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from qingyuan.vocabulary.table import read


@dataclass(frozen=True, slots=True)
class Mark:
    """One letter."""

    letter: str
    name_zh: str
    name_en: str
    counts: bool


@cache
def all_marks() -> dict[str, Mark]:
    """Every mark of the standard by its letter."""
    return {r["letter"]: Mark(r["letter"], r["name_zh"], r["name_en"], r["counts"] == "yes") for r in read("marks")}


def counts(letter: str | None) -> bool:
    """True if a value with this mark enters provisional means."""
    if not letter:
        return True
    found = all_marks().get(letter)
    return found is not None and found.counts
