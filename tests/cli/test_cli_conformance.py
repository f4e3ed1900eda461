"""`qingyuan conformance`: what is compared, filtered and counted, its last line and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qingyuan import hj212
from qingyuan.cli.conformance.compare import ASSESSMENT, same
from qingyuan.cli.main import run

PACKET = hj212.wrap(b"QN=20260315102000118;ST=31;CN=2011;PW=1;MN=A1;Flag=5;CP=&&a21026-Rtd=14.60&&").decode()
SWAPPED = PACKET[:-6] + PACKET[-4:-2] + PACKET[-6:-4] + "\r\n"
HJ: dict[str, Any] = {"id": "hj", "packet": PACKET, "edition": "2017", "valid": True, "expect": {}}
OP: dict[str, Any] = {"id": "op", "op": "gbt8170.round", "certainty": "verified",
                      "input": {"value": "0.25", "decimals": 1}, "expected": {"value": "0.2"}}


def conformance(tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[Any],
                *options: str) -> tuple[int, list[str]]:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), "utf-8")
    code = run(["--lang", "en", "conformance", str(path), *options])
    return code, capsys.readouterr().out.splitlines()


def hj(**expect: Any) -> dict[str, Any]:
    return {**HJ, "expect": expect}


@pytest.mark.parametrize("row", [
    HJ, OP, hj(fields={}, factors={"a21026": {"Rtd": "14.60"}}, notes=[], numeric={"a21026": "14.6"}, crc_match=None),
    {**HJ, "packet": SWAPPED, "valid": False, "expect": {"crc_match": "standard_swapped", "ack": None}},
    {**HJ, "stream": True, "expect": {"frames": [PACKET], "remainder": "", "bad_frames": 0}},
    {**OP, "expected": {}, "why": "comments are free"}, hj(same_crc_as="hj")])
def test_rows_that_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: dict[str, Any]) -> None:
    code, lines = conformance(tmp_path, capsys, [row])
    assert (code, lines[-1]) == (0, "1 passed, 0 failed, 0 unrecognised")


@pytest.mark.parametrize(("row", "key"), [
    ({**HJ, "valid": False}, "valid"), (hj(fields={"DataTime": "1"}), "fields"), (hj(notes=["no_qn"]), "notes"),
    (hj(numeric={}), "numeric"), (hj(crc_ok=1), "crc_ok"), (hj(error="crc"), "error"), (hj(same_crc_as="x"), "same"),
    ({**HJ, "stream": True, "expect": {"bad_frames": 1}}, "bad_frames"),
    ({**OP, "expected": {"value": "0.3"}}, "value"), ({**OP, "input": {}}, "raised")])
def test_rows_that_fail_name_id_key_and_both_values(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                    row: dict[str, Any], key: str) -> None:
    code, lines = conformance(tmp_path, capsys, [row])
    assert (code, lines[-1]) == (1, "0 passed, 1 failed, 0 unrecognised")
    assert lines[0].startswith(row["id"] + ": ")
    assert key in lines[0]
    assert "expected" in lines[0]
    assert "got" in lines[0]


@pytest.mark.parametrize(("row", "what"), [
    ({"id": "a", "unheard": 1}, "form"), ({**OP, "op": "air.unheard"}, "op air.unheard"),
    ({**OP, "expected": {"unheard": 1}}, "key unheard"), ({**OP, "settings": {"unheard": 1}}, "unheard"),
    (hj(unheard=1), "key unheard"), (hj(notes=["unheard"]), "note unheard"), ({**HJ, "encoding": "unheard"}, "unheard"),
    ({**HJ, "stream": True, "expect": {"unheard": 1}}, "key unheard"),
    ({"id": "a", "topic": "capture_rate"}, "integrity"), ({"id": "a", "flags": [1], "function": "spike"}, "QARTOD"),
    ({"id": "a", "flagged": [1], "function": "range"}, "SaQC")])
def test_rows_that_are_not_recognised_say_what(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                               row: dict[str, Any], what: str) -> None:
    code, lines = conformance(tmp_path, capsys, [row])
    assert (code, lines[-1]) == (1, "0 passed, 0 failed, 1 unrecognised")
    assert what in lines[0]


@pytest.mark.parametrize(("options", "count"), [
    ((), 4), (("--only", "hj212"), 2), (("--only", "gbt,unheard"), 1), (("--only", "spi"), 1),
    (("--edition", "2005"), 3), (("--edition", "2005,2017"), 4), (("--edition", "2025", "--only", "hj"), 1)])
def test_rows_left_out_are_not_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...],
                                       count: int) -> None:
    rows = [HJ, {**HJ, "edition": "any"}, "", OP, {"id": "q", "flags": [1], "function": "spike"}]
    _, lines = conformance(tmp_path, capsys, rows, *options)
    assert sum(int(word) for word in lines[-1].split() if word.isdigit()) == count


def test_counts_by_certainty_stand_before_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = conformance(tmp_path, capsys, [OP, OP, {**OP, "certainty": "memory"}])
    assert lines[-3:-1] == ["certainty memory: 1 rows", "certainty verified: 2 rows"]


def test_json_holds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = conformance(tmp_path, capsys, [OP, hj(data_len=1), {"id": "n"}], "--json")
    found = json.loads(lines[0])
    assert (code, lines[-1]) == (1, "1 passed, 1 failed, 1 unrecognised")
    assert found["passed"] == 1
    assert found["failed"][0]["differences"][0]["key"] == "data_len"
    assert found["unrecognised"][0]["id"] == "n"


@pytest.mark.parametrize(("rows", "options"), [
    ([OP, "{not json"], ()), ([OP, "[1]"], ()), ([""], ()), ([OP], ("--only", "unheard"))])
def test_bad_lines_and_no_rows_are_two(tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[Any],
                                       options: tuple[str, ...]) -> None:
    assert conformance(tmp_path, capsys, rows, *options)[0] == 2


def test_a_file_that_cannot_be_read_and_a_bad_line_are_named(tmp_path: Path,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conformance", str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
    (tmp_path / "bad.jsonl").write_text(json.dumps(OP) + "\n\n{", "utf-8")
    assert run(["conformance", str(tmp_path / "bad.jsonl")]) == 2
    assert "bad.jsonl, line 3" in capsys.readouterr().err


@pytest.mark.parametrize(("expected", "got", "equal"), [
    (1, 1, True), (1, True, False), (True, 1, False), (None, None, True), (None, 0, False), (0.15, 0.1505, True),
    (0.15, 0.152, False), (3, 3.0005, False), ("1.0", "1.00", False), ("1", 1, False), ({}, {"a": 1}, False),
    ({"a": [1, 2]}, {"a": [1, 2]}, True), ([1, 2], [2, 1], False), ([1], 1, False)])
def test_values_are_compared_whole(expected: Any, got: Any, equal: bool) -> None:
    assert same(expected, got, ASSESSMENT) is equal


@pytest.mark.shared
def test_every_public_row_of_hj_212_passes(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conformance", str(shared / "standards/hj212_vectors.jsonl")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "118 passed, 0 failed, 0 unrecognised"


@pytest.mark.shared
def test_no_row_of_the_assessment_of_air_fails(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["conformance", str(shared / "standards/examples_assess.jsonl"), "--only", "air.,gbt8170"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" passed, 0 failed, 0 unrecognised")
