"""Rivers: what enters above a section passes it after its travel time, mixed into the flow and partly decayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qingyuan.gateway.simulator.province.layout import Layout, River
from qingyuan.gateway.simulator.province.outfalls import Outfalls
from qingyuan.gateway.simulator.province.period import Floats, Period, bump, memory
from qingyuan.gateway.simulator.province.tables import COD, CODMN, NH3N, TN, TP
from qingyuan.gateway.simulator.province.weather import Weather

SALT = "w01014"                                    # conductivity, a tracer that nothing takes away
FACTORS = (CODMN, NH3N, TP, TN, SALT)
DECAY = {CODMN: 0.10, NH3N: 0.18, TP: 0.05, TN: 0.04, SALT: 0.0}     # share a day, at 20 °C
PERMANGANATE = 0.35                                # CODMn of water whose COD is 1
SALT_OF_WASTE, SALT_OF_RIVER = 1600.0, 460.0       # µS/cm


@dataclass(frozen=True)
class Reach:
    """One river. Columns are sections; concentrations in mg/L (conductivity in µS/cm), discharge in m³/s."""

    discharge: Floats
    values: Mapping[str, Floats]
    degrees: Floats
    oxygen: Floats               # mg/L
    ph: Floats
    turbidity: Floats            # NTU


def delayed(series: Floats, hours: float) -> Floats:
    """A series as it arrives `hours` later, between whole hours by proportion; the first value stands for before."""
    at = np.maximum(np.arange(len(series)) - hours, 0)
    return np.interp(at, np.arange(len(series)), series)


def make(seed: int, period: Period, layout: Layout, outfalls: Outfalls, weather: Weather,
         place: Mapping[str, int]) -> list[Reach]:
    """Every river of the layout. `place` gives the weather column of a section."""
    out = []
    for number, river in enumerate(layout.rivers):
        draw = np.random.default_rng([seed, 5, number])
        column = place[river.sections[0].id]
        out.append(_reach(draw, period, river, layout, outfalls, weather, column))
    return out


def loads(outfalls: Outfalls, number: int, factor: str) -> Floats:
    """What an outlet brings into a river, in g/s (conductivity: µS/cm·m³/s)."""
    if factor == SALT:
        return SALT_OF_WASTE * outfalls.flow[:, number] / 1000
    if factor == CODMN:
        return PERMANGANATE * outfalls.grams_s(COD)[:, number]
    return outfalls.grams_s(factor)[:, number]


def transport(river: River, layout: Layout, outfalls: Outfalls, discharge: Floats,
              source: Mapping[str, Floats]) -> tuple[Floats, dict[str, Floats]]:
    """Discharge (m³/s) and concentrations at every section from those of the first and the outlets between.

    Mass of a section = what passed the first plus what each outlet above gave, each delayed by its travel time and
    decayed on the way. Nothing is lost but by decay.
    """
    seconds_a_km = 1000 / river.row.speed
    above = [(n, outfall.km) for n, outfall in enumerate(layout.outfalls) if outfall.river == river.row.key]
    flows: list[Floats] = []
    masses: dict[str, list[Floats]] = {factor: [] for factor in FACTORS}
    for km in river.row.sections_km:
        inflows = [(n, (km - entry) * seconds_a_km / 3600) for n, entry in above if entry < km]
        travel = km * seconds_a_km / 3600
        flows.append(delayed(discharge, travel) + sum(delayed(outfalls.flow[:, n] / 1000, h) for n, h in inflows))
        for factor in FACTORS:
            mass = delayed(discharge * source[factor], travel) * np.exp(-DECAY[factor] * travel / 24)
            for n, hours in inflows:
                mass = mass + delayed(loads(outfalls, n, factor), hours) * np.exp(-DECAY[factor] * hours / 24)
            masses[factor].append(mass)
    total = np.stack(flows, axis=1)
    return total, {factor: np.stack(mass, axis=1) / total for factor, mass in masses.items()}


def _reach(draw: np.random.Generator, period: Period, river: River, layout: Layout, outfalls: Outfalls,
           weather: Weather, column: int) -> Reach:
    rows, sections, row = period.rows, len(river.sections), river.row
    stage = memory(draw, rows, 1, 60)[:, 0]
    discharge = row.discharge * np.exp(0.12 * stage)
    source = {factor: mean * np.exp(0.05 * memory(draw, rows, 1, 24)[:, 0] + 0.04 * stage)
              for factor, mean in row.source.items()}
    source[SALT] = SALT_OF_RIVER * np.exp(-0.05 * stage)
    total, values = transport(river, layout, outfalls, discharge, source)
    air = weather.degrees[:, column]
    slow = np.array([air[max(0, n - 47):n + 1].mean() for n in range(rows)])
    degrees = np.clip(slow + 0.6 * (bump(period.clock, 16, 4) - 0.5), 2, 33)[:, None] + 0.05 * np.arange(sections)
    green = 0.10 * (np.maximum(weather.sun, 0) - 0.25)[:, None]
    demand = 0.025 * (values[CODMN] - 3) + 0.09 * (values[NH3N] - 0.3)
    share = np.clip(0.92 - demand + green + 0.01 * memory(draw, rows, sections, 6), 0.3, 1.3)
    oxygen = share * saturation(degrees)
    ph = 7.7 + 1.2 * green + 0.04 * memory(draw, rows, sections, 10)
    turbidity = 24 * np.exp(0.3 * stage)[:, None] * np.exp(0.12 * memory(draw, rows, sections, 8))
    return Reach(total, values, degrees, oxygen, ph, turbidity)


def saturation(degrees: Floats) -> Floats:
    """Oxygen of saturated river water in mg/L: 468/(31.6 + T)."""
    return 468 / (31.6 + degrees)
