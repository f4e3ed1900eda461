"""A small home of one's own for tests that change the registry: a park, two enterprises, outlets, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qingyuan.console.office.appender import append_waiting
from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Home, Keyring, open_office
from qingyuan.registry import EntryKind, payload

DAY_US = 86_400_000_000
FROM_US = 1_585_670_400_000_000                 # 2020-04-01 00:00 +08:00
SITE = {"kind": "water", "st": "32", "city": "南京", "lon": 118.8, "lat": 32.06, "mn": "MN-W1", "origin": "simulated",
        "plan": ["w01018"], "units": {"w01018": "mg/L"}, "belongs": ["E1"]}

OUTLINE = {"type": "Polygon", "coordinates": [[[118.8, 32.05], [118.82, 32.05], [118.81, 32.07], [118.8, 32.05]]]}


def entries(keyring: Keyring, more: int = 0) -> list[dict[str, Any]]:
    """What the home knows from the start; `more` sites beside."""
    found = [
        payload(EntryKind.ORGANISATION, "E1", {"name": "甲厂", "name_en": "Works A", "kind": "enterprise"}),
        payload(EntryKind.ORGANISATION, "E2", {"name": "乙厂", "name_en": "Works B", "kind": "enterprise"}),
        payload(EntryKind.ORGANISATION, "OP", {"name": "=运维", "name_en": "=Operator", "kind": "operator"}),
        payload(EntryKind.PARK, "K1", {"name": "园区", "name_en": "Park", "city": "南京", "organisations": ["E1"],
                                       "outline": OUTLINE, "coordinate_system": "GCJ-02"}),
        payload(EntryKind.PROFILE, "P1", {"edition": "2017", "crc": ["standard", "modbus"]}),
        payload(EntryKind.SITE, "W1", SITE | {"name": "甲厂排口", "name_en": "Outlet A", "password_check":
                                              keyring.password_check("MN-W1", "pw")}),
        payload(EntryKind.SITE, "W1", SITE | {"name": "甲厂总排口", "name_en": "Main outlet A", "units": {
            "w01018": "ug/L"}, "password_check": keyring.password_check("MN-W1", "pw")},
            valid_from_us=FROM_US, valid_to_us=FROM_US + DAY_US),
        payload(EntryKind.SITE, "A1", {"name": "玄武湖", "name_en": "Xuanwu Lake", "kind": "air", "st": "22",
                                       "city": "南京", "lon": 118.8, "lat": 32.07, "mn": "MN-A1", "origin": "simulated",
                                       "plan": ["a34004"], "in_city_mean": True}),
        payload(EntryKind.SITE, "X1", {"name": "乙厂排口", "name_en": "Outlet B", "kind": "gas", "st": "31",
                                       "city": "南京", "lon": 32.06, "lat": 118.0 - 50, "mn": "MN-X1",
                                       "origin": "simulated", "belongs": ["E2"]}),
        payload(EntryKind.CHANNEL, "C1", {"site": "W1", "factor": "w01018", "instrument": "CODmax", "serial": "-17"}),
        payload(EntryKind.LIMIT, "L1", {"site": "W1", "factor": "w01018", "averaging": "day", "value": "60",
                                        "unit": "mg/L", "clause": "GB 31571-2015 table 1", "permit": "913201"}),
    ]
    found += [payload(EntryKind.CAMERA, f"CAM-{place}", {"place": place, "name": f"相机{place}", "sees": sees,
                                                         "name_en": f"Camera {place}", "origin": "simulated"})
              for place, sees in (("W1", "outfall"), ("X1", "stack"), ("K1", "park"))]
    return found + [payload(EntryKind.SITE, f"N{n:03}", {
        "name": f"站{n}", "kind": "air", "city": "南京", "lon": 118.7 + n / 10_000, "lat": 32.06, "mn": f"MN-N{n}",
        "origin": "simulated", "belongs": ["E1"]}) for n in range(more)]


def make(path: Path, more: int = 0) -> Home:
    """The home, its office ledger under a checkpoint."""
    home = Home.create(path)
    append(home, entries(Keyring.open(path / "keys"), more), "start")
    return home


def append(home: Home, found: list[dict[str, Any]], key: str) -> None:
    """Entries into the office ledger, under a checkpoint."""
    with open_office(home, Keyring.open(home.path / "keys")) as office:
        for number, entry in enumerate(found):
            office.append_json(Kind.REGISTRY, entry | {"key": f"{key}/{number}"})
        office.commit()
        office.checkpoint()


def work_off(home: Home) -> int:
    """What the worker does: append what waits."""
    return append_waiting(home, Keyring.open(home.path / "keys"))
