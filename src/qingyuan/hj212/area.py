"""The grammar of the data area: items joined by `;`, inside an item by `,`, texts between `//` and `//` untouched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from qingyuan.hj212.notes import Note
from qingyuan.hj212.words import (
    CLOCKS,
    CODE_WITHOUT_LETTER,
    FIELDS,
    SUFFIXES,
    TIMES,
    check_clock,
    check_number,
    check_time,
    odd_case,
)

FULL_WIDTH = "；，＝"
MARK = "Flag"
# A value about which nothing can be odd but its being there twice; nearly all are, and are taken without more checks.
PLAIN = re.compile(r"([a-z][0-9]{5})-((?:Zs)?(?:Rtd|Min|Avg|Max)|Cou|Flag)=([+-]?[0-9]+(?:\.[0-9]+)?|[A-Z]?)")


@dataclass(slots=True)
class Area:
    """Names without `-` with their text, and factor code -> suffix -> text."""

    fields: dict[str, str] = field(default_factory=dict)
    factors: dict[str, dict[str, str]] = field(default_factory=dict)


def pieces(text: str) -> list[tuple[str, str]]:
    """Separator before each piece (empty for the first) and the piece, split at `;` and `,` outside `// //`."""
    if "//" not in text:
        out = []
        for i, part in enumerate(text.split(";")):
            for j, piece in enumerate(part.split(",")):
                out.append(("," if j else ";" if i else "", piece))
        return out
    out, start, at, before = [], 0, 0, ""
    while at < len(text):
        if text.startswith("//", at) and (close := text.find("//", at + 2)) > 0:
            at = close + 2
        elif text[at] in ";,":
            out.append((before, text[start:at]))
            before, at = text[at], at + 1
            start = at
        else:
            at += 1
    out.append((before, text[start:]))
    return out


def outside_text(text: str) -> str:
    """A piece without what stands between `//` and `//`."""
    while (start := text.find("//")) >= 0 and (close := text.find("//", start + 2)) >= 0:
        text = text[:start] + text[close + 2:]
    return text


def read_area(text: str, notes: set[Note]) -> Area:
    """Read a data area (without its `&&`); oddities go into `notes`."""
    area = Area()
    if not text.strip():
        if text:
            notes.add(Note.BLANKS)
        return area
    plain_before = False
    for separator, piece in pieces(text):
        plain = PLAIN.fullmatch(piece)
        if plain is not None:
            code, suffix, value = plain.groups()
            _keep(area.factors, code, suffix, value, notes)
            plain_before = False
            continue
        bare = piece.strip()
        if not bare:
            notes.add(Note.EMPTY_ITEM)
            continue
        name, equals, value = bare.partition("=")
        if not equals or not name.strip() or _full_width(bare):
            notes.add(Note.BAD_FIELD)
            plain_before = False
            continue
        if len(bare) != len(piece) or name != name.strip() or value != value.strip():
            notes.add(Note.BLANKS)
            name, value = name.strip(), value.strip()
        code, dash, suffix = name.rpartition("-")
        if separator == "," and not dash and plain_before:
            notes.add(Note.ITEM_SEPARATOR)
        plain_before = not dash
        if dash:
            _factor(area, code, suffix, value, notes)
        else:
            _field(area, name, value, notes)
    return area


def _full_width(piece: str) -> bool:
    return any(c in piece for c in FULL_WIDTH) and any(c in outside_text(piece) for c in FULL_WIDTH)


def _field(area: Area, name: str, value: str, notes: set[Note]) -> None:
    known = name if name in FIELDS else FIELDS.folded.get(name.lower(), "")
    if known and known != name:
        notes.add(Note.KEY_CASE)
    if known == MARK:
        notes.add(Note.ORPHAN_FLAG)
    if known in TIMES:
        check_time(value, notes, known)
    elif known in CLOCKS:
        check_clock(value, notes)
    elif known in FIELDS.numbers:
        check_number(value, notes)
    area.fields.setdefault(name, value)


def _factor(area: Area, code: str, suffix: str, value: str, notes: set[Note]) -> None:
    if code[-1:].isspace() or suffix[:1].isspace():
        notes.add(Note.BLANKS)
        code, suffix = code.rstrip(), suffix.lstrip()
    if odd_case(code):
        notes.add(Note.KEY_CASE)
    if suffix not in SUFFIXES and suffix.lower() in SUFFIXES.folded:
        notes.add(Note.KEY_CASE)
    if CODE_WITHOUT_LETTER.fullmatch(code):
        notes.add(Note.CODE_PREFIX)
    known = SUFFIXES.folded.get(suffix.lower())
    if known in TIMES:
        check_time(value, notes, known)
    elif known in SUFFIXES.numbers:
        check_number(value, notes)
    _keep(area.factors, code, suffix, value, notes)


def _keep(factors: dict[str, dict[str, str]], code: str, suffix: str, value: str, notes: set[Note]) -> None:
    suffixes = factors.setdefault(code, {})
    if suffix in suffixes:
        notes.add(Note.DUPLICATE_FACTOR)
    else:
        suffixes[suffix] = value
