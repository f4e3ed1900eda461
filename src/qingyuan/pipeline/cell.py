"""What is held of one subject on one local day, and what a tick adds."""

from __future__ import annotations

from dataclasses import dataclass, field

from qingyuan.pipeline.figure import Figure
from qingyuan.pipeline.intake import Key, Observation
from qingyuan.quality import Flag


@dataclass
class Cell:
    """One subject, one local day."""

    observations: dict[Key, Observation] = field(default_factory=dict)
    figures: dict[tuple[str, int], Figure] = field(default_factory=dict)
    flags: dict[tuple[str, int, str], Flag] = field(default_factory=dict)


@dataclass
class Written:
    """What a tick adds to the lake."""

    observations: list[Observation] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    flags: list[tuple[Flag, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.observations) + len(self.figures) + len(self.flags)
