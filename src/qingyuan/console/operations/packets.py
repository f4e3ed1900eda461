"""From what a person pasted to single packets: text or hexadecimal digits, several packets in one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from qingyuan.hj212 import decode

MOST_BYTES = 65_536
MOST_PACKETS = 40
HEXADECIMAL = re.compile(r"(?:0[xX]|\\x)?[0-9A-Fa-f]{2}(?:[\s:,-]*(?:0[xX]|\\x)?[0-9A-Fa-f]{2})*[\s:,-]*\Z")
LINE_END = re.compile(r"\r\n|\r|\n")
PREFIX = re.compile(r"0[xX]|\\x|[\s:,-]")
START = re.compile(rb"##(?=[0-9]{4}(?:QN|ST|MN|CN)=)|(?:(?<=\n)|\A)[ \t]{0,8}##(?=[0-9]{4})")


class Fault(StrEnum):
    """Why nothing can be said about what was pasted."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    NO_PACKET = "no-packet"


class Form(StrEnum):
    """How the bytes were given."""

    HEXADECIMAL = "hexadecimal"
    UTF8 = "utf-8"
    GBK = "gb18030"


class NotReadable(ValueError):
    """What was pasted holds no packet; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class Pasted:
    """Packets of a paste. skipped: bytes before the first one; more: packets beyond `MOST_PACKETS`."""

    form: Form
    packets: list[bytes]
    skipped: int
    more: int


def read(text: str) -> Pasted:
    """Read a paste. Raises NotReadable.

    Browsers change line ends, so those of a text are taken for what the standard says. Text of another coding than
    UTF-8 looks the same in a browser: where no packet holds as UTF-8 and one does as GBK,
    the logger wrote GBK.
    """
    if not text.strip():
        raise NotReadable(Fault.EMPTY)
    if len(text) > 4 * MOST_BYTES:
        raise NotReadable(Fault.TOO_LONG)
    if HEXADECIMAL.match(text.strip()):
        return _cut(bytes.fromhex(PREFIX.sub("", text)), Form.HEXADECIMAL)
    text = LINE_END.sub("\r\n", text.rstrip() + "\n")
    found = _cut(text.encode("utf-8", "surrogatepass"), Form.UTF8)
    if text.isascii() or any(decode(packet).valid for packet in found.packets):
        return found
    try:
        other = _cut(text.encode("gb18030"), Form.GBK)
    except UnicodeEncodeError:
        return found
    return other if any(decode(packet).valid for packet in other.packets) else found


def _cut(data: bytes, form: Form) -> Pasted:
    if len(data) > MOST_BYTES:
        raise NotReadable(Fault.TOO_LONG)
    starts = [found.end() - 2 for found in START.finditer(data)]
    if not starts and (first := data.find(b"##")) >= 0:
        starts = [first]
    if not starts:
        raise NotReadable(Fault.NO_PACKET)
    ends = [*starts[1:], len(data)]
    packets = [_trimmed(data[start:end]) for start, end in zip(starts, ends, strict=True)]
    return Pasted(form, packets[:MOST_PACKETS], starts[0], max(0, len(packets) - MOST_PACKETS))


def _trimmed(raw: bytes) -> bytes:
    """A packet with at most one line end: blank lines between packets belong to nobody."""
    kept = raw.rstrip(b" \t\r\n")
    tail = raw[len(kept):]
    return kept + (b"\r\n" if tail.startswith(b"\r\n") else b"\n" if tail.startswith(b"\n") else b"")
