"""System codes ST: what kind of place a telegram comes from (HJ 212-2017 table 5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from qingyuan.vocabulary.table import read


@dataclass(frozen=True, slots=True)
class System:
    """One system code. The edition in `since` is from memory for 2005."""

    st: str
    name_zh: str
    name_en: str
    since: str
    source: str


@cache
def all_systems() -> dict[str, System]:
    """Every system by its code."""
    return {row["st"]: System(**row) for row in read("systems")}


def system(st: str) -> System | None:
    """A system by its code, or None."""
    return all_systems().get(st)
