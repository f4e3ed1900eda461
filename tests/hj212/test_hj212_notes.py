"""Every tolerance raises its note, every fault its error; notes never make a packet invalid."""

import pytest

from qingyuan import hj212
from qingyuan.hj212 import PROFILES, FrameError, Note, Profile

HEAD = "QN=20260315102000118;ST=31;CN=2011;PW=654321;MN=A1;Flag=5;"
CP = "CP=&&DataTime=20260315102000;a21026-Rtd=14.6&&"


def packet(segment: str, *, encoding: str = "utf-8", tail: bytes = b"\r\n", lower: bool = False) -> bytes:
    raw = hj212.wrap(segment.encode(encoding))
    body, digits = raw[:-6], raw[-6:-2]
    return body + (digits.lower() if lower else digits) + tail


def head(**changed: str) -> str:
    parts = dict(item.split("=") for item in HEAD.strip(";").split(";"))
    parts.update(changed)
    return "".join(f"{name}={value};" for name, value in parts.items() if value)


LOWER = next(p for n in range(99) if (p := packet(HEAD + CP.replace("14.6", str(n)), lower=True))[-6:-2].upper()
             != p[-6:-2])
ODD: dict[Note, bytes] = {
    Note.NO_QN: packet(head(QN="") + CP),
    Note.NO_FLAG: packet(head(Flag="") + CP),
    Note.BAD_FLAG: packet(head(Flag="300") + CP),
    Note.UNKNOWN_VERSION: packet(head(Flag="21") + CP),
    Note.FLAG_MISMATCH: packet(HEAD + "PNUM=2;PNO=1;" + CP),
    Note.BAD_SPLIT: packet(head(Flag="7") + "PNUM=2;PNO=3;" + CP),
    Note.DUPLICATE_HEADER: packet(HEAD + "PW=000000;" + CP),
    Note.DUPLICATE_FACTOR: packet(HEAD + CP.replace("14.6", "14.6;a21026-Rtd=9")),
    Note.KEY_CASE: packet(HEAD.replace("MN=", "Mn=") + CP),
    Note.BAD_TIME: packet(HEAD + CP.replace("20260315102000", "20260230102000")),
    Note.DATATIME_17: packet(HEAD + CP.replace("20260315102000", "20260315102000118")),
    Note.BAD_FIELD: packet(HEAD + CP.replace("a21026-Rtd=14.6", "a21026-Rtd=14.6；x")),
    Note.ORPHAN_FLAG: packet(HEAD + CP.replace("14.6", "14.6;Flag=N")),
    Note.NUMBER_FORMAT: packet(HEAD + CP.replace("14.6", "1.46E1")),
    Note.CODE_PREFIX: packet(HEAD + CP.replace("a21026", "21026")),
    Note.HEAD_SEPARATOR: packet(HEAD.replace("ST=31;", "ST=31,") + CP),
    Note.ITEM_SEPARATOR: packet(HEAD + "CP=&&BeginTime=20260315000000,EndTime=20260315100000&&"),
    Note.EMPTY_ITEM: packet(HEAD + CP.replace("14.6&&", "14.6;&&")),
    Note.BLANKS: packet(HEAD + CP.replace("=14.6", " = 14.6")),
    Note.TEXT_ENCODING: packet(HEAD + "CP=&&i11001-Info=//更换滤膜//&&", encoding="gbk"),
    Note.TAIL: packet(HEAD + CP, tail=b"\n"),
    Note.OVERSIZE: packet(HEAD + "CP=&&" + ";".join(f"a{n:05d}-Rtd=1.0" for n in range(90)) + "&&"),
    Note.CRC_LOWERCASE: LOWER,
}
FORGIVEN: dict[Note, tuple[bytes, Profile]] = {
    Note.CRC_PROFILE: (packet(HEAD + CP)[:-6] + b"F%03X\r\n" % 1, Profile(("none",))),
    Note.LENGTH_IN_CHARS: (b"##%04d" % len(HEAD + "CP=&&i11001-Info=//断电//&&") + packet(
        HEAD + "CP=&&i11001-Info=//断电//&&")[6:], PROFILES["lenient"]),
    Note.CRC_UNPADDED: (next(p[:-6] + p[-5:] for n in range(9999) if (p := packet(HEAD + CP.replace(
        "14.6", str(n))))[-6:-5] == b"0"), PROFILES["lenient"]),
}


def test_the_tables_name_every_note() -> None:
    assert set(ODD) | set(FORGIVEN) == set(Note)


@pytest.mark.parametrize("note", list(ODD))
def test_a_tolerance_raises_its_note_and_the_packet_stays_valid(note: Note) -> None:
    telegram = hj212.decode(ODD[note])
    assert note in telegram.notes
    assert telegram.valid
    assert telegram.error is None


@pytest.mark.parametrize("note", list(FORGIVEN))
def test_a_profile_forgives_with_a_note_and_the_packet_stays_invalid(note: Note) -> None:
    raw, profile = FORGIVEN[note]
    strict, lenient = hj212.decode(raw), hj212.decode(raw, profile)
    assert not strict.accepted
    assert note not in strict.notes
    assert lenient.accepted
    assert not lenient.valid
    assert note in lenient.notes


@pytest.mark.parametrize(("raw", "error"), [
    (b"##0200" + packet(HEAD + CP)[6:], FrameError.LENGTH), (packet(HEAD + CP)[:-6] + b"FFFF\r\n", FrameError.CRC),
    (b"##abcd" + packet(HEAD + CP)[6:], FrameError.LENGTH), (b"", FrameError.LENGTH), (b"##0002&&", FrameError.CRC)])
def test_faults_of_length_and_crc_make_a_packet_invalid(raw: bytes, error: FrameError) -> None:
    telegram = hj212.decode(raw)
    assert (telegram.valid, telegram.error) == (False, error)


def test_a_clean_packet_has_no_note() -> None:
    telegram = hj212.decode(packet(HEAD + CP))
    assert telegram.notes == frozenset()
    assert telegram.header == {"QN": "20260315102000118", "ST": "31", "CN": "2011", "PW": "654321", "MN": "A1",
                               "Flag": "5"}
    assert telegram.factors == {"a21026": {"Rtd": "14.6"}}


@pytest.mark.parametrize(("text", "plain"), [
    ("14.6", "14.6"), ("+7.50", "7.50"), (".25", "0.25"), ("31.", "31"), ("-3.2", "-3.2"), ("", None), ("--", None),
    ("NaN", None), ("NULL", None), ("2E-1", None), ("0x10", None), (".", None), ("１", None), ("1,5", None)])
def test_numbers_are_plain_decimals_or_missing(text: str, plain: str | None) -> None:
    assert hj212.numeric(text) == plain
