"""Files of entries: every form gives the same entries, and every fault is named with its line and field."""

import json

import pytest

from qingyuan.registry.files import FileError, read_entries
from qingyuan.registry.forms import csv_table

DATA = {"name": "迈皋桥", "kind": "air", "city": "南京", "lon": 118.803, "lat": 32.1083, "mn": "0A1B",
        "origin": "measured", "units": {"a34004": "ug/m3", "a21005": "mg/m3"},
        "plan": ["a34004", "a21005"], "in_city_mean": False}
ENTRY = {"entry": "site", "id": "1151A", "valid_from": "2020-04-01T00:00", "data": DATA}
READ = {"entry": "site", "id": "1151A", "valid_from_us": 1585670400000000, "valid_to_us": None, "data": DATA}
CSV = ("id,valid_from,name,kind,city,lon,lat,mn,origin,units,plan,in_city_mean\r\n"
       "1151A,2020-04-01T00:00,迈皋桥,air,南京,118.803,32.1083,0A1B,measured,"
       "a34004=ug/m3|a21005=mg/m3,a34004|a21005,no\r\n")


def check(mn: str, password: str) -> str:
    return f"{len(password):02x}" * 32


def read(name: str, text: str) -> list:
    return read_entries(name, text.encode(), check)


@pytest.mark.parametrize(("name", "text"), [
    ("sites.json", json.dumps([ENTRY])), ("sites.json", json.dumps({"entries": [ENTRY]})),
    ("sites.json", json.dumps(ENTRY)), ("sites.jsonl", "\n" + json.dumps(ENTRY) + "\n"), ("sites.csv", CSV),
    ("sites.CSV", "﻿" + CSV),
])
def test_every_form_gives_the_same_entry(name: str, text: str) -> None:
    (entry,) = read(name, text)
    assert (entry.payload, entry.secret) == (READ, False)


def test_a_time_with_a_zone_is_taken_at_its_word() -> None:
    (entry,) = read("a.json", json.dumps(ENTRY | {"valid_from": "2020-03-31T16:00+00:00", "valid_to_us": 2**57}))
    assert (entry.payload["valid_from_us"], entry.payload["valid_to_us"]) == (1585670400000000, 2**57)


def test_a_password_is_replaced_by_its_keyed_hash() -> None:
    (entry,) = read("a.json", json.dumps(ENTRY | {"data": DATA | {"password": "open sesame"}}))
    assert entry.secret
    assert entry.payload["data"]["password_check"] == "0b" * 32
    assert "sesame" not in repr(entry)


def test_entries_of_a_json_file_know_their_line() -> None:
    text = "[\n" + json.dumps(ENTRY) + ",\n\n   " + json.dumps(ENTRY, indent=1) + " , " + json.dumps(ENTRY) + "]"
    lines = [entry.line for entry in read("a.json", text)]
    assert lines == [2, 4, 4 + json.dumps(ENTRY, indent=1).count("\n")]


@pytest.mark.parametrize(("name", "text", "line", "field", "words"), [
    ("a.json", "[\n{]", 2, "", "is no JSON"),
    ("a.json", "", 1, "", "is no JSON"),
    ("a.json", "[]", 1, "", "holds no entry"),
    ("a.json", '{"entries": 3}', 1, "entries", "is no list"),
    ("a.json", "[\n1]", 2, "", "is no table of fields"),
    ("a.json", json.dumps([{"entry": "site", "id": "s"}]), 1, "data", "is missing or no table"),
    ("a.jsonl", json.dumps(ENTRY) + "\n{oops\n", 2, "", "is no JSON"),
    ("a.jsonl", json.dumps(ENTRY | {"valid_from": "tomorrow"}), 1, "valid_from", "'tomorrow' is no time"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"password": 123456}}), 1, "password", "is no text"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"kind": "sea"}}), 1, "kind", "'sea' is not known"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"name": "a\ud800"}}), 1, "name", "is not a text; give a text"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"plan": ["a34004", "a\0"]}}), 1, "plan", "is not a text"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"city": "a\x07"}}), 1, "city", "control character; take it out"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"city": "a\x9b"}}), 1, "city", "holds a control character"),
    ("a.jsonl", json.dumps(ENTRY | {"data": {"password": "geheim\ud800"}}), 1, "password", "'1151A': is no text"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"units": {"a\0": "ug/m3"}}}), 1, "", "is not a text"),
    ("a.jsonl", json.dumps(ENTRY | {"valid_from": "0001-01-01"}), 1, "valid_from_us", "is no time; write 2020"),
    ("a.jsonl", json.dumps(READ | {"valid_to_us": 10**30}), 1, "valid_to_us", "is no time; write 2020"),
    ("a.jsonl", json.dumps({"entry": "replay", "id": "r", "data": {"real_us": 0, "data_us": 10**18, "speed": 1}}), 1,
     "data_us", "is no time"),
    ("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"minute_interval_s": 2**31}}), 1, "minute_interval_s",
     "2147483648 is too large; give at most 86400"),
    ("a.json", '[{"id": ' + "9" * 5000 + "}]", 1, "", "is no JSON"),
    ("a.jsonl", '\n{"id": ' + "9" * 5000 + "}", 2, "", "is no JSON"),
    ("a.json", "[" * 100_000, 1, "", "is no JSON (too deep)"),
    ("a.jsonl", "\n" + "[" * 100_000, 2, "", "is no JSON (too deep)"),
    ("a.jsonl", json.dumps(ENTRY) + '\n{"entry": "site", "id": "a", "id": "b"}', 2, "", "'id' stands there twice"),
    ("a.json", '{"entry": "site", "id": "a", "id": "b"}', 1, "", "'id' stands there twice"),
    ("a.csv", "id,name,kind,name\nx,a,air,b\n", 1, "name", "this column is there twice; keep one of them"),
    ("a.csv", CSV.replace("迈皋桥", "迈\x1b皋桥"), 2, "name", "holds a control character; take it out"),
    ("a.csv", "name,kind\nx,air\n", 1, "id", "there is no such column"),
    ("a.csv", CSV.replace("118.803", "east"), 2, "lon", "'east' is not readable"),
    ("a.csv", CSV.replace(",no\r", ",perhaps\r"), 2, "in_city_mean", "'perhaps' is not readable"),
    ("a.csv", CSV.replace("a34004=ug/m3|", "a34004 ug/m3|"), 2, "units", "is not readable"),
    ("a.csv", CSV.replace("南京", "南京,鼓楼"), 2, "", "has not 12 columns"),
    ("a.csv", CSV.replace("迈皋桥", '"迈皋桥'), 2, "", "is no CSV"),
])
def test_a_fault_is_named_with_its_line_and_field(name: str, text: str, line: int, field: str, words: str) -> None:
    with pytest.raises(FileError) as caught:
        read(name, text)
    (fault,) = caught.value.faults
    assert (fault.line, fault.field) == (line, field)
    assert words in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert str(caught.value).startswith(f"{name}, line {line}")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_of_json_ends_only_where_the_file_ends_it(end: str) -> None:
    """A text may hold what Unicode calls a line end; JSON does not."""
    entry = ENTRY | {"data": DATA | {"name": "a\u2028b"}}
    first, second = read("a.jsonl", end.join([json.dumps(entry, ensure_ascii=False), json.dumps(ENTRY), ""]))
    assert (first.payload["data"]["name"], first.line, second.line) == ("a\u2028b", 1, 2)


def test_several_lines_are_a_text_too() -> None:
    (entry,) = read("a.jsonl", json.dumps(ENTRY | {"data": DATA | {"name": "a\r\n\tb"}}))
    assert entry.payload["data"]["name"] == "a\r\n\tb"


def test_text_of_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(FileError, match=r"a\.csv, line 2: is not UTF-8"):
        read_entries("a.csv", b"id,name\n" + "1151A,迈皋桥".encode("gb18030"), check)


def test_all_faults_of_a_file_are_named_and_many_are_cut_short() -> None:
    bad = [json.dumps(ENTRY | {"data": DATA | {"mn": ""}}) for _ in range(25)]
    with pytest.raises(FileError, match="and 5 more") as caught:
        read("a.jsonl", "\n".join([json.dumps(ENTRY), *bad]))
    assert [fault.line for fault in caught.value.faults] == list(range(2, 27))


def test_a_table_gives_back_what_an_export_made_safe():
    rows = list(csv_table('id,name,lon,operator\nS1,"\'=站","\'-118.8","\'\'@x"\n'))
    assert rows == [(2, {"entry": "site", "id": "S1", "data": {"name": "=站", "lon": -118.8, "operator": "'@x"}})]
