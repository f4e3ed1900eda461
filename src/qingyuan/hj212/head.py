"""The head of a packet: an unordered list of names and values, read tolerantly."""

from __future__ import annotations

import re

from qingyuan.hj212.notes import Note
from qingyuan.hj212.words import HEADER
from qingyuan.numerics.time import parse_cst

QN_LENGTH = 17
COMMA = re.compile(r",(?=\s*[A-Za-z]+\s*=|\s*$)")      # another comma belongs to a value


def read_head(text: str, notes: set[Note], joined: bool) -> dict[str, str]:
    """Names and values before CP as received, blanks cut off, the first of doubles; `joined` if CP followed.

    A piece without `=` is left out and noted.
    """
    if joined and text.strip() and not text.rstrip().endswith(";"):
        notes.add(Note.HEAD_SEPARATOR)
    header: dict[str, str] = {}
    seen: set[str] = set()
    for part in text.split(";"):
        for number, piece in enumerate(COMMA.split(part) if "," in part else (part,)):
            bare = piece.strip()
            if number:
                notes.add(Note.HEAD_SEPARATOR)
            if not bare:
                if piece:
                    notes.add(Note.BLANKS)
                continue
            name, equals, value = bare.partition("=")
            if not equals:
                notes.add(Note.BAD_FIELD)
                continue
            if len(bare) != len(piece) or name != name.strip() or value != value.strip():
                notes.add(Note.BLANKS)
                name, value = name.strip(), value.strip()
            if name not in HEADER and name.lower() in HEADER.folded:
                notes.add(Note.KEY_CASE)
            folded = name.lower()
            if folded in seen:
                notes.add(Note.DUPLICATE_HEADER)
            else:
                seen.add(folded)
                header[name] = value
    qn = find(header, "QN")
    if qn is None:
        notes.add(Note.NO_QN)
    elif len(qn) == QN_LENGTH and parse_cst(qn) is None:
        notes.add(Note.BAD_TIME)
    return header


def find(header: dict[str, str], name: str) -> str | None:
    """A value by its name, in any letter case where the exact one is missing."""
    if name in header:
        return header[name]
    folded = name.lower()
    return next((value for key, value in header.items() if key.lower() == folded), None)
