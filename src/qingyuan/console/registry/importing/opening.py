"""An uploaded file as rows. Its kind is told by its content, never by its name; nothing in it is executed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from qingyuan.registry.forms import Fault, csv_table, json_lines, json_text, table_row

LARGEST = 2_000_000             # bytes of a file
UNPACKED = 20_000_000           # bytes of everything in an XLSX
MEMBERS, MOST_ROWS, MOST_COLUMNS = 200, 10_000, 100
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SHEET = "xl/workbook.xml"
NOTE = "#"                      # rows that begin so say where an export came from
OTHERS = {"content.xml", "mimetype", "xl/workbook.bin"}       # marks of other kinds of workbook in the same packing
MOST_CELLS = 5_000_000          # of the rectangle about all cells, for which the reader takes memory at once
PLACE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]*)\$?([0-9]*)""")
ROW, CELL = re.compile(rb"<(?:[^<>\s/:]+:)?row[\s/>]"), re.compile(rb"<(?:[^<>\s/:]+:)?c[\s/>]")
Rows = Iterator[tuple[int, Any]]


class Unreadable(ValueError):
    """A file is refused as a whole; `what` and `remedy` say why and what to do."""

    def __init__(self, what: Any, remedy: Any) -> None:
        super().__init__(str(what))
        self.what, self.remedy = what, remedy


def open_rows(data: bytes) -> list[tuple[int, Any]]:
    """(line, entry or Fault) of every row of a file. Raises Unreadable."""
    if len(data) > LARGEST:
        raise Unreadable(_("The file is larger than 2 MB."), _("Send it in parts."))
    if not data.strip():
        raise Unreadable(_("The file holds no entry."), _("Begin with a line of column names, then one entry a line."))
    if data.startswith(OLE):
        raise Unreadable(_("This is an old Excel file or a protected one."), _("Save it as XLSX without a password, "
                                                                              "or as CSV."))
    rows: list[tuple[int, Any]] = []
    for row in _workbook(data) if data.startswith(ZIP) else _text(data):
        if len(rows) == MOST_ROWS:
            raise Unreadable(_("The file holds more than 10,000 rows."), _("Send it in parts."))
        rows.append(row)
    if not rows:
        raise Unreadable(_("The file holds no entry."), _("Begin with a line of column names, then one entry a line."))
    return rows


def _text(data: bytes) -> Rows:
    text = _decoded(data)
    start = text.lstrip()[:1]
    if start == "[":
        return json_text(text)
    if start == "{":
        return json_lines(text) if _is_json(text.strip().partition("\n")[0]) else json_text(text)
    return _csv(text)


def _decoded(data: bytes) -> str:
    """UTF-8, else GB 18030, in which Excel writes CSV on Chinese machines."""
    if b"\0" in data:
        raise Unreadable(_("This is neither a text nor an XLSX file."), _("Save it as CSV, XLSX or JSON lines."))
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The text is neither UTF-8 nor GB 18030."), _("Save the file as UTF-8."))


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):        # brackets within brackets, thousands deep
        return False
    return True


def _csv(text: str) -> Rows:
    lines = text.splitlines(keepends=True)
    notes = 0
    while notes < len(lines) and (lines[notes].lstrip('"').startswith(NOTE) or not lines[notes].strip()):
        notes += 1
    for line, row in csv_table("".join(lines[notes:])):
        if isinstance(row, Fault):
            yield line + notes, Fault(row.line + notes, row.field, row.what, row.remedy)
        else:
            yield line + notes, row


def _workbook(data: bytes) -> Rows:
    """Rows of the first sheet; formulas give the value that was stored with them."""
    _check_zip(data)
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        cells = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError) as error:
        raise Unreadable(_("The workbook could not be read."), _("Save it anew as XLSX, or as CSV.")) from error
    names: list[str] = []
    for line, row in enumerate(cells, 1):
        texts = [_cell(value) for value in row[:MOST_COLUMNS]]
        if not any(texts) or texts[0].startswith(NOTE):
            continue
        if not names:
            names = texts
            if "id" not in names:
                yield line, Fault(line, "id", "there is no such column", "begin with a line of column names")
                return
        else:
            found = {name: text for name, text in zip(names, texts, strict=False) if name}
            yield line, table_row(line, found)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()


def _check_zip(data: bytes) -> None:
    """Unpack everything once within bounds: what lies about its size fails its own checksum."""
    broken = Unreadable(_("This is no XLSX file."), _("Save it anew as XLSX, or as CSV."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
                raise Unreadable(_("The workbook unpacks to more than 20 MB."), _("Send it in parts, or as CSV."))
            if SHEET not in packed.namelist() or packed.testzip() is not None:
                raise broken
            if any(member.filename.lower() in OTHERS for member in members):
                raise broken
            for member in members:
                _check_places(packed.read(member), broken)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError) as error:      # RuntimeError: a method unknown here
        raise broken from error


def _check_places(content: bytes, broken: Unreadable) -> None:
    """Two cells far from each other span a rectangle that no memory holds, and the reader would end the process."""
    if not content.lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n\0").startswith(b"<"):
        return                                  # no XML: a picture, a printer's settings
    if b"\0" in content:
        raise broken                            # XML in two bytes a character, which Excel does not write
    first, *rows = ROW.split(content)
    cells = max((len(CELL.findall(row)) for row in (first, *rows)), default=0)
    column = line = 0
    for letters, digits in PLACE.findall(content):
        column, line = max(column, _column(letters)), max(line, int(digits[:9] or 0))
    if (column + cells) * (line + len(rows)) > MOST_CELLS:
        raise Unreadable(_("The workbook has too many rows or columns, or cells far away from the others."),
                         _("Delete what lies beyond the table, and save it anew."))


def _column(letters: bytes) -> int:
    """Number of a column by its letters: A is 1; of more than four letters far away."""
    number = 0
    for letter in letters.upper()[:5]:
        number = number * 26 + letter - 64
    return number
