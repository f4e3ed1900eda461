"""The head of a frame, read fast where it is plain and by the codec where it is not."""

from __future__ import annotations

import re
from typing import NamedTuple

from qingyuan import hj212

PLAIN = re.compile(
    rb"##\d{4}QN=(\d{17});ST=([0-9A-Z]{2});CN=(\d{4});PW=([0-9A-Za-z]*);MN=([0-9A-Za-z_-]{1,64});Flag=(\d{1,3});"
    rb"(?:PNUM=\d{1,8};PNO=\d{1,8};)?CP=&&")
HIGHEST_FLAG = 255
EDITIONS = ("2005", "2017", "2025")
ANSWER_BIT, EDITION_SHIFT = 1, 2


class Head(NamedTuple):
    """What a gateway must know of a frame."""

    mn: str
    password: str
    st: str
    cn: str
    qn: str                   # empty where there is none
    flag: int | None
    identified: bool          # carries QN or DataTime, so that a second copy is a repeat

    @property
    def edition(self) -> str:
        """Edition the Flag claims; empty without a Flag or for a higher edition number than any known."""
        number = -1 if self.flag is None else self.flag >> EDITION_SHIFT
        return EDITIONS[number] if 0 <= number < len(EDITIONS) else ""


def read_head(raw: bytes) -> Head | None:
    """The head of a frame; None where the codec finds no MN in it.

    A plain head (names in the standard's order, nothing odd) is read by one pattern; `tests` hold it against the
    codec. Everything else goes to the codec; what it stumbles over is as good as no head: a frame that a stranger
    wrote must never end the gateway.
    """
    plain = PLAIN.match(raw)
    if plain is not None:
        qn, st, cn, password, mn, digits = (part.decode("ascii") for part in plain.groups())
        flag = int(digits)
        if flag <= HIGHEST_FLAG:
            return Head(mn, password, st, cn, qn, flag, True)
    try:
        return slow_head(raw)
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        return None


def slow_head(raw: bytes) -> Head | None:
    """As `read_head`, by the codec alone."""
    telegram = hj212.decode(raw)
    if not telegram.mn:
        return None
    flag = telegram.flag
    number = None if flag is None else flag.number
    return Head(telegram.mn, telegram.pw or "", telegram.st or "", telegram.cn or "", telegram.qn or "", number,
                bool(telegram.qn) or telegram.data_time_us is not None)
