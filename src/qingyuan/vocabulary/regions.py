"""Administrative regions: prefectures by name and by their six-digit code (GB/T 2260)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from qingyuan.vocabulary.table import read


@dataclass(frozen=True, slots=True)
class Region:
    """One prefecture."""

    code: str
    name_zh: str
    name_en: str
    province_zh: str
    province_en: str


@cache
def all_regions() -> dict[str, Region]:
    """Every region by its Chinese name without the suffix 市."""
    return {row["name_zh"]: Region(**row) for row in read("regions")}


def region(name: str) -> Region | None:
    """A region by its Chinese name, with or without 市, or None."""
    return all_regions().get(name.removesuffix("市"))
