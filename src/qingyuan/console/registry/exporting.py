"""Lists as files: what a person may see, in the form that an import takes, with where it comes from."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

import xlsxwriter
from django.http import Http404, HttpResponse

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import Reading
from qingyuan.console.registry.fieldset import FIELDS
from qingyuan.console.registry.history import LOGGER_ONLY
from qingyuan.console.registry.known import timeline, versions
from qingyuan.console.registry.listing import KINDS, Shown, kept, records
from qingyuan.console.registry.pages import listing_of
from qingyuan.console.registry.rights import logger_sites, seen_names, veiled
from qingyuan.console.shell.access import needs
from qingyuan.numerics.time import iso_local
from qingyuan.registry import Camera, Channel, EntryKind, Limit, Site
from qingyuan.vocabulary.cells import safe

FORMS = {"csv": "text/csv; charset=utf-8",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
WIDTH = 18
Table = list[list[str]]


@needs(Verb.EXPORT)
def export(request: Any, listing: str, form: str) -> HttpResponse:
    """A list as CSV or XLSX: every entry over all of valid time, passwords left out."""
    wanted, reading = listing_of(listing), request.page.reading
    if form not in FORMS:
        raise Http404(form)
    kind = KINDS[wanted]
    found = kept(records(wanted, reading), wanted, request.GET, Shown.of(reading))
    allowed = reading.scope.sites(Verb.EXPORT)
    ids = [record.id for record in found if (site := _site_of(record, reading)) is None or site in allowed]
    names = [field.name for field in FIELDS[kind]]
    table = [["entry", "id", "valid_from", "valid_to", *names], *_rows(kind, ids, names, reading)]
    body = _csv(_notes(reading), table) if form == "csv" else _xlsx(_notes(reading), table)
    response = HttpResponse(body, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{wanted.value}.{form}"'
    return response


def _site_of(record: Any, reading: Reading) -> str | None:
    """The site an entry speaks of; None for one of no single site."""
    if isinstance(record, Site):
        return record.id
    if isinstance(record, Camera):
        return record.place if record.place in reading.registry.sites else None
    return record.site if isinstance(record, Channel | Limit) else None


def _notes(reading: Reading) -> list[str]:
    """Where the rows come from; the names are part of the file's form and stay in one language."""
    as_of_us = home.now_us() if reading.as_of_us is None else reading.as_of_us
    leaves = sum(1 for learned_us, _payload in home.registry_history() if learned_us <= as_of_us)
    return [f"# home: {home.home().id}", f"# as_of: {iso_local(as_of_us)}",
            f"# office_ledger_registry_entries: {leaves}", f"# exported_at: {iso_local(home.now_us())}"]


def _rows(kind: EntryKind, ids: Iterable[str], names: list[str], reading: Reading) -> Iterator[list[str]]:
    loggers, named = logger_sites(reading.scope), seen_names(reading.scope, reading.registry)
    for name in ids:
        hidden = LOGGER_ONLY if kind is EntryKind.SITE and name not in loggers else ()
        for segment in timeline(versions(kind, name, reading.as_of_us)):
            if segment.version is not None:
                data = veiled(segment.version, named).data
                yield [kind.value, name, _instant(segment.from_us), _instant(segment.to_us),
                       *("" if field in hidden else _text(data.get(field)) for field in names)]


def _instant(us: int | None) -> str:
    return "" if us is None else iso_local(us)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and "coordinates" in value:
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, dict):
        return "|".join(f"{key}={value[key]}" for key in sorted(value))
    if isinstance(value, list | tuple):
        return "|".join(value)
    return repr(value) if isinstance(value, float) else str(value)


def _csv(notes: list[str], table: Table) -> bytes:
    out = io.StringIO()
    out.write("".join(f"{note}\r\n" for note in notes))
    csv.writer(out).writerows([safe(text) for text in row] for row in table)
    return b"\xef\xbb\xbf" + out.getvalue().encode()          # so that spreadsheets read it as UTF-8


def _xlsx(notes: list[str], table: Table) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False})
    sheet, text = book.add_worksheet("entries"), book.add_format({"num_format": "@"})
    for line, note in enumerate(notes):
        sheet.write_string(line, 0, note)
    for line, row in enumerate(table, len(notes)):
        for column, value in enumerate(row):
            sheet.write_string(line, column, safe(value), text)
    sheet.set_column(0, len(table[0]) - 1, WIDTH)
    sheet.freeze_panes(len(notes) + 1, 2)
    book.close()
    return out.getvalue()
