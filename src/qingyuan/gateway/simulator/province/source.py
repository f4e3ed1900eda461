"""The province as a source that a fleet plays."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from qingyuan.gateway.simulator.province import cameras, truth, world
from qingyuan.gateway.simulator.province.entries import entries
from qingyuan.gateway.simulator.province.monitors import monitors
from qingyuan.gateway.simulator.province.period import Period
from qingyuan.gateway.simulator.province.world import World
from qingyuan.gateway.simulator.source import Reading, Source, SourceError
from qingyuan.gateway.simulator.synthetic import FIRST
from qingyuan.numerics.time import HOUR_US
from qingyuan.registry import Origin


@dataclass(frozen=True)
class Province(Source):
    """Stations, readings and registry entries of a simulated province, and what was really put in."""

    world: World | None = field(default=None, repr=False)

    def truth(self) -> dict[str, Any]:
        """Emissions, weather, rivers and mishaps as plain JSON values."""
        assert self.world is not None
        return truth.truth(self.world)

    def write_pictures(self, folder: Path) -> int:
        """Frames of the cameras and their index into a folder; number of frames."""
        assert self.world is not None
        return cameras.write(folder, self.world)


def province(seed: int = 1, start_us: int | None = None, hours: int = 48, edition: str = "2017") -> Province:
    """The province of a seed over whole hours from `start_us` (default: 2025-01-15). Same seed, same readings.

    Raises SourceError for a start within an hour.
    """
    period = Period(FIRST if start_us is None else start_us, hours)
    if period.start_us % HOUR_US or hours < 1:
        raise SourceError("a province begins at a whole hour and lasts one hour at least")
    made = world.make(seed, period)
    fleet = monitors(made)
    readings: list[Reading] = []
    for number, monitor in enumerate(fleet):
        draw = np.random.default_rng([seed, 11, number])
        monitor.suffer(made.incidents, draw)
        readings += monitor.readings(period.start_us, made.incidents, draw)
    readings.sort(key=lambda reading: (reading.start_us, reading.station, reading.cn))
    return Province(f"province-{seed}", "Simulated province", Origin.SIMULATED,
                    [monitor.station for monitor in fleet], readings, period.start_us, hours, edition,
                    entries=entries(made.layout, period.start_us), world=made)
