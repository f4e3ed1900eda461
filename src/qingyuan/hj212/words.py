"""Names of the standard (tables 3 and 4, with those of 2025 seen in public clients), and how values are checked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qingyuan.hj212.notes import Note
from qingyuan.numerics.time import parse_cst


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
    "SKCreateTime", "NewSK", "CalibrationType"))
_NUMBERS = ("Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Cou", "RT", "Data", "DayData",
            "NightData", "SampleRd", "StandardValue")
SUFFIXES = Names((*_NUMBERS, "SampleTime", "Flag", "EFlag", "RS", "Info", "SN", "CompleteTime", "SampleType",
                  "ResultType"), _NUMBERS)
TIMES = frozenset(("SystemTime", "RestartTime", "BeginTime", "EndTime", "DataTime", "SampleTime", "CompleteTime",
                   "SKCreateTime"))
CODE_WITHOUT_LETTER = re.compile(r"[0-9]{5}")
NUMBER = re.compile(r"([+-]?)([0-9]*)(?:(\.)([0-9]*))?", re.ASCII)
EXPONENT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+", re.ASCII)
LONG_TIME = 17


def check_time(value: str, notes: set[Note]) -> None:
    """Note a time that does not exist or has milliseconds."""
    if len(value) == LONG_TIME and value.isascii() and value.isdigit():
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
