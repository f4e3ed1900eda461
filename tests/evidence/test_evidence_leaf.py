"""Leaves byte by byte."""

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
                                  built()[0][:40]])
def test_what_is_no_canonical_leaf_is_refused(leaf: bytes) -> None:
    with pytest.raises(LeafError):
        parse(leaf)


@pytest.mark.parametrize("spans", [[(60, 1)], [(5, 0)], [(9, 3), (5, 2)], [(5, 4), (8, 2)]])
def test_spans_outside_or_out_of_order_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(LeafError):
        build_frame(1, RAW, spans, SALT, "a", 1, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)
