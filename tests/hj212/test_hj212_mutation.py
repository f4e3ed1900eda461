"""Thousands of damaged packets against a slow judge that shares nothing with the codec."""

import random
import time
from collections.abc import Iterator

from qingyuan import hj212
from qingyuan.hj212 import PROFILES, Profile, RawFrame, StreamReader, secret_spans

HEAD = "QN=20260315102000118;ST=31;CN=2051;PW=123456;MN=A1;Flag=5;"
BASES = [hj212.wrap(segment) for segment in (
    f"{HEAD}CP=&&DataTime=20260315100000;a21026-Avg=14.6,a21026-Flag=N;a34004-Avg=53,a34004-Flag=N&&".encode(),
    f"{HEAD[:-2]}7;PNUM=2;PNO=1;CP=&&DataTime=20260315100000;i11001-Info=//更换, 滤膜;=&&//&&".encode(),
    f"{HEAD}CP=&&i11001-Info=//断电后重启//&&".encode("gbk"), b"ST=32;CN=2011;PW=12;MN=7;CP=&&011-Rtd=1E1;B01-Rtd=--&&",
    b"QN=20260315102000118;ST=31;CN=1072;PW=123456;MN=A1;Flag=9;CP=&&NewPW=654321&&", b"CP=&&&&")]
PIECES = [b"##", b"&&", b"CP=&&", b";", b",", b"=", b"-", b"//", b"\r\n", b" ", b"\0", b"PW=9", b"Flag=", b"0" * 40,
          "；".encode(), "＝".encode(), b"\xff", b"##0100QN=", b"9" * 5000]


def judged(raw: bytes) -> bool:
    """Whether bytes are a packet of the standard: length, closing mark and CRC, bit by bit (6.3, appendix A)."""
    if raw[:2] != b"##" or len(raw) < 6 or any(c not in b"0123456789" for c in raw[2:6]):
        return False
    end = 6 + sum((c - 48) * 10 ** (3 - i) for i, c in enumerate(raw[2:6]))
    if len(raw) < end + 4 or raw[6:end][-2:] != b"&&":
        return False
    register = 0xFFFF
    for byte in raw[6:end]:
        register = register >> 8 ^ byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 if register & 1 else register >> 1
    return raw[end:end + 4].upper() == b"%04X" % register


def damaged(draw: random.Random) -> bytes:
    raw = bytearray(draw.choice(BASES))
    for _ in range(draw.choice((0, 1, 1, 1, 2, 3))):
        place = draw.randrange(len(raw) + 1)
        action = draw.randrange(6)
        if action == 0 and place < len(raw):
            raw[place] ^= 1 << draw.randrange(8)
        elif action == 1:
            del raw[place:place + draw.randrange(1, 4)]
        elif action == 2:
            raw[place:place] = draw.choice(PIECES)
        elif action == 3:
            raw[2:6] = b"%04d" % draw.choice((0, 2, 7, 99, 1500, 9999, max(0, len(raw) - 12)))
        elif action == 4:
            del raw[place:]
        elif place + 8 < len(raw):
            raw[place], raw[place + 8] = raw[place + 8], raw[place]
    if draw.random() < 0.3 and len(raw) > 12:          # right length and CRC again, so that odd contents are read
        raw[:] = hj212.wrap(bytes(raw[6:-6])[:9999])
    return bytes(raw)


def cases(seed: int, count: int) -> Iterator[bytes]:
    draw = random.Random(seed)
    for _ in range(count):
        yield damaged(draw)


def test_valid_is_what_the_slow_judge_calls_valid_and_nothing_raises() -> None:
    profiles: list[Profile] = [*PROFILES.values(), Profile(("none",))]
    valid = 0
    for number, raw in enumerate(cases(212, 4000)):
        telegram = hj212.decode(raw, profiles[number % len(profiles)])
        assert telegram.valid == judged(raw), raw
        assert telegram.valid == (telegram.error is None)
        assert telegram.accepted or not telegram.valid
        answer = hj212.answer(telegram)
        assert answer is None or judged(answer)
        valid += telegram.valid
    assert 600 < valid < 3400


def test_a_stream_gives_only_what_the_slow_judge_calls_valid() -> None:
    draw = random.Random(14)
    for _ in range(250):
        parts = [damaged(draw) for _ in range(6)]
        reader, stream = StreamReader(), b"".join(parts) + BASES[0] * 10
        frames = []
        while stream:
            size = draw.randrange(1, 900)
            frames += [item.raw for item in reader.feed(stream[:size]) if isinstance(item, RawFrame)]
            stream = stream[size:]
        assert all(judged(raw) for raw in frames)
        assert frames


def test_no_password_that_the_codec_reads_is_left_in_the_open() -> None:
    for raw in cases(1072, 3000):
        masked = bytearray(raw)
        for offset, length in secret_spans(raw):
            masked[offset:offset + length] = b"*" * length
        shown = hj212.decode(bytes(masked), Profile(("none",)))
        for secret in (shown.pw, shown.fields.get("NewPW"), shown.fields.get("NewSK")):
            assert not (secret or "").strip("*&"), raw       # `&`: a closing mark cut in two


def test_secrets_of_an_endless_blank_run_are_found_in_linear_time() -> None:
    begun = time.process_time()
    for run in (b"\n", b"\r\n ", b",  ", b"&&A\n", b"CP ", b"\nPW=x"):
        raw = b"##9999PW=x" + run * (60_000 // len(run)) + b"x##0001PW=2;"
        assert secret_spans(raw)[-1][0] + secret_spans(raw)[-1][1] <= len(raw)
    assert time.process_time() - begun < 2
