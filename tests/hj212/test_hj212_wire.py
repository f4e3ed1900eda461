"""Writing and reading are inverse; damage is never called valid; secrets are found; answers are the standard's."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan import hj212
from qingyuan.hj212 import CannotEncode, CommandKind, damaged_spans, kind_of, secret_spans
from qingyuan.hj212.cipher import decrypt, encrypt

WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-_", min_size=1, max_size=12)
NAME = st.text("abcdefwL0123456789", min_size=1, max_size=6)
SUFFIX = st.sampled_from(["Rtd", "Min", "Avg", "Max", "Cou", "Flag", "ZsAvg", "EFlag"])
FACTORS = st.dictionaries(NAME, st.dictionaries(SUFFIX, WORD, min_size=1), max_size=6)
TEXTS = st.text("清洗管路,;=&ab 1", max_size=12).map(lambda t: f"//{t}//")


@given(FACTORS, st.text("0123456789", min_size=1, max_size=6), TEXTS)
def test_what_is_written_is_read_back(factors: dict[str, dict[str, str]], password: str, text: str) -> None:
    head = [("QN", "20260315102000118"), ("ST", "31"), ("CN", "2051"), ("PW", password), ("MN", "A1"), ("Flag", "5")]
    items = [[("DataTime", "20260315100000")], [("i11001-Info", text)]]
    items += [[(f"{code}-{suffix}", value) for suffix, value in values.items()] for code, values in factors.items()]
    telegram = hj212.decode(hj212.encode(head, items))
    assert telegram.valid
    assert telegram.header == dict(head)
    assert telegram.fields == {"DataTime": "20260315100000"}
    assert telegram.factors == {"i11001": {"Info": text}, **factors}


@pytest.mark.parametrize("value", ["a;b", "a,b", "a&b", " a", "a//b", "x；y"])
def test_values_that_would_not_come_back_are_refused(value: str) -> None:
    with pytest.raises(CannotEncode):
        hj212.encode([("MN", "A")], [[("a-Rtd", value)]])


def slow_crc(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return register


def test_three_thousand_mutations_never_raise_and_valid_means_valid() -> None:
    draw = random.Random(212)
    head = [("QN", "20260315102000118"), ("ST", "31"), ("CN", "2051"), ("PW", "123456"), ("MN", "A1"), ("Flag", "7"),
            ("PNUM", "2"), ("PNO", "1")]
    good = hj212.encode(head, [[("DataTime", "20260315100000")], [("a21026-Avg", "14.6"), ("a21026-Flag", "N")]])
    valid = 0
    for _ in range(3000):
        raw = bytearray(good)
        for _ in range(draw.randrange(1, 4)):
            place = draw.randrange(len(raw))
            action = draw.randrange(3)
            if action == 0:
                raw[place] = draw.randrange(256)
            elif action == 1:
                del raw[place]
            else:
                raw.insert(place, draw.choice(b";,=&#0N-"))
        telegram = hj212.decode(bytes(raw))
        hj212.answer(telegram)
        secret_spans(bytes(raw))
        if telegram.valid:
            valid += 1
            found = re.match(rb"##(\d{4})", bytes(raw))
            assert found is not None
            segment = bytes(raw[6:6 + int(found.group(1))])
            assert segment.endswith(b"&&")
            assert slow_crc(segment) == int(raw[6 + len(segment):10 + len(segment)], 16)
    assert 0 < valid < 300


@pytest.mark.parametrize(("raw", "hidden"), [
    (b"##0001QN=1;PW=123456;MN=A;CP=&&&&ABCD\r\n", [b"123456", b"ABCD"]),
    (b"##0001pw = 12 ;MN=A;CP=&&&&ABCD", [b"12", b"ABCD"]),
    (b"##0001PW=1;CP=&&NewPW=654321&&00FF\r\n", [b"1", b"654321", b"00FF"]),
    (b"##0001PW=1;CP=&&NewSK=0123456789abcdef&&00FF\r\n", [b"1", b"0123456789abcdef", b"00FF"]),
    (b"##0001PW=cut", [b"cut"]), (b"MN=A;CP=&&&&ABCD\r\n", []), (b"##0001ST=31PW=5;CP=&&&&ABCD\r\n", [b"5", b"ABCD"]),
    (b"##0750PW=1;CP=&&&&8581\0\0", [b"1", b"8581"]), (b"##0001PW=1;CP = &&DataTime=2", [b"1"]),
    ("##0001PW\u3000=\u30001;CP=&&&&AB12".encode(), [b"1", b"AB12"]), (b"##0001PW=a,b;MN=1", [b"a,b"]),
    ("##0001PW＝1;MN=1".encode("gbk"), [b"1"]), (b"##0001PW=a,MN=1", [b"a"]), (b"##0001PW=a\r\nb;M", [b"a\r\nb"]),
    (b"##0001PW=a&&b&c;CP=&&&&AB12\r\n", [b"a&&b&c", b"AB12"]), (b"##0001PW=1CP=&&DataTime=2;", [b"1"]),
    (b"##0001PW_=1;CP=&&NewSK=a&b&&AB12\r\n", [b"1", b"a&b", b"AB12"]),
    (b"##0001PW=1;CP=&&NewPW=1&&AB\r\n##0001PW=1", [b"1", b"1", b"AB", b"1"]), (b"##0001MN=SPW_1;CP=&&&&AB12", []),
    (b"##0001PW=1;CP=&&&&AB1\r\n##0001PW=2;CP=&&&&CD\r\n", [b"1", b"AB1", b"2", b"CD"])])
def test_secrets_and_the_crc_digits_beside_them_are_found(raw: bytes, hidden: list[bytes]) -> None:
    assert [raw[o:o + n] for o, n in secret_spans(raw)] == hidden


@given(st.binary(max_size=200), st.integers(0, 400))
def test_spans_rise_without_overlap_and_fit_a_leaf(noise: bytes, times: int) -> None:
    raw = noise + b"PW=1;" * times + noise
    spans = secret_spans(raw)
    assert len(spans) <= 200
    assert all(length > 0 for _, length in spans)
    ends = [0, *(offset + length for offset, length in spans)]
    assert all(end <= offset for end, (offset, _) in zip(ends, spans, strict=False))
    assert ends[-1] <= len(raw)
    hidden = bytearray(raw)
    for offset, length in spans:
        hidden[offset:offset + length] = b"*" * length
    assert b"PW=1" not in hidden


@given(st.text("PWpw=;,NewSKC 1&", max_size=30))
def test_no_password_that_is_read_stays_in_sight(head: str) -> None:
    raw = hj212.wrap(f"MN=A;{head};CP=&&&&".encode())
    hidden = bytearray(raw)
    for offset, length in secret_spans(raw):
        hidden[offset:offset + length] = b"*" * length
    assert set(hj212.decode(bytes(hidden)).pw or "") <= {"*"}


@pytest.mark.parametrize(("cn", "flag", "answer"), [
    ("1000", "5", None), ("2012", "5", b"CN=9013"), ("2061", "23", b"Flag=20;"), ("2061", "1", b"Flag=0;"),
    ("2061", "5", b"CN=9014"), ("2061", "4", None), ("2061", "", None), ("1013", "5", b"CN=9013"),
    ("9015", "9", b"CN=9013"), ("9999", "9", None), ("9014", "5", None), ("2999", "5", b"CN=9014"),
    ("2071", "1", b"CN=9014")])
def test_uploads_notices_and_heartbeats_are_answered_where_wanted(cn: str, flag: str, answer: bytes | None) -> None:
    head = [("QN", "20260315102000118"), ("ST", "31"), ("CN", cn), ("PW", "1"), ("MN", "A")]
    raw = hj212.encode([*head, ("Flag", flag)] if flag else head, [])
    got = hj212.answer(hj212.decode(raw))
    assert (got is None) == (answer is None)
    if got is not None and answer is not None:
        assert answer in got
        assert hj212.decode(got).valid


def test_only_what_is_accepted_is_answered() -> None:
    raw = hj212.encode([("QN", "1"), ("CN", "2061"), ("MN", "A"), ("Flag", "5")], [])[:-6] + b"F001\r\n"
    assert hj212.answer(hj212.decode(raw)) is None
    assert hj212.answer(hj212.decode(raw, hj212.Profile(("none",)))) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "latin-1"])
def test_an_answer_repeats_the_bytes_it_received(encoding: str) -> None:
    mn = "é" if encoding == "latin-1" else "南京"
    raw = hj212.encode([("CN", "2061"), ("MN", mn), ("Flag", "5")], [], encoding)
    assert f"MN={mn};".encode(encoding) in (hj212.answer(hj212.decode(raw)) or b"")


@pytest.mark.parametrize(("head", "answered"), [
    ([("QN", "1" * 9965), ("MN", "A")], b"##0033ST=91;CN=9014;MN=A;"), ([("MN", "1" * 9970)], None)])
def test_an_answer_that_would_be_too_long_goes_without_qn_or_not_at_all(head: list[tuple[str, str]],
                                                                        answered: bytes | None) -> None:
    telegram = hj212.decode(hj212.encode([("CN", "2061"), *head, ("Flag", "5")], []))
    got = hj212.answer(telegram)
    assert telegram.valid
    assert got is answered if answered is None or got is None else got.startswith(answered)


def test_every_kind_of_command_occurs() -> None:
    kinds = {kind for c in hj212.COMMANDS.values() for kind in (c.up, c.down) if kind}
    assert kinds == set(CommandKind)
    assert kind_of("8888") is CommandKind.UPLOAD


@given(st.binary(max_size=100), st.binary(min_size=16, max_size=16))
def test_sm4_keeps_the_length_and_comes_back(area: bytes, key: bytes) -> None:
    segment = b"QN=1;CP=&&" + area + b"&&"
    hidden = encrypt(segment, key)
    assert len(hidden) == len(segment)
    assert decrypt(hidden, key) == segment


def test_sm4_is_that_of_gbt_32907() -> None:
    plain = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    hidden = encrypt(b"CP=&&" + plain + b"&&", plain)
    assert hidden[5:21].hex().upper() == "681EDF34D206965E86B3E94F536E4246"


def test_a_damaged_frame_shows_no_part_of_its_password() -> None:
    draw, secret = random.Random(9), "SECRET6f1d20aa"
    head = [("QN", "20200401120000001"), ("ST", "22"), ("CN", "2061"), ("PW", secret), ("MN", "A1"), ("Flag", "5")]
    good = hj212.encode(head, [[("DataTime", "20200401120000")], [("a34004-Avg", "35"), ("a34004-Flag", "N")]])
    for _ in range(2000):
        raw = bytearray(good)
        for _ in range(draw.randrange(1, 4)):
            place = draw.randrange(len(raw))
            raw[place:place] = draw.choice([b"\r\n", b"\x17", b";", b"=", b"##0099", b"&&", b" "])
        shown = bytearray(raw)
        for offset, length in damaged_spans(bytes(raw)):
            shown[offset:offset + length] = b"*" * length
        assert not any(secret[i:i + 4].encode() in shown for i in range(len(secret) - 3)), bytes(raw)
    shown = bytearray(good)
    for offset, length in damaged_spans(good):
        shown[offset:offset + length] = b"*" * length
    assert b"MN=A1" in shown
    assert b"a34004-Avg=35" in shown
