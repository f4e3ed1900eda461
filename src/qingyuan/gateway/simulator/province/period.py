"""The hours that are simulated: those sent, and some before them so that rivers and air have a past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingyuan.numerics.time import CST_OFFSET_S, HOUR_US, moment

WARM = 48                        # hours before the first: longer than any river takes
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Period:
    """`hours` whole hours from `start_us` on (UTC). Arrays of the simulation have WARM + hours rows."""

    start_us: int
    hours: int

    @property
    def rows(self) -> int:
        """Hours simulated."""
        return WARM + self.hours

    @property
    def clock(self) -> NDArray[np.int64]:
        """Local hour of the day of each row, 0 to 23."""
        return self._local_hours % 24

    @property
    def weekday(self) -> NDArray[np.int64]:
        """Day of the week of each row, Monday 0."""
        return (self._local_hours // 24 + 3) % 7          # 1970-01-01 was a Thursday

    @property
    def day_of_year(self) -> int:
        """Day of the year of the first hour."""
        return moment(self.start_us, CST_OFFSET_S).timetuple().tm_yday

    @property
    def _local_hours(self) -> NDArray[np.int64]:
        return (self.start_us + CST_OFFSET_S * 1_000_000) // HOUR_US - WARM + np.arange(self.rows)


def memory(draw: np.random.Generator, rows: int, columns: int, hours: float) -> Floats:
    """Standard normal series, shape (rows, columns), that forget themselves within `hours`."""
    keep = float(np.exp(-1 / hours))
    out = draw.normal(0, 1, (rows, columns))
    for row in range(1, rows):
        out[row] = keep * out[row - 1] + np.sqrt(1 - keep * keep) * out[row]
    return out


def bump(clock: NDArray[np.int64], peak: float, width: float) -> Floats:
    """A bell over the day: 1 at the hour `peak`, falling off within `width` hours, around midnight too."""
    away = np.abs((clock - peak + 12) % 24 - 12)
    return np.exp(-0.5 * (away / width) ** 2)
