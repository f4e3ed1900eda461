"""Names of the standard (tables 3 and 4, with those of 2025 seen in public clients), and how values are checked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from qingyuan.hj212.notes import Note
from qingyuan.numerics.time import parse_cst
from qingyuan.vocabulary.factors import all_factors


class Names(frozenset[str]):
    """A closed set of names that also finds a name in other letter case."""

    folded: dict[str, str]
    numbers: frozenset[str]

    def __new__(cls, names: Iterable[str], numbers: Iterable[str] = ()) -> Names:
        out = super().__new__(cls, names)
        out.folded = {name.lower(): name for name in out}
        out.numbers = frozenset(numbers)
        return out


HEADER = Names(("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF", "CP"))
FIELDS = Names((
    "SystemTime", "QnRtn", "ExeRtn", "RtdInterval", "MinInterval", "RestartTime", "PolId", "BeginTime", "EndTime",
    "DataTime", "NewPW", "OverTime", "ReCount", "VaseNo", "CstartTime", "Ctime", "Stime", "InfoId", "Flag",
    "SKCreateTime", "NewSK", "CalibrationType"),
    ("RtdInterval", "MinInterval", "OverTime", "ReCount", "VaseNo", "Ctime", "Stime"))
_NUMBERS = ("Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Cou", "RT", "Data", "DayData",
            "NightData", "SampleRd", "StandardValue")
SUFFIXES = Names((*_NUMBERS, "SampleTime", "Flag", "EFlag", "RS", "Info", "SN", "CompleteTime", "SampleType",
                  "ResultType"), _NUMBERS)
TIMES = frozenset(("SystemTime", "RestartTime", "BeginTime", "EndTime", "DataTime", "SampleTime", "CompleteTime",
                   "SKCreateTime"))
CLOCKS = frozenset(("CstartTime",))
MILLISECONDS = frozenset(("SKCreateTime",))
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3])[0-5][0-9][0-5][0-9]")
CODE_WITHOUT_LETTER = re.compile(r"[0-9]{5}")
NUMBER = re.compile(r"([+-]?)([0-9]*)(?:(\.)([0-9]*))?", re.ASCII)
EXPONENT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+", re.ASCII)
LONG_TIME = 17


@cache
def _codes() -> Names:
    known = all_factors().values()
    return Names({f.code for f in known} | {f.code2005 for f in known if f.code2005})


@lru_cache(maxsize=4096)
def odd_case(code: str) -> bool:
    """Whether a code is a known one in other letter case, such as A21026."""
    return code not in _codes() and code.lower() in _codes().folded


def check_clock(value: str, notes: set[Note]) -> None:
    """Note a time of day that does not exist."""
    if CLOCK.fullmatch(value) is None:
        notes.add(Note.BAD_TIME)


def check_time(value: str, notes: set[Note], name: str = "") -> None:
    """Note a time that does not exist, or has milliseconds where the standard has none."""
    if len(value) == LONG_TIME and value.isascii() and value.isdigit() and name not in MILLISECONDS:
        notes.add(Note.DATATIME_17)
    if parse_cst(value) is None:
        notes.add(Note.BAD_TIME)


def check_number(value: str, notes: set[Note]) -> None:
    """Note a number in exponent form."""
    if EXPONENT.fullmatch(value):
        notes.add(Note.NUMBER_FORMAT)


def numeric(text: str) -> str | None:
    """A received value as plain decimal text: `+` dropped, digits before and after the point completed, zeros at the
    end kept; None for empty text, `--`, NaN, NULL, exponent form and every other text. Never 0 for what is missing."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, point, part = found.groups()
    if not whole and not part:
        return None
    return ("-" if sign == "-" else "") + (whole or "0") + (f".{part}" if point and part else "")
