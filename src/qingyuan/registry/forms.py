"""Reading JSON, JSON lines and CSV into rows with their line numbers; what cannot be read is a `Fault` in its place."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qingyuan.vocabulary.cells import plain

LISTS = ("crc", "allow", "plan", "belongs", "organisations")
TABLES = ("units",)
SHAPES = ("outline",)                    # written as GeoJSON in one cell
WHOLE = ("from_leaf", "to_leaf", "real_us", "data_us", "minute_interval_s", "idle_s", "max_connections",
         "valid_from_us", "valid_to_us")
DECIMAL = ("lon", "lat")
TRUTH = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
ENVELOPE = ("entry", "id", "valid_from", "valid_to", "valid_from_us", "valid_to_us")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file."""

    line: int
    field: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        field = f", field {self.field}" if self.field else ""
        return f"line {self.line}{field}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


class Twice(ValueError):
    """A field stands twice in one table, so that one of its values would be lost."""


def json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """One entry a line."""
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip():
            whole = _json(content, line, "write one entry a line")
            yield (whole.line if isinstance(whole, Fault) else line), whole


def json_text(text: str) -> Iterator[tuple[int, Any]]:
    """A list of entries, {"entries": [...]}, or one entry."""
    whole = _json(text, 1, "correct it, or name the file .jsonl or .csv")
    if isinstance(whole, Fault):
        yield whole.line, whole
        return
    if isinstance(whole, dict) and "entries" not in whole:
        yield 1, whole
        return
    if isinstance(whole, dict) and (odd := [name for name in whole if name != "entries"]):
        yield 1, Fault(1, odd[0], "is no field of such an entry", "leave it out or check its spelling")
        return
    rows = whole["entries"] if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        yield 1, Fault(1, "entries", "is no list of entries")
        return
    at = text.index("[", text.index('"entries"') if isinstance(whole, dict) else 0) + 1
    for row in rows:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        yield text.count("\n", 0, at) + 1, row
        at = json.JSONDecoder().raw_decode(text, at)[1]


def _json(text: str, line: int, remedy: str) -> Any:
    """What a text that begins at a line of the file holds, or the fault that keeps it from being read."""
    try:
        return json.loads(text, object_pairs_hook=_table)
    except Twice as error:
        return Fault(line, "", f"{error} stands there twice", "keep one of them")
    except json.JSONDecodeError as error:
        return Fault(line + error.lineno - 1, "", f"is no JSON ({error.msg})", remedy)
    except ValueError:
        return Fault(line, "", "is no JSON (a number is too long)", remedy)
    except RecursionError:
        return Fault(line, "", "is no JSON (too deep)", remedy)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        raise Twice(repr(next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)))
    return out


def csv_table(text: str) -> Iterator[tuple[int, Any]]:
    """A line of column names, then one entry a line."""
    table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in table.fieldnames or []]
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            yield 1, Fault(1, twice[0], "this column is there twice", "keep one of them")
            return
        if "id" not in names:
            yield 1, Fault(1, "id", "there is no such column", "begin with a line of column names")
            return
        for row in table:
            if None in row or None in row.values():
                yield table.line_num, Fault(table.line_num, "", f"has not {len(names)} columns",
                                            "put texts that hold a comma in quotation marks")
            else:
                yield table.line_num, table_row(table.line_num, row)
    except csv.Error as error:
        yield table.line_num, Fault(table.line_num + 1, "", f"is no CSV ({error})", "check the quotation marks")


def table_row(line: int, row: dict[str, str]) -> dict[str, Any] | Fault:
    """A line of a table as an entry, its cells as texts; empty cells are absent.

    The apostrophe that an export puts before what a spreadsheet would take for a formula is taken away again.
    """
    cells = {name.strip(): plain(text.strip()) for name, text in row.items() if text.strip()}
    try:
        values = {name: _cell(name, text) for name, text in cells.items()}
    except ValueError as error:
        return Fault(line, str(error.args[0]), f"{cells[error.args[0]]!r} is not readable here")
    out = {name: value for name, value in values.items() if name in ENVELOPE}
    return {"entry": "site", **out, "data": {n: v for n, v in values.items() if n not in ENVELOPE}}


def _cell(name: str, text: str) -> Any:
    try:
        if name in LISTS:
            return [part.strip() for part in text.split("|") if part.strip()]
        if name in TABLES:
            return dict(part.strip().split("=", 1) for part in text.split("|"))
        if name in SHAPES:
            return json.loads(text)
        if name in WHOLE:
            return int(text)
        if name in DECIMAL:
            return float(text)
        if name == "in_city_mean":
            return TRUTH[text.lower()]
    except (ValueError, KeyError):
        raise ValueError(name) from None
    return text
