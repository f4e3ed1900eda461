"""Texts in tables that spreadsheets open: none of them is taken for a formula, and what was done is undone.

A spreadsheet works out a cell that begins with one of these signs. An apostrophe before it makes it a text; a text
that begins with apostrophes and such a sign gets one more, so that taking one away always gives back what was there.
"""

from __future__ import annotations

import re

SIGNS = r"'*[=+\-@\t\r\n＝＋－＠]"                # the wide ones begin a formula where East Asian text is set up
NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"
_FORMULA, _NUMBER = re.compile(SIGNS), re.compile(NUMBER)
_SAFE = re.compile(f"'(?={SIGNS})")


def safe(text: str) -> str:
    """The text as no spreadsheet takes it for a formula; a number stays as it is."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def plain(text: str) -> str:
    """What `safe` was given."""
    return text[1:] if _SAFE.match(text) else text
