"""Registry entries as people write them: JSON, JSON lines or CSV, checked as a whole before anything is taken.

JSON: a list of entries (or one entry, or {"entries": [...]}) in the form of `entries`; JSON lines: one a line. CSV:
one entry a line, columns `entry` (site where the column is missing), `id`, `valid_from`, `valid_to` and the fields of
the entry; lists are separated by `|`, units written as a34004=ug/m3|a21005=mg/m3. Times may be ISO texts (+08:00
where no zone stands). A site may give `password` instead of `password_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from qingyuan.numerics.time import CST_OFFSET_S, micros
from qingyuan.registry.entries import parse
from qingyuan.registry.errors import EntryError
from qingyuan.registry.forms import Fault, csv_table, json_lines, json_text
from qingyuan.registry.sound import demand_sound

CST = timezone(timedelta(seconds=CST_OFFSET_S))
SHOWN = 20
FORMS = {"csv": csv_table, "jsonl": json_lines, "ndjson": json_lines}


class FileError(ValueError):
    """A file of entries cannot be imported; names every fault with its line and field."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        lines = [f"{file}, {fault}" for fault in faults[:SHOWN]]
        if len(faults) > SHOWN:
            lines.append(f"{file}: and {len(faults) - SHOWN} more")
        super().__init__("\n".join(lines))
        self.file, self.faults = file, tuple(faults)


class FileEntry(NamedTuple):
    """One entry of a file: where it stands and its payload. `secret` is true if the file gave a password."""

    line: int
    payload: dict[str, Any]
    secret: bool


def read_entries(name: str, data: bytes, check: Callable[[str, str], str]) -> list[FileEntry]:
    """Every entry of a file, checked. `check(mn, password)` makes the keyed hash that replaces a password.

    Raises FileError with all faults found; nothing of a faulty file is given.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[:error.start].count(b"\n") + 1
        raise FileError(name, [Fault(line, "", "is not UTF-8", "save the file as UTF-8")]) from None
    reader = FORMS.get(name.rpartition(".")[2].lower(), json_text)
    entries: list[FileEntry] = []
    faults: list[Fault] = []
    for line, row in reader(text):
        if isinstance(row, Fault):
            faults.append(row)
            continue
        try:
            entries.append(entry_of(line, row, check))
        except EntryError as error:
            faults.append(Fault(line, error.field, f"{error.entry}: {error.what}", error.remedy))
    if not entries and not faults:
        faults.append(Fault(1, "", "holds no entry"))
    if faults:
        raise FileError(name, faults)
    return entries


def entry_of(line: int, row: Any, check: Callable[[str, str], str]) -> FileEntry:
    """One row of a file as an entry, checked; `check` as in `read_entries`. Raises EntryError."""
    if not isinstance(row, dict):
        raise EntryError("entry", "", "is no table of fields", "write {\"entry\": …, \"id\": …, \"data\": {…}}")
    demand_sound(row)
    row = dict(row)
    for short, field in (("valid_from", "valid_from_us"), ("valid_to", "valid_to_us")):
        text = row.pop(short, None)
        row.setdefault(field, None)
        if text not in (None, ""):
            row[field] = _instant(str(row.get("id")), short, text)
    data = row["data"] = dict(row["data"]) if isinstance(row.get("data"), dict) else row.get("data")
    secret = isinstance(data, dict) and "password" in data
    if secret:
        password = data.pop("password")
        if not isinstance(password, str) or not password:
            raise EntryError(f"site {row.get('id')}", "password", "is no text")
        data["password_check"] = check(str(data.get("mn", "")), password)
    parse(row, strict=True)
    return FileEntry(line, row, secret)


def _instant(entry: str, field: str, text: Any) -> int:
    try:
        when = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise EntryError(f"entry {entry}", field, f"{text!r} is no time", "write 2020-04-01T14:00") from None
    return micros(when if when.tzinfo else when.replace(tzinfo=CST))
