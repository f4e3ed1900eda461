"""Faults that real lines and loggers have, put into a stream of telegrams by a seed: a closed list."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from qingyuan.hj212 import wrap

if TYPE_CHECKING:
    from qingyuan.gateway.simulator.telegrams import Telegram

LATE_US = 7_200_000_000


class Fault(StrEnum):
    """What can go wrong with one telegram."""

    CRC = "crc"                # a byte damaged on the way
    LENGTH = "length"          # the declared length is wrong
    CUT = "cut"                # the line breaks in the middle
    PASSWORD = "password"      # noqa: S105  (the name of a fault)
    UNKNOWN = "unknown"        # a logger nobody registered
    REPEAT = "repeat"          # sent twice
    LATE = "late"              # sent two hours after it was due
    HALF = "half"              # comes in two halves
    GLUED = "glued"            # comes together with a second telegram of the same content


def with_faults(frames: Iterable[Telegram], rates: dict[Fault, float], seed: int = 1) -> Iterator[Telegram]:
    """Telegrams with faults of given rates (0 to 1), drawn from the seed; the right one follows a damaged one, for
    which no answer is awaited.
    """
    draw = random.Random(seed)
    late: list[Telegram] = []
    for telegram in frames:
        while late and late[0].send_at_us <= telegram.send_at_us:
            yield late.pop(0)
        fault = next((f for f, rate in rates.items() if draw.random() < rate), None)
        if fault is Fault.LATE:
            late.append(telegram._replace(send_at_us=telegram.send_at_us + LATE_US))
            late.sort()
        else:
            yield from faulty(telegram, fault, draw)
    yield from late


def faulty(telegram: Telegram, fault: Fault | None, draw: random.Random) -> Iterator[Telegram]:
    """What comes of a telegram with a fault (or none): a damaged one goes before the right one."""
    if fault is Fault.HALF:
        yield telegram._replace(halves=True)
    elif fault is Fault.GLUED:
        yield telegram._replace(frame=telegram.frame + _twin(telegram.frame))
    else:
        if fault is Fault.REPEAT:
            yield telegram
        elif fault is not None:
            yield telegram._replace(frame=damaged(telegram.frame, fault, draw), answered=False)
        yield telegram


def _twin(raw: bytes) -> bytes:
    """The same content under another QN."""
    segment = raw[6:6 + int(raw[2:6])]
    last = segment.index(b"QN=") + 19
    return wrap(segment[:last] + b"%d" % ((segment[last] - 47) % 10) + segment[last + 1:])


def damaged(raw: bytes, fault: Fault, draw: random.Random) -> bytes:
    """One frame with one fault."""
    if fault is Fault.CRC:
        place = draw.randrange(20, len(raw) - 10)
        return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1:]
    if fault is Fault.LENGTH:
        return b"##%04d" % (int(raw[2:6]) + draw.choice((-3, 2, 40))) + raw[6:]
    if fault is Fault.CUT:
        return raw[:draw.randrange(10, len(raw) - 6)] + b"\r\n"
    segment = raw[6:6 + int(raw[2:6])]
    if fault is Fault.PASSWORD:
        head, _, rest = segment.partition(b"PW=")
        return wrap(head + b"PW=wrong0;" + rest.partition(b";")[2])
    if fault is Fault.UNKNOWN:
        head, _, rest = segment.partition(b"MN=")
        return wrap(head + b"MN=STRANGER%d;" % draw.randrange(10) + rest.partition(b";")[2])
    return raw
