"""Decoding HJ 212 packets, CRC, notes and all, beside a plain regex reader that checks the CRC byte by byte."""

from __future__ import annotations

import re

from bench.table import Row, seconds
from qingyuan import hj212
from qingyuan.hj212.crc import TABLE

FACTORS = ("a21026", "a21004", "a21005", "a05024", "a34002", "a34004", "a01001", "a01002", "a01006", "a01007")
PACKETS = 2000
HEAD = re.compile(rb"##(\d{4})(.*&&)([0-9A-F]{4})\r\n", re.DOTALL)
ITEM = re.compile(rb"([A-Za-z0-9]+)-([A-Za-z]+)=([^,;&]*)")


def packet(number: int) -> bytes:
    """A minute packet (2051) of ten factors with Min, Avg, Max, Flag: about 760 bytes."""
    head = [("QN", f"20200401{number:09d}"), ("ST", "22"), ("CN", "2051"), ("PW", "123456"),
            ("MN", f"A{number % 3000:023d}"), ("Flag", "5")]
    items = [[("DataTime", "20200401120000")]]
    for place, code in enumerate(FACTORS):
        value = (number * 7 + place * 13) % 977
        items.append([(f"{code}-{suffix}", f"{(value + shift) / 10:.1f}") for suffix, shift in
                      (("Min", 0), ("Avg", 7), ("Max", 19))] + [(f"{code}-Flag", "N")])
    return hj212.encode(head, items)


def plain(raw: bytes) -> dict[tuple[bytes, bytes], bytes] | None:
    """What a short script would do: one pattern, the table CRC, a dictionary."""
    found = HEAD.fullmatch(raw)
    if found is None or int(found.group(1)) != len(found.group(2)):
        return None
    register = 0xFFFF
    for byte in found.group(2):
        register = TABLE[register >> 8 ^ byte]
    if register != int(found.group(3), 16):
        return None
    return {(code, suffix): value for code, suffix, value in ITEM.findall(found.group(2))}


def rows() -> list[Row]:
    """Packets a second of the reference codec and of the stream reader."""
    packets = [packet(n) for n in range(PACKETS)]
    stream = b"".join(packets)
    ours = PACKETS / seconds(lambda: [hj212.decode(raw) for raw in packets])
    peer = PACKETS / seconds(lambda: [plain(raw) for raw in packets])
    framed = PACKETS / seconds(lambda: hj212.StreamReader(len(stream) + 1).feed(stream))
    size = len(stream) // PACKETS
    return [Row("decode 2051, ten factors", ours, "packets/s", "regex reader with byte-table CRC", peer, f"{size} B"),
            Row("frame and check CRC in a stream", framed, "packets/s", "regex reader with byte-table CRC", peer)]
