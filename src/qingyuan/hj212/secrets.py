"""Where the secrets of a frame are: passwords and key material, and the CRC digits that would give them away."""

from __future__ import annotations

import re

MOST = 200           # a leaf has room for 255 spans; a frame with more secrets is withheld from there to its last one
BLANK = rb"(?:[\x09-\x0d\x1c-\x20\x85\xa0]|\xc2[\x85\xa0]|\xe3\x80\x80|\xa1\xa1)*"
EQUALS = rb"(?:=|\xef\xbc\x9d|\xa3\xbd)"                 # also full-width, in UTF-8 and GBK
BETWEEN = rb"(?:" + BLANK + rb"|[^=;,&]{0,3})"               # a damaged name still shows no password
# Each byte is looked at a few times at most, whatever a stranger sends (runs of blanks are taken whole).
# A value ends at a separator. A line end, `,` or `&` ends it only where a packet, a name or the CRC follows.
CHARACTER = (rb"(?:[^;,&C\r\n]|C(?!P\s*=\s*&&)|[\r\n]\s*+(?!##)|,(?!\s*[A-Za-z]+\s*=)"
             rb"|&(?!&[0-9A-F*]{0,4}[\r\n \t]*(?:##|\Z)))")
SECRET = re.compile(rb"(?:PW|NewSK)" + BETWEEN + EQUALS + BLANK + rb"(" + CHARACTER + rb"*)", re.IGNORECASE)
OPENING = re.compile(rb"CP\s*=\s*\Z", re.IGNORECASE)
DIGITS = re.compile(rb"\s*([0-9A-Fa-f]{1,4})")
OPENING_LENGTH = 16


def secret_spans(raw: bytes) -> list[tuple[int, int]]:
    """(offset, length) of every secret in a frame, valid or damaged, in rising order without overlap; at most 200.

    Values of PW, NewPW and NewSK in any letter case, and of every other name that ends in PW (a damaged separator must
    not show a password). Where there is one, the CRC digits go with it: the CRC is affine
    over GF(2) in the bytes, so frames of different lengths would give the password away, eight bits at a time.
    """
    spans = []
    for found in SECRET.finditer(raw):
        value = found.group(1).rstrip()
        if value:
            spans.append((found.start(1), len(value)))
    if not spans:
        return []
    spans = _united(sorted([*spans, *_crc_digits(raw)]))
    if len(spans) > MOST:
        first, (last, length) = spans[MOST - 1][0], spans[-1]
        spans = [*spans[:MOST - 1], (first, last + length - first)]
    return spans


def _crc_digits(raw: bytes) -> list[tuple[int, int]]:
    """The hexadecimal digits behind the last `&&` of each packet that begins in the bytes."""
    out, start = [], 0
    while start < len(raw):
        following = raw.find(b"##", start + 2)
        end = following if following >= 0 else len(raw)
        last = raw.rfind(b"&&", start, end)
        if last >= 0 and not OPENING.search(raw, max(start, last - OPENING_LENGTH), last):
            found = DIGITS.match(raw, last + 2, end)
            if found is not None:
                out.append((found.start(1), len(found.group(1))))
        start = end
    return out


def _united(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same bytes without overlap."""
    out: list[tuple[int, int]] = []
    for offset, length in spans:
        if out and offset < out[-1][0] + out[-1][1]:
            first = out[-1][0]
            out[-1] = first, max(out[-1][1], offset + length - first)
        else:
            out.append((offset, length))
    return out


KNOWN = re.compile(
    rb"##[0-9]{4}(?=[A-Z])|(?<![0-9A-Za-z])(?:QN|ST|CN|MN|Flag|PNUM|PNO|DataTime)=[0-9A-Z]{1,24}(?=[;,&])"
    rb"|(?<![0-9A-Za-z])[A-Za-z0-9]{2,6}-(?:Zs)?(?:Rtd|Min|Avg|Max|Cou)=-?[0-9]{1,8}(?:[.][0-9]{1,6})?(?=[;,&])"
    rb"|(?<![0-9A-Za-z])[A-Za-z0-9]{2,6}-Flag=[A-Za-z](?=[;,&])|&&|[;,\r\n]")


def damaged_spans(raw: bytes) -> list[tuple[int, int]]:
    """(offset, length) of all that is not plainly known in a damaged frame: there a password may stand anywhere.

    Whole items of known names with values of their form are shown, and separators; everything else is withheld.
    """
    spans, at = [], 0
    for found in KNOWN.finditer(raw):
        if found.start() > at:
            spans.append((at, found.start() - at))
        at = found.end()
    if at < len(raw):
        spans.append((at, len(raw) - at))
    return spans
