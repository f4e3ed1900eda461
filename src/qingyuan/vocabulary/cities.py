"""English names of cities that data are published of; two that are spelled alike carry their province."""

from __future__ import annotations

from functools import cache

from qingyuan.vocabulary.table import read


@cache
def _english() -> dict[str, str]:
    return {row["name_zh"]: row["name_en"] for row in read("cities")}


def english(name: str) -> str:
    """English name of a city given by its Chinese name, with or without 市; the name itself where none is known."""
    return _english().get(name.removesuffix("市"), name)
