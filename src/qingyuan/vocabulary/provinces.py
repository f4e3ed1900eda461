"""English names of the 34 divisions of the first level (GB/T 2260): provinces, autonomous regions, municipalities and
special administrative regions."""

from __future__ import annotations

from functools import cache

from qingyuan.vocabulary.table import read


@cache
def _english() -> dict[str, str]:
    return {row[name]: row["name_en"] for row in read("provinces") for name in ("name_zh", "full_zh")}


def english(name: str) -> str:
    """English name of a division given by its Chinese name, short or in full; the name itself where none is known."""
    return _english().get(name, name)
