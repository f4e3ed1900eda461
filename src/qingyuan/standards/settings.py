"""Choices the standards leave open, each with its default; a rule set names those it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


class BadSetting(ValueError):
    """A setting of this name, or a value of this kind, does not exist."""


CHOICES: dict[str, tuple[Any, ...]] = {
    "above_table": ("500",),
    "zero_concentration": ("index_0", "index_1"),
    "o3_windows": ("08-24", "01-24"),
    "mean_digits": ("table",),
    "percentile": ("linear",),
    "multiple_digits": tuple(range(7)),
    "rate_digits": tuple(range(7)),
    "composite": ("sum", "weighted-2026", "max-2013"),
    "rank_ties": ("1-1-3", "1-1-2"),
}


@dataclass(frozen=True, slots=True)
class AirSettings:
    """Settings of the air assessment."""

    above_table: str = "500"
    zero_concentration: str = "index_0"
    o3_windows: str = "08-24"          # windows that end at these hours; from memory of HJ 663
    mean_digits: str = "table"
    percentile: str = "linear"
    multiple_digits: int = 2
    rate_digits: int = 1
    composite: str | None = None       # None: as the named method says; else how its single indices are joined
    rank_ties: str = "1-1-3"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> AirSettings:
        """Defaults with some replaced. Raises BadSetting for a name or value this release does not know."""
        names = {f.name for f in fields(cls)}
        for name, value in given.items():
            if name not in names:
                raise BadSetting(f"setting {name}")
            if value not in CHOICES[name]:
                raise BadSetting(f"setting {name} = {value}")
        return cls(**given)


DEFAULTS = AirSettings()
