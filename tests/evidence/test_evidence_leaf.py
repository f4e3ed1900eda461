"""Leaves byte by byte."""

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.evidence.leaf import (
    CommitmentMismatch,
    CrcVariant,
    FrameLeaf,
    Kind,
    LeafError,
    Verdict,
    build_frame,
    build_json,
    open_frame,
    parse,
)

RAW = b"##0050QN=20200401140000000;PW=123456;MN=A;CP=&&&&ABCD\r\n"
SPANS = [(30, 6), (49, 4)]
SALT = bytes(range(16))


def built(verdict: Verdict = Verdict.ACCEPTED, crc: CrcVariant = CrcVariant.STANDARD) -> tuple[bytes, bytes]:
    return build_frame(1_585_720_800_000_001, RAW, SPANS, SALT, "10.0.0.7", 40000, 9001, crc, verdict)


@pytest.mark.parametrize("kind", [k for k in Kind if k is not Kind.FRAME])
def test_every_kind_of_json_leaf_comes_back(kind: Kind) -> None:
    leaf = parse(build_json(kind, 7, {"b": 1, "a": "站点"}))
    assert (leaf.kind, leaf.received_us, leaf.payload) == (kind, 7, {"a": "站点", "b": 1})


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("crc", list(CrcVariant))
def test_every_verdict_and_crc_variant_comes_back(verdict: Verdict, crc: CrcVariant) -> None:
    leaf = parse(built(verdict, crc)[0])
    assert isinstance(leaf.payload, FrameLeaf)
    assert (leaf.kind, leaf.payload.verdict, leaf.payload.crc_variant) == (Kind.FRAME, verdict, crc)
    assert (leaf.payload.peer, leaf.payload.peer_port, leaf.payload.local_port) == ("10.0.0.7", 40000, 9001)


def test_secrets_are_overwritten_at_their_place_and_open_with_their_salt() -> None:
    data, secrets = built()
    frame = parse(data).payload
    assert secrets == b"123456ABCD"
    assert b"123456" not in data
    assert len(frame.masked) == len(RAW)
    assert open_frame(frame, SALT, secrets) == RAW
    with pytest.raises(CommitmentMismatch):
        open_frame(frame, SALT, b"123457ABCD")
    with pytest.raises(CommitmentMismatch):
        open_frame(frame, bytes(16), secrets)


@given(st.binary(max_size=300))
def test_a_frame_of_any_bytes_comes_back(raw: bytes) -> None:
    data, secrets = build_frame(1, raw, [], SALT, "::1", 1, 2, CrcVariant.NONE_MATCHED, Verdict.UNREADABLE)
    assert secrets == b""
    assert open_frame(parse(data).payload, SALT, b"") == raw


@given(st.integers(0, 10_000), st.integers(0, 7))
def test_no_changed_leaf_parses_to_the_same_content(place: int, bit: int) -> None:
    data, _ = built()
    changed = bytearray(data)
    changed[place % len(data)] ^= 1 << bit
    with suppress(LeafError):
        assert parse(bytes(changed)) != parse(data)


@pytest.mark.parametrize("leaf", [b"", b"QYL1", b"QYL2" + bytes(9), b"QYL1\x0c" + bytes(8),
                                  b"QYL1\x04" + bytes(8) + b'{"b":1, "a":2}', b"QYL1\x04" + bytes(8) + b"[]",
                                  b"QYL1\x04" + bytes(8) + b'{"a":NaN}', b"QYL1\x04" + bytes(8) + b'{"a":1,"a":1}',
                                  b"QYL1\x04" + bytes(8) + b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
                                  b"QYL1\x01" + bytes(8) + b"\1\1\0\1\0\1\1a\0" + bytes(65_536),
                                  b"QYL1\x01" + bytes(8) + b"\6\1\0\1\0\1\1a\0##",
                                  b"QYL1\x01" + bytes(8) + b"\1\1\0\1\0\1\1\xe9\0##",
                                  built()[0][:40], built()[0][:-5] + b"XY*\r\n"])
def test_what_is_no_canonical_leaf_is_refused(leaf: bytes) -> None:
    with pytest.raises(LeafError):
        parse(leaf)


@pytest.mark.parametrize("spans", [[(60, 1)], [(5, 0)], [(9, 3), (5, 2)], [(5, 4), (8, 2)]])
def test_spans_outside_or_out_of_order_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(LeafError):
        build_frame(1, RAW, spans, SALT, "a", 1, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)


def test_the_bytes_of_a_frame_leaf_are_those_of_the_formats_page() -> None:
    data, _ = build_frame(0x0102030405060708, b"ab##c", [(1, 1), (4, 1)], SALT, "::1", 0x1122, 0x3344,
                          CrcVariant.MODBUS, Verdict.BAD_CRC)
    proof = hashlib.sha256(b"qingyuan secret v1\0" + SALT + b"bc").digest()
    assert data == (b"QYL1\x01\x01\x02\x03\x04\x05\x06\x07\x08\x02\x04\x11\x22\x33\x44\x03::1\x02"
                    b"\x00\x01\x00\x01\x00\x04\x00\x01" + proof + b"a*##*")


@pytest.mark.parametrize(("peer", "port", "time", "raw"), [
    ("a", 65_536, 1, RAW), ("a", -1, 1, RAW), ("a", 1, -1, RAW), ("a", 1, 1 << 64, RAW), ("a" * 256, 1, 1, RAW),
    ("é", 1, 1, RAW), ("a", 1, 1, bytes(65_536))])
def test_what_does_not_fit_into_a_frame_leaf_is_refused(peer: str, port: int, time: int, raw: bytes) -> None:
    with pytest.raises(LeafError):
        build_frame(time, raw, [], SALT, peer, port, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)


def test_what_could_not_be_read_back_is_not_built() -> None:
    with pytest.raises(LeafError, match="is an object"):
        build_json(Kind.TICK, 1, [1])  # type: ignore[arg-type]
    with pytest.raises(LeafError, match="no receive time"):
        build_json(Kind.TICK, -1, {})
    with pytest.raises(LeafError, match="build_frame"):
        build_json(Kind.FRAME, 1, {})
    with pytest.raises(ValueError):
        build_json(Kind.TICK, 1, {"a": float("nan")})
