"""The envelope and the fields: what is refused, and that the refusal names entry and field."""

import re

import pytest

from qingyuan.registry import EntryError, EntryKind, SiteKind, parse, payload
from qingyuan.registry.entries import READERS

SITE = {"name": "迈皋桥", "kind": "air", "city": "南京", "lon": 118.803, "lat": 32.1083, "coordinate_system": "unknown",
        "mn": "0A1B2C3D4E5F60718293A4B5", "password_check": "ab" * 32, "edition": "2017", "crc": ["standard"],
        "origin": "measured", "units": {"a34004": "ug/m3"}, "plan": ["a34004"]}

SAMPLES = {
    EntryKind.ORGANISATION: {"name": "南京市环境监测中心", "kind": "authority"},
    EntryKind.SITE: SITE,
    EntryKind.CHANNEL: {"site": "1151A", "factor": "a34004", "serial": "TH-2000-17"},
    EntryKind.PROFILE: {"edition": "2017", "crc": ["standard", "modbus"]},
    EntryKind.ADMISSION: {"ledger": "gw1.quarantine", "mn": "0A1B", "from_leaf": 3, "to_leaf": 9},
    EntryKind.REPLAY: {"real_us": 10, "data_us": 20, "speed": "0.5"},
    EntryKind.SETTING: {"tick_s": 60, "idle_s": 600, "max_connections": 9000},
    EntryKind.PARK: {"name": "南京江北新材料科技园", "city": "南京", "organisations": ["o1"]},
    EntryKind.GRANT: {"holder": "7d1c", "role": "reviewer", "territory": "3201", "line": "air", "from_us": 5,
                      "to_us": 9, "revoked_us": 7},
    EntryKind.DELEGATION: {"principal": "7d1c", "deputy": "90ab", "from_us": 5, "to_us": 9},
    EntryKind.LIMIT: {"site": "P1-E01-W1", "factor": "w01018", "averaging": "day", "value": "60", "unit": "mg/L",
                      "clause": "GB 31571-2015 table 1"},
    EntryKind.CAMERA: {"place": "P1-E01-W1", "name": "总排口", "sees": "outfall", "origin": "measured"},
}


@pytest.mark.parametrize("kind", list(EntryKind))
def test_each_kind_of_entry_is_read(kind: EntryKind) -> None:
    entry = parse(payload(kind, "x1", SAMPLES[kind], valid_from_us=5, valid_to_us=9), 7)
    assert (entry.kind, entry.id, entry.valid_from_us, entry.valid_to_us, entry.learned_us) == (kind, "x1", 5, 9, 7)
    assert isinstance(entry.record, READERS[kind])


def test_a_site_keeps_every_field() -> None:
    site = parse(payload(EntryKind.SITE, "1151A", SITE)).record
    assert {name: getattr(site, name) for name in SITE if name not in ("crc", "plan")} == {
        name: value for name, value in SITE.items() if name not in ("crc", "plan")}
    assert (site.id, site.crc, site.plan, site.hour_source, site.minute_interval_s, site.in_city_mean) == (
        "1151A", ("standard",), ("a34004",), "sent", 600, True)
    assert SITE["password_check"] not in repr(site)


@pytest.mark.parametrize("kind", list(SiteKind))
def test_each_kind_of_site_is_read(kind: SiteKind) -> None:
    assert parse(payload(EntryKind.SITE, "s", SITE | {"kind": str(kind)})).record.kind is kind


@pytest.mark.parametrize(("field", "value", "words"), [
    ("kind", "sea", "'sea' is not known; choose one of air, water"),
    ("kind", None, "is missing"),
    ("origin", "guessed", "choose one of measured, simulated, unstated"),
    ("mn", "", "is missing"),
    ("mn", "a b", "letters, digits"),
    ("mn", 12, "is not a text"),
    ("password_check", "secret", "never enters the registry"),
    ("edition", "2016", "choose one of 2005, 2017, 2025"),
    ("crc", ["none"], "'none' is not known"),
    ("crc", "standard", "is not a list of texts"),
    ("units", {"a34004": 1}, "is not a table of texts"),
    ("lon", 181, "outside ±180"),
    ("lat", None, "is missing beside the other coordinate"),
    ("lon", float("nan"), "is not a number"),
    ("lon", 10**400, "outside ±180"),
    ("lat", "32", "is not a number"),
    ("coordinate_system", "mars", "choose one of WGS84"),
    ("minute_interval_s", 5, "give at least 60"),
    ("minute_interval_s", 600.0, "is not a whole number"),
    ("in_city_mean", "yes", "neither true nor false"),
    ("hour_source", "both", "choose one of sent, minutes"),
    ("citty", "南京", "is no field of such an entry"),
])
def test_a_bad_field_is_named(field: str, value: object, words: str) -> None:
    with pytest.raises(EntryError, match=re.escape(words)) as caught:
        payload(EntryKind.SITE, "1151A", SITE | {field: value})
    assert (caught.value.entry, caught.value.field) == ("site 1151A", field)


@pytest.mark.parametrize(("kind", "data", "field"), [
    (EntryKind.ADMISSION, {"ledger": "q", "mn": "0A", "from_leaf": 3, "to_leaf": 3}, "to_leaf"),
    (EntryKind.REPLAY, {"real_us": 1, "data_us": 1, "speed": 0}, "speed"),
    (EntryKind.REPLAY, {"real_us": 1, "data_us": 1, "speed": "fast"}, "speed"),
    (EntryKind.REPLAY, {"data_us": 1, "speed": 1}, "real_us"),
    (EntryKind.SETTING, {"tick_s": 0}, "tick_s"),
    (EntryKind.SETTING, {"tick_s": 7200}, "tick_s"),
    (EntryKind.SETTING, {"idle_s": 0}, "idle_s"),
    (EntryKind.SETTING, {"idle_s": 10_000_000}, "idle_s"),
    (EntryKind.SETTING, {"max_connections": True}, "max_connections"),
    (EntryKind.CHANNEL, {"site": "a"}, "factor"),
    (EntryKind.PROFILE, {"edition": "1999"}, "edition"),
    (EntryKind.PARK, {}, "name"),
    (EntryKind.CAMERA, {"origin": "measured"}, "place"),
    (EntryKind.CAMERA, {"place": "a"}, "origin"),
    (EntryKind.CAMERA, {"place": "a", "origin": "measured", "sees": "moon"}, "sees"),
    (EntryKind.ORGANISATION, {"name": "x", "belongs": "y"}, "belongs"),
])
def test_other_kinds_name_the_bad_field_too(kind: EntryKind, data: dict, field: str) -> None:
    with pytest.raises(EntryError) as caught:
        payload(kind, "e", data)
    assert (caught.value.entry, caught.value.field) == (f"{kind} e", field)


@pytest.mark.parametrize(("change", "field"), [
    ({"entry": "planet"}, "entry"), ({"entry": None}, "entry"), ({"id": ""}, "id"), ({"id": 5}, "id"),
    ({"id": "a/b"}, "id"), ({"id": "a\nb"}, "id"), ({"id": "city:南京"}, "id"), ({"id": "x" * 201}, "id"),
    ({"data": None}, "data"), ({"valid_from_us": "now"}, "valid_from_us"), ({"valid_to_us": True}, "valid_to_us"),
    ({"valid_from_us": 9, "valid_to_us": 9}, "valid_to_us"), ({"remark": "x"}, "remark"),
])
def test_a_bad_envelope_is_named(change: dict, field: str) -> None:
    entry = payload(EntryKind.SITE, "s", SITE) | change
    with pytest.raises(EntryError) as caught:
        parse(entry, strict=True)
    assert caught.value.field == field


def test_unknown_fields_of_a_later_version_do_not_stop_a_reader() -> None:
    assert parse(payload(EntryKind.SITE, "s", SITE) | {"remark": "x"}).id == "s"
    later = payload(EntryKind.SITE, "s", SITE)
    later["data"]["colour"] = "green"
    assert parse(later).id == "s"
