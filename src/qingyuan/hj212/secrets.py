"""Where the secrets of a frame are: passwords and key material, and the CRC digits that would give them away."""

from __future__ import annotations

import re

SECRET = re.compile(rb"(?:PW|NewSK)[ \t]*=[ \t]*([^;,&\r\n]*)", re.IGNORECASE)
CRC_DIGITS = re.compile(rb"&&([0-9A-Fa-f]{1,4})(?=[\r\n \t]*(?:##|$))")


def secret_spans(raw: bytes) -> list[tuple[int, int]]:
    """(offset, length) of every secret in a frame, valid or damaged, in rising order without overlap.

    Values of PW, NewPW and NewSK in any letter case, and of every other name that ends in PW (a damaged separator must
    not show a password). Where there is one, the CRC digits go with it: with every other byte shown they
    are eight linear equations in the bits of the password, which leaves some four thousand of a million six-digit ones
    (docs/threat-model.md).
    """
    spans = []
    for found in SECRET.finditer(raw):
        value = found.group(1).rstrip()
        if value:
            spans.append((found.start(1), len(value)))
    if spans:
        spans += [(m.start(1), len(m.group(1))) for m in CRC_DIGITS.finditer(raw)]
        spans.sort()
    return spans
