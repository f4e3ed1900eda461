"""Values of one factor at one site as integer arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qingyuan.numerics import decimals

Row = tuple[int, int, int, str | None]
"""Start (UTC microseconds), mantissa, scale, device mark."""

HOUR_US = 3_600_000_000
LEAST_SCALE = 3          # thresholds have at most three decimals, so each can be compared exactly
ROOM = 1 << 61           # below it differences of two values fit into int64
WIDEST = 10 ** 6         # no threshold is larger


@dataclass(frozen=True, slots=True)
class Series:
    """Periods in time order; value i = scaled[i] / 10**scale, exact."""

    start_us: NDArray[np.int64]
    scaled: NDArray[Any]                    # int64, or whole numbers of any size where that is too narrow
    scale: int
    texts: tuple[tuple[int, int], ...]      # mantissa and scale as sent, for evidence
    marks: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.marks)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Series:
        """From rows in time order. Raises ValueError when starts do not increase."""
        rows = list(rows)
        start = np.array([r[0] for r in rows], np.int64)
        if len(rows) > 1 and (start[1:] <= start[:-1]).any():
            raise ValueError("starts must increase")
        scale = max([LEAST_SCALE, *(r[2] for r in rows)])
        values = [r[1] * 10 ** (scale - r[2]) for r in rows]
        fits = max(map(abs, values), default=0) < ROOM and WIDEST * 10 ** scale < ROOM
        return cls(start, np.array(values, np.int64 if fits else object), scale,
                   tuple((r[1], r[2]) for r in rows), tuple(r[3] for r in rows))

    def text(self, i: int) -> str:
        """Value i as it was sent."""
        return decimals.to_text(*self.texts[i])

    def threshold(self, text: str) -> int:
        """A threshold in the scale of this series. Raises ValueError when it is no number of three
        decimals.
        """
        return _threshold(text) * 10 ** (self.scale - LEAST_SCALE)

    def follows(self) -> NDArray[np.bool_]:
        """True where the period before is the hour before."""
        out = np.zeros(len(self), bool)
        out[1:] = np.diff(self.start_us) == HOUR_US
        return out


@cache
def _threshold(text: str) -> int:
    number = decimals.parse(text)
    if number is None or number[1] > LEAST_SCALE or abs(number[0]) > WIDEST * 10 ** number[1]:
        raise ValueError(f"'{text}' is no threshold: a number up to {WIDEST} with {LEAST_SCALE} decimals")
    return decimals.rescale(*number, LEAST_SCALE)


def common(*texts: str) -> list[int]:
    """Numbers given as text as integers of one scale, exact and of any size. Raises ValueError for other
    text.
    """
    numbers = [decimals.parse(text) for text in texts]
    if any(number is None for number in numbers):
        raise ValueError(f"not all plain numbers: {texts}")
    scale = max((n[1] for n in numbers if n), default=0)
    return [n[0] * 10 ** (scale - n[1]) for n in numbers if n]
