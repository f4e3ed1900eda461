"""`qingyuan hj212 decode`: bytes in, one JSON object a packet out, exit code by the profile."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from qingyuan import hj212
from qingyuan.cli.main import run
from qingyuan.hj212.cipher import encrypt
from qingyuan.hj212.crc import modbus

HEAD = "QN=20260315102000118;ST=31;CN=2011;PW=654321;MN=A1;Flag=5;"
SEGMENT = f"{HEAD}CP=&&DataTime=20260315102000;a21026-Rtd=14.6,a21026-Flag=N&&".encode()
GOOD = hj212.wrap(SEGMENT)
MODBUS = GOOD[:-6] + b"%04X\r\n" % modbus(SEGMENT)


def decode(data: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
           *options: str) -> tuple[int, list[dict[str, Any]]]:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    code = run(["hj212", "decode", *options])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_good_packet_is_told_whole(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, (found,) = decode(GOOD, monkeypatch, capsys)
    assert code == 0
    assert (found["valid"], found["accepted"], found["notes"], found["crc"]) == (True, True, [], found["crc_calc"])
    assert found["factors"] == {"a21026": {"Rtd": "14.6", "Flag": "N"}}
    assert found["numeric"] == {"a21026": "14.6"}
    assert found["flag"] == {"version": "2017", "split": False, "ack": True}
    assert found["ack"].startswith("##0065QN=20260315102000118;ST=91;CN=9014;")


def test_a_stream_of_good_bad_and_cut_packets_gives_one_line_each(monkeypatch: pytest.MonkeyPatch,
                                                                  capsys: pytest.CaptureFixture[str]) -> None:
    stream = b"OK\r\n" + GOOD + b"\0\0" + GOOD[:-6] + b"0000\r\n" + GOOD + b"##0750" + GOOD[6:] + GOOD + GOOD[:40]
    code, found = decode(stream, monkeypatch, capsys)
    assert code == 1
    assert [(f["valid"], f["error"]) for f in found] == [
        (True, None), (False, "crc"), (True, None), (False, "length"), (True, None), (False, "length")]
    assert found[1]["fields"] == {"DataTime": "20260315102000"}
    assert found[1]["ack"] is None


@pytest.mark.parametrize(("options", "code", "accepted"), [
    ((), 1, False), (("--profile", "modbus"), 0, True), (("--profile", "lenient"), 0, True),
    (("--profile", "modbus_swapped"), 1, False)])
def test_a_profile_decides_what_is_accepted_never_what_is_valid(
        monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: int,
        accepted: bool) -> None:
    got, (found,) = decode(MODBUS, monkeypatch, capsys, *options)
    assert (got, found["accepted"], found["valid"], found["crc_match"]) == (code, accepted, False, "modbus")
    assert ("crc_profile" in found["notes"]) is accepted


def test_a_key_opens_what_is_encrypted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    key = bytes(range(16))
    hidden = GOOD[:6] + encrypt(SEGMENT, key) + GOOD[-6:]
    code, (found,) = decode(hidden, monkeypatch, capsys, "--key", key.hex())
    assert (code, found["encrypted"], found["plain_segment"]) == (0, True, SEGMENT.decode())
    code, (found,) = decode(hidden, monkeypatch, capsys)
    assert (code, found["error"], found["header"]["MN"]) == (1, "crc", "A1")


TEXT = f"{HEAD}CP=&&i21001-Info=//断电后重启 ##0004//&&"
IN_CHARACTERS = b"##%04d" % len(TEXT) + hj212.wrap(TEXT.encode())[6:]
UNPADDED = next(p[:-6] + p[-5:] for n in range(999) if (p := hj212.wrap(SEGMENT.replace(b"14.6", b"%d" % n)))[-6] == 48)


@pytest.mark.parametrize(("profile", "code"), [("strict", 1), ("lenient", 0)])
@pytest.mark.parametrize(("raw", "fault"), [(IN_CHARACTERS, "length_in_chars"), (UNPADDED, "crc_unpadded"),
                                            (UNPADDED.rstrip(), "crc_unpadded")])
def test_what_a_profile_forgives_is_found_in_a_stream(monkeypatch: pytest.MonkeyPatch,
                                                      capsys: pytest.CaptureFixture[str], raw: bytes, fault: str,
                                                      profile: str, code: int) -> None:
    got, found = decode(GOOD + raw + GOOD + raw, monkeypatch, capsys, "--profile", profile)
    assert (got, [f["valid"] for f in found]) == (code, [True, False, True, False])
    assert [f["recoverable"] for f in found] == [None, fault, None, fault]
    assert [f["accepted"] for f in found] == [True, not code, True, not code]


def test_packets_behind_one_that_is_waited_for_are_told_too(monkeypatch: pytest.MonkeyPatch,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    _, found = decode(b"##9000" + GOOD[6:] + MODBUS + MODBUS + b"#", monkeypatch, capsys)
    assert [(f["error"], f["crc_match"]) for f in found] == [("length", None), ("crc", "modbus"), ("crc", "modbus")]


@pytest.mark.parametrize("noise", [b"", b"#", b"hello\r\n\0", b"##12A4"])
def test_where_there_is_no_packet_nothing_is_told(noise: bytes, monkeypatch: pytest.MonkeyPatch,
                                                  capsys: pytest.CaptureFixture[str]) -> None:
    assert decode(noise, monkeypatch, capsys) == (0, [])


@pytest.mark.parametrize("options", [("--profile", "unheard"), ("--key", "12"), ("--key", "zz")])
def test_what_cannot_be_done_is_two(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                    options: tuple[str, str]) -> None:
    assert decode(GOOD, monkeypatch, capsys, *options) == (2, [])
