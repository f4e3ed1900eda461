"""The envelope of a registry entry, and what each kind of entry holds.

Payload of a REGISTRY leaf: {"entry": kind, "id": text, "valid_from_us": int|null, "valid_to_us": int|null,
"data": {...}}. `valid_*` is the time the entry speaks of; the leaf's receive time is when we learned it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.registry.access import Delegation, Grant
from qingyuan.registry.errors import EntryError
from qingyuan.registry.fields import Fields
from qingyuan.registry.kinds import EntryKind
from qingyuan.registry.limit import Limit
from qingyuan.registry.records import (
    Admission,
    Camera,
    Channel,
    Organisation,
    Park,
    Profile,
    Record,
    Replay,
    Setting,
)
from qingyuan.registry.site import Site
from qingyuan.registry.sound import demand_sound

READERS: Mapping[EntryKind, type[Record]] = {
    EntryKind.ORGANISATION: Organisation,
    EntryKind.SITE: Site,
    EntryKind.CHANNEL: Channel,
    EntryKind.PROFILE: Profile,
    EntryKind.ADMISSION: Admission,
    EntryKind.REPLAY: Replay,
    EntryKind.SETTING: Setting,
    EntryKind.PARK: Park,
    EntryKind.GRANT: Grant,
    EntryKind.DELEGATION: Delegation,
    EntryKind.LIMIT: Limit,
    EntryKind.CAMERA: Camera,
}
ENVELOPE = ("entry", "id", "valid_from_us", "valid_to_us", "data")
LONGEST_ID = 200
NO_ADDRESS = (".", "..")             # browsers take them for a folder and its parent


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, checked. The interval is half open: [valid_from_us, valid_to_us)."""

    kind: EntryKind
    id: str
    valid_from_us: int | None
    valid_to_us: int | None
    learned_us: int
    record: Record

    def begins_by(self, data_us: int) -> bool:
        """True if the entry speaks of that instant or of one before."""
        return self.valid_from_us is None or self.valid_from_us <= data_us

    def covers(self, data_us: int) -> bool:
        """True if the entry speaks of that instant."""
        return (self.begins_by(data_us)
                and (self.valid_to_us is None or data_us < self.valid_to_us))


def parse(payload: Mapping[str, Any], learned_us: int = 0, *, strict: bool = False) -> Entry:
    """Check one payload. `strict` refuses unknown fields and what is not sound too (for what a person writes; a ledger
    written by another version may hold more). Raises EntryError naming entry and field.
    """
    if strict:
        demand_sound(payload)
    kind, name = _kind_and_id(payload)
    where = f"{kind} {name}"
    if strict and name in NO_ADDRESS:
        raise EntryError(where, "id", "cannot stand in the address of a page", "give it a letter or digit")
    data = payload.get("data")
    if not isinstance(data, dict):
        raise EntryError(where, "data", "is missing or no table", "give the content of the entry")
    fields = Fields(where, data)
    record = READERS[kind].read(name, fields)
    begin, end = (_instant(payload, where, field) for field in ("valid_from_us", "valid_to_us"))
    if begin is not None and end is not None and end <= begin:
        raise EntryError(where, "valid_to_us", "is not after valid_from_us")
    if strict and (odd := [f for f in payload if f not in ENVELOPE] or fields.unknown()):
        raise EntryError(where, odd[0], "is no field of such an entry", "leave it out or check its spelling")
    return Entry(kind, name, begin, end, learned_us, record)


def payload(kind: EntryKind, name: str, data: Mapping[str, Any], *, valid_from_us: int | None = None,
            valid_to_us: int | None = None) -> dict[str, Any]:
    """Build and check the payload of an entry. Raises EntryError."""
    built = {"entry": str(kind), "id": name, "valid_from_us": valid_from_us, "valid_to_us": valid_to_us,
             "data": dict(data)}
    parse(built, strict=True)
    return built


def _kind_and_id(payload: Mapping[str, Any]) -> tuple[EntryKind, str]:
    name = payload.get("id")
    label = f"entry {name}" if isinstance(name, str) and name else "entry without id"
    try:
        kind = EntryKind(payload.get("entry", ""))
    except ValueError:
        raise EntryError(label, "entry", f"{payload.get('entry')!r} is no kind of entry",
                         f"choose one of {', '.join(EntryKind)}") from None
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_ID:
        raise EntryError(label, "id", "is missing or too long", f"give 1 to {LONGEST_ID} characters")
    if any(ord(c) < 0x20 or c == "/" for c in name):
        raise EntryError(label, "id", "holds a control character or '/'", "figures are named by it")
    if name.startswith("city:"):
        raise EntryError(label, "id", "begins like the name of a city's figures", "choose another beginning")
    return kind, name


def _instant(payload: Mapping[str, Any], where: str, field: str) -> int | None:
    value = payload.get(field)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise EntryError(where, field, f"{value!r} is not a whole number of microseconds")
    return value
