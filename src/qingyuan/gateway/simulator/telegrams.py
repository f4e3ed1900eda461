"""From readings to telegrams: hour data (CN 2061) with the station's password, sent shortly after the hour.

DataTime is the START of the hour (HJ 212-2017, notes to C.16-C.18); QN is the sending time on the data clock.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from qingyuan import hj212
from qingyuan.gateway.simulator.source import Reading, Source
from qingyuan.numerics.time import HOUR_US, format_cst, format_cst_ms

DELAY_US = 240_000_000           # telegrams of an hour come within its first four minutes
CORRECTION_US = 1_500_000_000    # a correction comes 25 to 29 minutes after the hour
FLAG = {"2005": "1", "2017": "5", "2025": "9"}     # edition bits, and an answer is wanted
ST_AIR = "22"


class Telegram(NamedTuple):
    """A frame, the instant of data time at which it is sent, and how."""

    send_at_us: int
    mn: str
    frame: bytes
    answered: bool = True      # whether the logger waits for an answer
    halves: bool = False       # sent in two parts with a pause between


def telegrams(source: Source, *, seed: int = 1) -> Iterator[Telegram]:
    """Every telegram of a source in order of sending; delays are drawn from the seed."""
    draw = random.Random(seed)
    for _, readings in groupby(source.readings, key=lambda reading: reading.start_us):
        yield from sorted(_hour(source, readings, draw))


def _hour(source: Source, readings: Iterable[Reading], draw: random.Random) -> Iterator[Telegram]:
    for reading in readings:
        at_us = reading.start_us + HOUR_US + int(draw.random() * DELAY_US) // 1000 * 1000
        at_us += CORRECTION_US if reading.correction else 0
        yield Telegram(at_us, source.mn(reading.station), frame(source, reading, at_us))


def frame(source: Source, reading: Reading, send_at_us: int) -> bytes:
    """The frame of one reading."""
    head = [("QN", format_cst_ms(send_at_us)), ("ST", ST_AIR), ("CN", "2061"), ("PW", source.password(reading.station)),
            ("MN", source.mn(reading.station)), ("Flag", FLAG[source.edition])]
    content = [[("DataTime", format_cst(reading.start_us))]]
    content += [[(f"{code}-Avg", text), (f"{code}-Flag", mark)] for code, text, mark in reading.values]
    return hj212.encode(head, content)
