"""Reading one packet: strict about length and CRC, tolerant about the rest, with a note for every tolerance."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qingyuan.hj212 import envelope
from qingyuan.hj212.area import read_area
from qingyuan.hj212.commands import CommandKind, kind_of
from qingyuan.hj212.head import find, read_head
from qingyuan.hj212.notes import FrameError, Note
from qingyuan.hj212.profile import DEFAULT, Profile
from qingyuan.numerics.time import parse_cst

CODECS = {"utf-8": "utf-8", "gbk": "gb18030", "bytes": "latin-1"}     # of text_encoding
VERSIONS = {0: "2005", 1: "2017", 2: "2025"}
ANSWER, SPLIT, EDITION_SHIFT, HIGHEST_FLAG = 1, 2, 2, 255
DATA_AREA = re.compile(r"(CP)(\s*=\s*)&&", re.IGNORECASE)
DIGITS = 12                   # longer numbers of parts are no numbers


@dataclass(frozen=True, slots=True)
class Flag:
    """The bits of Flag as sent."""

    version: str
    split: bool
    ack: bool
    number: int


@dataclass(frozen=True, slots=True)
class Telegram:
    """A packet as read. Head, fields and factors are also given for a wrong CRC (for the report, not accepted).

    valid: length and standard CRC are right. crc_match: which variant a CRC that is not right turned out to be.
    recoverable: the fault a profile may forgive. notes: tolerances used; they never change `valid`.
    """

    raw: bytes
    valid: bool
    error: FrameError | None
    data_len: int | None
    crc_calc: str | None
    crc_ok: bool
    crc_match: str | None
    recoverable: str | None
    crc_of_bytes: str | None
    header: dict[str, str]
    flag: Flag | None
    fields: dict[str, str]
    factors: dict[str, dict[str, str]]
    notes: frozenset[Note]
    text_encoding: str
    encrypted: bool
    plain_segment: bytes | None
    accepted: bool

    @property
    def mn(self) -> str | None:
        """Station identifier."""
        return find(self.header, "MN")

    @property
    def st(self) -> str | None:
        """System code."""
        return find(self.header, "ST")

    @property
    def cn(self) -> str | None:
        """Command."""
        return find(self.header, "CN")

    @property
    def qn(self) -> str | None:
        """Request number."""
        return find(self.header, "QN")

    @property
    def pw(self) -> str | None:
        """Password."""
        return find(self.header, "PW")

    @property
    def backfill(self) -> bool:
        """RF=1: a packet sent later than it was due."""
        return find(self.header, "RF") == "1"

    @property
    def data_time_us(self) -> int | None:
        """DataTime as UTC microseconds; None where it is missing or does not exist."""
        text = find(self.fields, "DataTime")
        return None if text is None else parse_cst(text)

    @property
    def wants_ack(self) -> bool:
        """True if the packet asks for an answer that a platform gives."""
        kind = kind_of(self.cn or "")
        return self.flag is not None and self.flag.ack and kind in (CommandKind.UPLOAD, CommandKind.NOTICE)


def decode(raw: bytes, profile: Profile = DEFAULT, key: bytes | None = None) -> Telegram:
    """Read one packet, given from its `##` on. Never raises for any bytes.

    profile: what this station is forgiven; `accepted` says whether it passes under it. key: the station's SM4 key,
    tried where the plain CRC does not hold.
    """
    notes: set[Note] = set()
    cover = envelope.read(raw, profile, key, notes)
    segment = cover.segment
    text, text_encoding = _text(segment)
    if text_encoding != "utf-8":
        notes.add(Note.TEXT_ENCODING)
    head_text, area_text, joined = _parts(text, notes)
    header = read_head(head_text, notes, joined)
    flag = _flag(header, notes)
    _split(header, flag, notes)
    if cover.encrypted and cover.error is not None and text_encoding != "utf-8":
        area_text = ""            # still under another key: nothing in it is a name or a value
    area = read_area(area_text, notes)
    return Telegram(
        raw=raw, valid=cover.error is None, error=cover.error, data_len=cover.declared,
        crc_calc=cover.crc_calc, crc_ok=cover.crc_ok, crc_match=cover.crc_match, recoverable=cover.recoverable,
        crc_of_bytes=cover.crc_of_bytes, header=header, flag=flag, fields=area.fields, factors=area.factors,
        notes=frozenset(notes), text_encoding=text_encoding, encrypted=cover.encrypted,
        plain_segment=segment if cover.encrypted and cover.error is None else None, accepted=cover.accepted)


def _text(segment: bytes) -> tuple[str, str]:
    for name in ("utf-8", "gbk"):
        try:
            return segment.decode(CODECS[name]), name
        except UnicodeDecodeError:
            continue
    return segment.decode(CODECS["bytes"]), "bytes"


def _parts(text: str, notes: set[Note]) -> tuple[str, str, bool]:
    """Head and data area. The area ends at the last `&&`; without an area all is head."""
    found = DATA_AREA.search(text)
    if found is None:
        return text, "", False
    if found.group(1) != "CP":
        notes.add(Note.KEY_CASE)
    if found.group(2) != "=":
        notes.add(Note.BLANKS)
    rest = text[found.end():]
    end = rest.rfind("&&")
    return text[:found.start()], rest[:end] if end >= 0 else rest, True


def _flag(header: dict[str, str], notes: set[Note]) -> Flag | None:
    text = find(header, "Flag")
    if text is None:
        notes.add(Note.NO_FLAG)
        return None
    if _number(text) is None or int(text) > HIGHEST_FLAG:
        notes.add(Note.BAD_FLAG)
        return None
    number = int(text)
    version = VERSIONS.get(number >> EDITION_SHIFT, "unknown")
    if version == "unknown":
        notes.add(Note.UNKNOWN_VERSION)
    return Flag(version, bool(number & SPLIT), bool(number & ANSWER), number)


def _split(header: dict[str, str], flag: Flag | None, notes: set[Note]) -> None:
    total, part = find(header, "PNUM"), find(header, "PNO")
    present = total is not None or part is not None
    if flag is not None and flag.split != present:
        notes.add(Note.FLAG_MISMATCH)
    if present:
        parts, number = _number(total), _number(part)
        if parts is None or number is None or not 1 <= number <= parts:
            notes.add(Note.BAD_SPLIT)


def _number(text: str | None) -> int | None:
    """A short decimal number without sign, or None; what is longer would cost a reader more than it tells."""
    return int(text) if text and len(text) <= DIGITS and text.isascii() and text.isdigit() else None
