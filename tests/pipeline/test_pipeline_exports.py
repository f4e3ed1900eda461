"""Rows as CSV: no text is a formula to a spreadsheet, every number stays one, and what was done can be undone."""

import csv
import io

import pyarrow as pa
import pytest

from qingyuan.lake import SPECS
from qingyuan.pipeline import exports
from qingyuan.pipeline.export_forms import Format, Table
from qingyuan.vocabulary import cells

NASTY = ["=1+1", "+86 25", "-x", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "'=1+1", "=HYPERLINK(\"http://a\",\"b\")"]


def written(columns: dict[str, object]) -> list[dict[str, str]]:
    """The CSV of figures that differ from a plain one in some columns, as a program reads it."""
    plain = {"name": "hour.T", "subject": "S1", "factor": "a01001", "start": 0, "span_s": 3600, "value": "-12.50",
             "mantissa": -1250, "scale": 2, "unit": "°C", "stage": "realtime", "standard": "", "rules": "r",
             "detail": "{}", "believed_from": 0, "version": 1, "reason": "", "digest": ""}
    rows = pa.table({name: pa.array([value]).cast(SPECS["hour"].schema.field(name).type)
                     for name, value in (plain | columns).items()})
    out = io.BytesIO()
    with exports.WRITERS[Format.CSV](out) as write:
        write(exports.exact(Table.HOUR, rows))
    return list(csv.DictReader(io.StringIO(out.getvalue().decode(), newline="")))


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("column", ["subject", "unit", "detail", "reason"])
def test_no_text_is_a_formula_and_the_escape_can_be_undone(text, column):
    cell = written({column: text})[0][column]
    assert cell == f"'{text}"
    assert cells.plain(cell) == text


@pytest.mark.parametrize("value", ["-12.50", "0", "-0.003", "-1E-7", "17"])
def test_a_number_stays_a_number(value):
    row = written({"value": value})[0]
    assert row["value"] == value
    assert float(row["value"]) == float(value)
    assert row["version"] == "1"


def test_a_text_that_is_no_formula_stays_as_it_is():
    row = written({"subject": "一号站", "reason": "a=b", "unit": ""})[0]
    assert (row["subject"], row["reason"], row["unit"]) == ("一号站", "a=b", "")


@pytest.mark.parametrize("text", [*NASTY, "''=x", "'x", "-1", "x", "", "'"])
def test_safe_and_plain_undo_each_other(text):
    assert cells.plain(cells.safe(text)) == text
