"""Packets out of a stream, however it is cut, and under attack."""

import time

from hypothesis import given
from hypothesis import strategies as st

from qingyuan import hj212
from qingyuan.hj212 import BadSpan, RawFrame, StreamReader


def telegram(number: int) -> bytes:
    head = [("QN", f"20260315{number:09d}"), ("ST", "31"), ("CN", "2011"), ("PW", "1"), ("MN", "A"), ("Flag", "5")]
    return hj212.encode(head, [[("DataTime", "20260315102000")], [("a21026-Rtd", str(number))]])


def frames(reader: StreamReader, pieces: list[bytes]) -> tuple[list[bytes], int]:
    found = [item for piece in pieces for item in reader.feed(piece)]
    return [item.raw.rstrip() for item in found if isinstance(item, RawFrame)], reader.bad_frames


NOISE = st.sampled_from([b"", b"\r\n", b"\0\0", b"OK\r\n", b"#", b"##", b"##12", b"##12A4xx", b"##0003abcFFFF",
                         telegram(7)[:30], telegram(8)[:-6] + b"0000\r\n", b"##0750" + telegram(9)[6:]])


PARTS = st.lists(st.tuples(NOISE, st.integers(0, 99)), min_size=1, max_size=6)


@given(PARTS, st.lists(st.integers(1, 40), max_size=60))
def test_any_cutting_gives_the_same_packets(parts: list[tuple[bytes, int]], cuts: list[int]) -> None:
    stream = b"".join(noise + telegram(number) for noise, number in parts) + telegram(500) * 8
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(stream[at:at + cut])
        at += cut
    pieces.append(stream[at:])
    whole, _ = frames(StreamReader(), [stream])
    cut_up, _ = frames(StreamReader(), pieces)
    assert cut_up == whole
    assert whole[-1] == telegram(500).rstrip()


@given(st.binary(max_size=400))
def test_every_byte_of_noise_is_dropped_kept_or_given_up(noise: bytes) -> None:
    reader = StreamReader()
    for item in reader.feed(noise):
        assert isinstance(item, (RawFrame, BadSpan))
        assert item.raw in noise
    assert noise.endswith(reader.remainder)


def test_one_byte_at_a_time_is_read_without_quadratic_work() -> None:
    stream = b"##9999" + b"x" * 9000 + telegram(1) * 20
    begun = time.process_time()
    found, bad = frames(StreamReader(), [stream[i:i + 1] for i in range(len(stream))])
    assert len(found) == 20
    assert bad == 1
    assert time.process_time() - begun < 5


def test_candidates_that_never_end_are_looked_at_once() -> None:
    reader, begun = StreamReader(), time.process_time()
    stream = b"##9999QN=" * 3000
    for at in range(len(stream)):
        reader.feed(stream[at:at + 1])
    assert len(reader.remainder) < 11_000
    assert time.process_time() - begun < 3


def test_given_up_spans_hold_no_more_than_came() -> None:
    items = StreamReader().feed(b"##9999" * 20_000)
    assert len(items) > 10_000
    assert sum(len(item.raw) for item in items) <= 120_000


def test_a_packet_within_a_log_text_is_not_taken_for_the_one_that_holds_it() -> None:
    inner = telegram(1)[:-2]
    outer = hj212.wrap(b"QN=1;CP=&&i11001-Info=//" + inner + b"//&&")
    assert frames(StreamReader(), [outer]) == ([outer.rstrip()], 0)
    assert frames(StreamReader(), [b"##9999" + outer]) == ([outer.rstrip()], 1)


def test_without_room_for_a_segment_nothing_holds() -> None:
    for segment in (b"", b"&"):
        reader = StreamReader(accept=lambda segment, digits: True)
        assert [type(i) for i in reader.feed(b"##%04d" % len(segment) + segment + b"&&&&")] == [BadSpan]


def test_a_buffer_beyond_its_limit_is_given_up() -> None:
    reader = StreamReader(limit=100)
    items = reader.feed(b"##9999" + b"x" * 200)
    assert [type(i) for i in items] == [BadSpan]
    assert reader.remainder == b""


def test_a_resync_attack_of_a_megabyte_is_worked_off() -> None:
    reader, begun = StreamReader(), time.process_time()
    attack = b"##9999" * 170_000
    for at in range(0, len(attack), 65_536):
        reader.feed(attack[at:at + 65_536])
    found, _ = frames(reader, [telegram(1) + b"x" * 10_100 + telegram(2)])
    assert telegram(2).rstrip() in found
    assert len(reader.remainder) < 70_000
    assert time.process_time() - begun < 20


def test_a_good_packet_behind_a_giant_length_is_not_waited_for() -> None:
    reader = StreamReader()
    found, bad = frames(reader, [b"##9999" + b"QN=1;CP=&&", telegram(3)])
    assert (found, bad) == ([telegram(3).rstrip()], 1)


def test_given_up_spans_do_not_overlap_what_follows() -> None:
    stream = b"##0750" + telegram(1)[6:] + telegram(2) + telegram(3)
    items = StreamReader().feed(stream)
    assert b"".join(item.raw for item in items) == stream
