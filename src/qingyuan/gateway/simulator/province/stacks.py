"""What stacks emit, hour by hour: load, oxygen, gas flow and concentrations, as they are (not as they are sent)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province.layout import Layout
from qingyuan.gateway.simulator.province.period import Floats, Period, bump, memory
from qingyuan.gateway.simulator.province.tables import NOX, SMOKE, SO2

AMBIENT_O2 = 20.9
POLLUTANTS = (SO2, NOX, SMOKE)


@dataclass
class Stacks:
    """Columns are stacks. Concentrations are dry, in mg/m³ at standard state, unconverted."""

    running: np.ndarray          # whether the furnace runs
    load: Floats                 # share of full load
    oxygen: Floats               # % of dry volume
    flow: Floats                 # dry standard m³/s
    degrees: Floats              # °C
    humidity: Floats             # % of volume
    pressure: Floats             # static, kPa above the air's
    values: dict[str, Floats]    # factor -> concentration

    def grams_s(self, factor: str) -> Floats:
        """Emission in g/s."""
        return self.values[factor] * self.flow / 1000


def make(seed: int, period: Period, layout: Layout) -> Stacks:
    """Every stack of the layout without any mishap."""
    draw = np.random.default_rng([seed, 3])
    rows, types = period.rows, [stack.type for stack in layout.stacks]
    count, clock = len(types), period.clock[:, None]
    shift = np.array([kind.shifts for kind in types])
    resting = (clock < 6) | (clock >= 22) | (period.weekday[:, None] == 6)
    running = ~(shift & resting)
    demand = 0.78 + 0.16 * bump(clock, 10, 3) + 0.14 * bump(clock, 19, 3)
    load = np.clip(demand + 0.05 * memory(draw, rows, count, 8), 0.45, 1.05)
    oxygen = np.array([kind.oxygen for kind in types]) + 3.5 * (1 - load) + 0.15 * memory(draw, rows, count, 3)
    values = {}
    for factor in POLLUTANTS:
        typical = np.array([kind.typical[factor] for kind in types])
        dilution = (AMBIENT_O2 - oxygen) / (AMBIENT_O2 - np.array([kind.oxygen for kind in types]))
        wander = np.exp(0.16 * memory(draw, rows, count, 5) + 0.05 * draw.normal(0, 1, (rows, count)))
        values[factor] = np.where(running, typical * dilution * wander, 0.0)
    flow = np.array([kind.flow for kind in types]) * load * (1 + 0.015 * draw.normal(0, 1, (rows, count)))
    degrees = np.array([kind.degrees for kind in types]) + 12 * (load - 0.85) + 0.8 * memory(draw, rows, count, 4)
    humidity = np.array([kind.humidity for kind in types]) + 0.4 * memory(draw, rows, count, 6)
    return Stacks(running, load * running, np.where(running, oxygen, AMBIENT_O2), np.where(running, flow, 0.0),
                  np.where(running, degrees, 30.0), np.where(running, humidity, 2.0),
                  np.where(running, -0.12 - 0.05 * load, 0.0), values)


def converted(value: Floats, oxygen: Floats, reference: Floats | float) -> Floats:
    """Concentration at the reference oxygen: c·(21 − O2ref)/(21 − O2) (HJ 212-2017 annex D). With 19 % oxygen and
    more the furnace does not burn and the value stays as it is.
    """
    burning = oxygen < 19
    return np.where(burning, value * (21 - reference) / (21 - np.where(burning, oxygen, 0.0)), value)


def velocity(stacks: Stacks, diameters: Floats, air_kpa: Floats) -> Floats:
    """Gas velocity in m/s that gives the dry standard flow in a stack of a diameter in m."""
    area = np.pi * diameters**2 / 4
    actual = (stacks.flow / (1 - stacks.humidity / 100) * (273 + stacks.degrees) / 273
              * 101.325 / (air_kpa + stacks.pressure))
    return actual / area
