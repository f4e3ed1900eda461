"""The short way through the data area gives what the long way gives; what stays encrypted is not read."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan import hj212
from qingyuan.hj212 import FrameError, Note, area
from qingyuan.hj212.cipher import encrypt

NEVER = re.compile(r"(?!)")
CODE = st.sampled_from(["a21026", "A21026", "21026", "w01018", "011", "B01", "LA", "leq", "a21026 ", "a2102６",
                        "i11001"])
SUFFIX = st.sampled_from(["Rtd", "rtd", "Avg", "ZsAvg", "Cou", "Flag", "EFlag", "SampleTime", " Max", "RS", "Zs", "x"])
VALUE = st.sampled_from(["14.6", "-0.5", "+7", "", "N", "n", "NN", "1E3", "1.", ".5", "--", "１２", "20260230000000",
                         " 3", "3；4", "//a;b=c,d&&//", "//open", "1=2", "007", "3\n"])
PIECE = st.one_of(st.builds("{}-{}={}".format, CODE, SUFFIX, VALUE),
                  st.builds("{}={}".format, st.sampled_from(["DataTime", "datatime", "Flag", "PolId"]), VALUE),
                  st.sampled_from(["", " ", "a21026", "=1", "a21026-Rtd"]))
AREA = st.lists(st.tuples(PIECE, st.sampled_from(";,")), max_size=8).map(lambda x: "".join(a + b for a, b in x))


@given(AREA)
def test_the_short_way_equals_the_long_way(text: str) -> None:
    notes: set[Note] = set()
    found = area.read_area(text, notes)
    kept, long_notes = area.PLAIN, set[Note]()
    try:
        area.PLAIN = NEVER
        assert area.read_area(text, long_notes) == found
    finally:
        area.PLAIN = kept
    assert notes == long_notes


def test_a_data_area_under_another_key_gives_no_fields_and_the_head_all_the_same() -> None:
    draw = random.Random(4)
    body = ";".join(f"a{n:05d}-Rtd={n}.5,a{n:05d}-Flag=N" for n in range(12))
    plain = f"QN=20260315102000118;ST=31;CN=2011;PW=1;MN=A1;Flag=9;CP=&&{body}&&".encode()
    whole = hj212.wrap(plain)
    for _ in range(50):
        raw = whole[:6] + encrypt(plain, draw.randbytes(16)) + whole[-6:]
        telegram = hj212.decode(raw, key=draw.randbytes(16))
        assert (telegram.error, telegram.encrypted, telegram.mn) == (FrameError.CRC, True, "A1")
        assert (telegram.fields, telegram.factors, telegram.plain_segment) == ({}, {}, None)


@pytest.mark.parametrize(("digits", "ok", "match"), [("right", True, None), ("swapped", False, "standard_swapped"),
                                                     ("wrong", False, None)])
def test_the_crc_is_told_also_where_the_closing_mark_is_missing(digits: str, ok: bool, match: str | None) -> None:
    raw = hj212.wrap(b"ST=31;CN=2011;MN=A1;CP=&&a34001-Rtd=92;Flag=N")
    right = raw[-6:-2]
    sent = {"right": right, "swapped": right[2:] + right[:2], "wrong": b"0001"}[digits]
    telegram = hj212.decode(raw[:-6] + sent + b"\r\n")
    assert (telegram.valid, telegram.error, telegram.crc_ok) == (False, FrameError.LENGTH, ok)
    assert (telegram.crc_match, telegram.crc_calc) == (match, right.decode())
