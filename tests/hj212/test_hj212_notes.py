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


ALSO: list[tuple[Note, str]] = [
    (Note.KEY_CASE, HEAD + "cp=&&a21026-Rtd=1&&"), (Note.KEY_CASE, HEAD + "CP=&&A21026-Rtd=1&&"),
    (Note.KEY_CASE, HEAD + "CP=&&a21026-rtd=1&&"), (Note.KEY_CASE, HEAD + "CP=&&CTime=2&&"),
    (Note.BLANKS, HEAD + "CP =&&&&"), (Note.BLANKS, HEAD + " CP=&&&&"), (Note.BLANKS, HEAD + "CP=&& &&"),
    (Note.BLANKS, HEAD + "CP=&&a21026 -Rtd=1&&"), (Note.BAD_FIELD, HEAD + "junk;CP=&&&&"),
    (Note.BAD_FIELD, HEAD + "CP=&&a21026-Rtd=1,junk&&"), (Note.BAD_FIELD, HEAD + "CP=&&a＝1&&"),
    (Note.BAD_TIME, head(QN="20260315242000118") + CP), (Note.BAD_TIME, HEAD + "CP=&&CstartTime=240000&&"),
    (Note.BAD_TIME, HEAD + "CP=&&a21026-SampleTime=20260315106000&&"), (Note.BAD_FLAG, head(Flag="9" * 5000) + CP),
    (Note.BAD_SPLIT, head(Flag="7", PNUM="9" * 5000, PNO="1") + CP), (Note.BAD_SPLIT, head(Flag="7", PNUM="2") + CP),
    (Note.NUMBER_FORMAT, HEAD + "CP=&&RtdInterval=3E1&&"), (Note.EMPTY_ITEM, HEAD + "CP=&&a-Rtd=1,&&"),
    (Note.HEAD_SEPARATOR, HEAD.rstrip(";") + "CP=&&&&")]


@pytest.mark.parametrize(("note", "segment"), ALSO)
def test_each_form_of_a_tolerance_raises_its_note_alone(note: Note, segment: str) -> None:
    telegram = hj212.decode(packet(segment))
    assert telegram.valid
    assert telegram.notes - {Note.OVERSIZE} == {note}


@pytest.mark.parametrize("segment", [
    HEAD + "CP=&&i11001-Info=//a;b,c＝d&&e//&&", HEAD + "CP=&&SKCreateTime=20260315102000118&&",
    HEAD + "CP=&&a21026-EFlag=1E5&&", HEAD + "CP=&&a21026-EFlag=k=2&&", head(PW="a,b") + CP,
    head(Flag="11") + "PNO=0002;PNUM=0002;RF=1;" + CP, HEAD + "CP=&&L5-Data=53.0;Leq-Data=50.0;SB1-RT=1.1;B02-Rtd=1&&"])
def test_what_the_standard_has_raises_nothing(segment: str) -> None:
    assert hj212.decode(packet(segment)).notes == frozenset()


def test_names_and_values_stay_as_received() -> None:
    telegram = hj212.decode(packet("Mn=A1;pw= a,b ;junk;PNO=1;CP=&&A21026 -rtd= 1 ;i11001-Info=//;,=&&//;CTime=2&&"))
    assert telegram.header == {"Mn": "A1", "pw": "a,b", "PNO": "1"}
    assert (telegram.mn, telegram.pw) == ("A1", "a,b")
    assert telegram.factors == {"A21026": {"rtd": "1"}, "i11001": {"Info": "//;,=&&//"}}
    assert telegram.fields == {"CTime": "2"}


@pytest.mark.parametrize("raw", [packet(HEAD + CP)[:-6] + b"****\r\n", packet(HEAD + CP)[:-6] + b"0000\r\n"])
def test_a_frame_whose_crc_is_withheld_or_wrong_is_read_all_the_same(raw: bytes) -> None:
    for profile in (Profile(), Profile(("none",))):
        telegram = hj212.decode(raw, profile)
        assert telegram.header["MN"] == "A1"
        assert telegram.factors == {"a21026": {"Rtd": "14.6"}}
        assert telegram.data_time_us == 1_773_541_200_000_000
        assert (telegram.valid, telegram.accepted) == (False, "none" in profile.crc)


def test_the_tail_of_an_unpadded_crc_is_seen_rightly() -> None:
    raw, profile = FORGIVEN[Note.CRC_UNPADDED]
    assert Note.TAIL not in hj212.decode(raw, profile).notes
    assert Note.TAIL in hj212.decode(raw[:-2], profile).notes


def test_a_wrong_length_gives_the_crc_of_the_declared_segment() -> None:
    telegram = hj212.decode(b"##0010" + packet(HEAD + CP)[6:])
    assert (telegram.error, telegram.crc_calc) == (FrameError.LENGTH, f"{hj212.crc(HEAD[:10].encode()):04X}")


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
