"""Where each part of a packet stands: places in bytes, names, values. Reads masked bytes: no secret is in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from qingyuan.hj212.area import pieces

HEAD, AREA, LAST = re.compile(rb"##([0-9]{4})"), re.compile(r"(CP\s*=\s*)&&", re.IGNORECASE), "&&"
START, CRC_LENGTH = 6, 4
MOST_PARTS = 600           # a data segment of 1024 bytes has fewer; a stranger may send more


class PartKind(StrEnum):
    """What a part of a packet is."""

    START = "start"
    LENGTH = "length"
    HEAD = "head"
    OPENING = "opening"
    FIELD = "field"
    FACTOR = "factor"
    ODD = "odd"
    CLOSING = "closing"
    CRC = "crc"
    TAIL = "tail"
    REST = "rest"


@dataclass(frozen=True)
class Part:
    """One part: its place in the packet (bytes from `start` to before `end`), and what it says.

    name: as written (of a factor code and suffix joined by `-`); value: as written. Separators belong to no part.
    """

    kind: PartKind
    start: int
    end: int
    name: str = ""
    value: str = ""

    @property
    def code(self) -> str:
        """Factor code of a FACTOR part."""
        return self.name.rpartition("-")[0].strip()

    @property
    def suffix(self) -> str:
        """Suffix of a FACTOR part."""
        return self.name.rpartition("-")[2].strip()


def anatomy(masked: bytes, codec: str) -> list[Part]:
    """Parts of a packet in the order of their places; `codec` reads names and values.

    One character is one byte here: both text codings of HJ 212 keep `;`, `,`, `=` and `&` out of longer characters.
    """
    if not masked.startswith(b"##"):
        return [Part(PartKind.ODD, 0, len(masked), "", _text(masked.decode("latin-1"), codec))]
    head = HEAD.match(masked)
    begin = START if head else 2
    parts = [Part(PartKind.START, 0, 2, "##")]
    if head:
        parts.append(Part(PartKind.LENGTH, 2, START, "", head[1].decode()))
    text = masked.decode("latin-1")
    end = _segment_end(text, begin, int(head[1]) if head else None)
    opening = AREA.search(text, begin, end)
    close = text.rfind(LAST, opening.end() if opening else begin, end)
    stop = close if close >= 0 else end
    parts += _head(text, begin, opening.start() if opening else stop, codec)
    if opening:
        parts.append(Part(PartKind.OPENING, opening.start(), opening.end(), text[opening.start():opening.end()]))
        parts += _area(text, opening.end(), stop, codec)
    if close >= 0:
        parts.append(Part(PartKind.CLOSING, close, close + 2, LAST))
        parts += _rest(text, close + 2)
    if len(parts) > MOST_PARTS:
        return [*parts[:MOST_PARTS], Part(PartKind.REST, parts[MOST_PARTS].start, len(masked))]
    return parts


def _segment_end(text: str, begin: int, declared: int | None) -> int:
    """Where the data segment ends: by its length where that leads to `&&`, else behind the last `&&`."""
    if declared is not None and text[begin:begin + declared].endswith(LAST):
        return begin + declared
    last = text.rfind(LAST, begin)
    return last + 2 if last >= 0 else len(text)


def _head(text: str, begin: int, end: int, codec: str) -> Iterator[Part]:
    at = begin
    for piece in text[begin:end].split(";"):
        yield from _pair(piece, at, codec, PartKind.HEAD)
        at += len(piece) + 1


def _area(text: str, begin: int, end: int, codec: str) -> Iterator[Part]:
    at = begin
    for separator, piece in pieces(text[begin:end]):
        at += len(separator)
        name = piece.partition("=")[0]
        yield from _pair(piece, at, codec, PartKind.FACTOR if "-" in name else PartKind.FIELD)
        at += len(piece)


def _pair(piece: str, at: int, codec: str, kind: PartKind) -> Iterator[Part]:
    bare = piece.strip()
    if not bare:
        return
    start = at + piece.index(bare)
    name, equals, value = bare.partition("=")
    if equals and name.strip():
        yield Part(kind, start, start + len(bare), _text(name.strip(), codec), _text(value.strip(), codec))
    else:
        yield Part(PartKind.ODD, start, start + len(bare), "", _text(bare, codec))


def _rest(text: str, at: int) -> Iterator[Part]:
    rest = text[at:]
    digits = rest[:CRC_LENGTH].rstrip("\r\n \t")
    if digits:
        yield Part(PartKind.CRC, at, at + len(digits), "", digits)
    if len(rest) > len(digits):
        yield Part(PartKind.TAIL, at + len(digits), at + len(rest), "", rest[len(digits):])


def _text(piece: str, codec: str) -> str:
    return piece.encode("latin-1").decode(codec, "replace")
