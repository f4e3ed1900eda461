"""What goes wrong in the province: a closed list, each with a site and an interval, laid out by the seed.

Some change what really happens (an exceedance, a stop); the others only what is measured or sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qingyuan.gateway.simulator.province.layout import Layout, Place
from qingyuan.gateway.simulator.province.tables import COD, NH3N, NMHC, NOX, SMOKE, SO2


class Mishap(StrEnum):
    """What can go wrong."""

    EXCEEDANCE = "exceedance"          # emission really above the permit, and measured so
    SUBSTITUTED = "substituted"        # emission really high; a smooth invented series under the limit is sent
    STOPPED = "stopped"                # the furnace stands still, mark F
    FLAT = "flat"                      # the same value again and again, mark N
    SPIKE = "spike"                    # one wild value, mark N
    NEGATIVE = "negative"              # below zero, mark N
    CALIBRATION = "calibration"        # span gas, mark C
    MAINTENANCE = "maintenance"        # mark M
    DEVICE = "device"                  # analyser faulty, mark D
    OVER_RANGE = "over-range"          # held at the end of the range, mark T
    LINK = "link"                      # logger without its analyser, zeros, mark B
    SILENCE = "silence"                # nothing sent, and nothing later
    LATE = "late"                      # nothing sent for hours, all of it afterwards
    REPEAT = "repeat"                  # every telegram sent twice
    PASSWORD = "password"              # noqa: S105  (each telegram first with a wrong password)
    DAMAGED = "damaged"                # each telegram first with a damaged byte


MARKED = {Mishap.STOPPED: "F", Mishap.CALIBRATION: "C", Mishap.MAINTENANCE: "M", Mishap.DEVICE: "D",
          Mishap.OVER_RANGE: "T", Mishap.LINK: "B"}
WHOLE_LINE = (Mishap.SILENCE, Mishap.LATE, Mishap.REPEAT, Mishap.PASSWORD, Mishap.DAMAGED)


@dataclass(frozen=True)
class Incident:
    """One mishap over the hours [first, end) of the period; `factors` empty means all. `size` multiplies what is real,
    or is the value sent.
    """

    what: Mishap
    site: str
    first: int
    end: int
    factors: tuple[str, ...] = ()
    size: float = 1.0

    def concerns(self, factor: str) -> bool:
        """True if a factor is part of it."""
        return not self.factors or factor in self.factors


def plan(seed: int, hours: int, layout: Layout) -> list[Incident]:
    """Every mishap of a period. Where it is short they begin earlier and last less."""
    draw = np.random.default_rng([seed, 7])

    def at(what: Mishap, place: Place, earliest: float, length: int, *factors: str, size: float = 1.0) -> Incident:
        first = min(int((earliest + 0.1 * float(draw.random())) * hours), hours - 1)
        return Incident(what, place.id, first, min(first + length, hours), factors, size)

    stacks, outfalls = _by_industry(layout), [outfall.place for outfall in layout.outfalls]
    boilers, air = stacks["boiler"], layout.air
    boundary = layout.parks[0].boundary
    found = [
        at(Mishap.EXCEEDANCE, boilers[0], 0.30, 12, SO2, size=25.0),
        at(Mishap.EXCEEDANCE, outfalls[3], 0.20, 6, NH3N, size=9.0),
        at(Mishap.SUBSTITUTED, boilers[-1], 0.45, 14, SO2, NOX, size=2.6),
        at(Mishap.STOPPED, stacks["cement"][0], 0.50, 9),
        at(Mishap.FLAT, stacks["sinter"][0], 0.40, 12, SMOKE),
        at(Mishap.FLAT, air[4], 0.60, 9, "a05024"),
        at(Mishap.SPIKE, air[7], 0.35, 1, "a34004", size=14.0),
        at(Mishap.SPIKE, outfalls[0], 0.55, 1, COD, size=9.0),
        at(Mishap.NEGATIVE, air[12], 0.25, 2, SO2, size=-3.0),
        at(Mishap.MAINTENANCE, stacks["power"][1], 0.40, 3),
        at(Mishap.MAINTENANCE, outfalls[7], 0.60, 4),
        at(Mishap.DEVICE, air[20], 0.30, 5, "a34002", "a34004"),
        at(Mishap.OVER_RANGE, outfalls[8], 0.70, 2, COD, size=200.0),
        at(Mishap.LINK, stacks["incinerator"][1], 0.65, 2),
        at(Mishap.SILENCE, air[16], 0.45, 5),
        at(Mishap.SILENCE, stacks["furnace"][1], 0.30, 4),
        at(Mishap.LATE, stacks["sinter"][1], 0.50, 6),
        at(Mishap.REPEAT, outfalls[5], 0.35, 6),
        at(Mishap.PASSWORD, boundary[1], 0.55, 3),
        at(Mishap.DAMAGED, boundary[3], 0.40, 2),
        at(Mishap.DEVICE, boundary[5], 0.70, 4, NMHC),
    ]
    return found + list(_calibrations(draw, hours, layout, found))


def _by_industry(layout: Layout) -> dict[str, list[Place]]:
    out: dict[str, list[Place]] = {}
    for stack in layout.stacks:
        out.setdefault(stack.industry, []).append(stack.place)
    return out


def _calibrations(draw: np.random.Generator, hours: int, layout: Layout,
                  found: Sequence[Incident]) -> Iterator[Incident]:
    """One hour of span gas at every stack whose hour is free of other mishaps."""
    for stack in layout.stacks:
        hour = int(draw.integers(hours))
        if not any(i.site == stack.place.id and i.first <= hour < i.end for i in found):
            yield Incident(Mishap.CALIBRATION, stack.place.id, hour, hour + 1, (SO2, NOX), size=0.8)
