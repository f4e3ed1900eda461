"""Run rows of vector files: forms told by their key, filters, outcomes (conformance.md 1-3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from qingyuan.cli.conformance import hj212_form
from qingyuan.cli.conformance.assessment import OPS
from qingyuan.cli.conformance.compare import ASSESSMENT, same
from qingyuan.cli.conformance.outcome import Difference, Outcome, Unrecognised
from qingyuan.standards import BadSetting

Row = Mapping[str, Any]
FORMS = {"packet": "hj212", "op": "op", "topic": "topic", "flags": "qartod", "flagged": "saqc"}
LATER = {"topic": "integrity rows are not part of this release", "qartod": "QARTOD rows are not part of this release",
         "saqc": "SaQC rows are not part of this release"}


class BadFile(Exception):
    """A vector file cannot be read; names file, line and what to do."""


def read(path: Path) -> Iterator[Row]:
    """Rows of a file. Raises BadFile."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: cannot be read ({error}); give a UTF-8 file of JSON lines") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line, parse_float=Decimal)
            except ValueError as error:
                raise BadFile(f"{path}, line {number}: not JSON ({error}); mend or remove the line") from None
            if not isinstance(row, dict):
                raise BadFile(f"{path}, line {number}: not a JSON object; mend or remove the line")
            yield row


def form_of(row: Row) -> str | None:
    """Form of a row, told by its first known key."""
    return next((form for key, form in FORMS.items() if key in row), None)


def wanted(row: Row, only: Sequence[str], editions: Sequence[str]) -> bool:
    """True if the filters let a row through."""
    form = form_of(row)
    if form == "hj212" and editions and row.get("edition") not in (*editions, "any"):
        return False
    if not only:
        return True
    name = "hj212" if form == "hj212" else str(row.get("op") or row.get("topic") or row.get("function") or "")
    return any(name.startswith(prefix) for prefix in only)


def run(rows: Iterable[Row], only: Sequence[str] = (), editions: Sequence[str] = ()) -> list[Outcome]:
    """Outcomes of the rows of one file that the filters let through."""
    table = list(rows)
    others = {row["id"]: row for row in table if isinstance(row.get("id"), str)}
    return [_outcome(row, others) for row in table if wanted(row, only, editions)]


def _outcome(row: Row, others: Mapping[str, Row]) -> Outcome:
    name, certainty = str(row.get("id", "?")), str(row.get("certainty", "none stated"))
    try:
        return Outcome(name, certainty, _differences(row, others))
    except (Unrecognised, BadSetting) as error:
        return Outcome(name, certainty, unrecognised=str(error))
    except Exception as error:     # a row must not stop the others; what it raised is its result
        return Outcome(name, certainty, [Difference("(raised)", None, f"{type(error).__name__}: {error}")])


def _differences(row: Row, others: Mapping[str, Row]) -> list[Difference]:
    form = form_of(row)
    if form == "hj212":
        return hj212_form.run(row, others)
    if form == "op":
        return _assessment(row)
    raise Unrecognised(LATER.get(form or "", "form of the row"))


def _assessment(row: Row) -> list[Difference]:
    operation: Callable[[Row, Row], dict[str, Any]] | None = OPS.get(row["op"])
    if operation is None:
        raise Unrecognised(f"op {row['op']}")
    got = operation(row["input"], row.get("settings") or {})
    out = []
    for key, expected in row["expected"].items():
        if key not in got:
            raise Unrecognised(f"key {key} of expected")
        if not same(expected, got[key], ASSESSMENT):
            out.append(Difference(key, expected, got[key]))
    return out
