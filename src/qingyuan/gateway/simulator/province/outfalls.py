"""What waste-water outlets discharge, hour by hour, as it is (not as it is sent)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province.layout import Layout
from qingyuan.gateway.simulator.province.period import Floats, Period, bump, memory
from qingyuan.gateway.simulator.province.tables import COD, NH3N, TN, TP

POLLUTANTS = (COD, NH3N, TP, TN)


@dataclass
class Outfalls:
    """Columns are outlets."""

    flow: Floats                 # L/s
    ph: Floats
    values: dict[str, Floats]    # factor -> mg/L

    def grams_s(self, factor: str) -> Floats:
        """Discharge in g/s (L/s · mg/L = mg/s)."""
        return self.values[factor] * self.flow / 1000


def make(seed: int, period: Period, layout: Layout) -> Outfalls:
    """Every outlet of the layout without any mishap."""
    draw = np.random.default_rng([seed, 4])
    rows, types = period.rows, [outfall.type for outfall in layout.outfalls]
    count, clock = len(types), period.clock[:, None]
    course = 0.8 + 0.3 * bump(clock, 9.5, 3) + 0.3 * bump(clock, 20.5, 3) - 0.2 * bump(clock, 4, 3)
    flow = np.array([kind.flow for kind in types]) * course * np.exp(0.06 * memory(draw, rows, count, 6))
    batch = np.array([kind.batch for kind in types])
    flow = np.where(batch & ((clock < 8) | (clock >= 20)), 0.0, flow)
    treatment = memory(draw, rows, count, 16)
    values = {}
    for factor in POLLUTANTS:
        typical = np.array([kind.typical[factor] for kind in types])
        values[factor] = typical * np.exp(0.13 * treatment + 0.07 * memory(draw, rows, count, 5))
    values[TN] = np.maximum(values[TN], values[NH3N] * 1.15)
    ph = np.array([kind.ph for kind in types]) + 0.12 * memory(draw, rows, count, 10)
    return Outfalls(flow, ph, values)
