"""From readings to telegrams: hour data (CN 2061), ten-minute data (2051) and real-time data (2011), with the station's
password, sent shortly after the period.

DataTime is the START of the period (HJ 212-2017, notes to C.16-C.18), of real-time data the moment of acquisition; QN
is the sending time on the data clock.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush, merge
from itertools import groupby
from typing import NamedTuple

from qingyuan import hj212
from qingyuan.gateway.simulator.faults import faulty
from qingyuan.gateway.simulator.source import Reading, Source
from qingyuan.numerics.time import HOUR_US, format_cst, format_cst_ms


class Way(NamedTuple):
    """How a command is sent: the period it speaks of, how long after it at most, the suffix of its value."""

    span_us: int
    delay_us: int
    suffix: str


WAYS = {"2061": Way(HOUR_US, 240_000_000, "Avg"),        # telegrams of an hour come within its first four minutes
        "2051": Way(600_000_000, 30_000_000, "Avg"), "2011": Way(0, 5_000_000, "Rtd")}
CORRECTION_US = 1_500_000_000    # a correction comes 25 to 29 minutes after the hour
FLAG = {"2005": "1", "2017": "5", "2025": "9"}     # edition bits, and an answer is wanted


class Telegram(NamedTuple):
    """A frame, the instant of data time at which it is sent, and how."""

    send_at_us: int
    mn: str
    frame: bytes
    answered: bool = True      # whether the logger waits for an answer
    halves: bool = False       # sent in two parts with a pause between


def telegrams(source: Source, *also: Source, seed: int = 1) -> Iterator[Telegram]:
    """Every telegram of one or more sources in order of sending; delays are drawn from the seed."""
    return merge(*(_of(one, seed) for one in (source, *also)))


def _of(source: Source, seed: int) -> Iterator[Telegram]:
    draw = random.Random(seed)
    waiting: list[Telegram] = []
    for start_us, readings in groupby(source.readings, key=lambda reading: reading.start_us):
        while waiting and waiting[0].send_at_us <= start_us:
            yield heappop(waiting)
        for telegram in _together(source, readings, draw):
            heappush(waiting, telegram)
    while waiting:
        yield heappop(waiting)


def _together(source: Source, readings: Iterable[Reading], draw: random.Random) -> Iterator[Telegram]:
    for reading in readings:
        way = WAYS[reading.cn]
        at_us = reading.start_us + way.span_us + int(draw.random() * way.delay_us) // 1000 * 1000 + reading.delay_us
        at_us += CORRECTION_US if reading.correction else 0
        whole = Telegram(at_us, source.mn(reading.station), frame(source, reading, at_us))
        for number, part in enumerate(faulty(whole, reading.fault, draw) if reading.fault else (whole,)):
            yield part._replace(send_at_us=at_us + number)


def frame(source: Source, reading: Reading, send_at_us: int) -> bytes:
    """The frame of one reading."""
    head = [("QN", format_cst_ms(send_at_us)), ("ST", source.st(reading.station)), ("CN", reading.cn),
            ("PW", source.password(reading.station)), ("MN", source.mn(reading.station)),
            ("Flag", FLAG[source.edition])]
    suffix, beside = WAYS[reading.cn].suffix, defaultdict(list)
    for code, name, text in reading.beside:
        beside[code].append((f"{code}-{name}", text))
    content = [[("DataTime", format_cst(reading.start_us))]]
    content += [[(f"{code}-{suffix}", text), *beside[code], (f"{code}-Flag", mark)]
                for code, text, mark in reading.values]
    return hj212.encode(head, content)
