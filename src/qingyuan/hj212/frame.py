"""Packets out of a byte stream: by length, never by searching for line ends (hj212 6.3).

A declared packet that does not hold is given up once, and the search goes on inside it, so that one wrong length
cannot swallow good packets. A packet longer than what has come is waited for, unless a good one lies behind its start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from qingyuan.hj212.crc import crc

HEAD, HEAD_LENGTH, CRC_LENGTH = b"##", 6, 4
TAIL = b"\r\n \t"
LIKELY = re.compile(rb"##(?=\d{4}(?:QN|ST|MN|CN)=)")
LIKELY_LENGTH = 9
Accept = Callable[[bytes, bytes], bool]
Found = tuple[int, int, bool]         # start, end, whether it is a good packet


@dataclass(frozen=True, slots=True)
class RawFrame:
    """An accepted packet, from `##` to the end of the tail that had come."""

    raw: bytes


@dataclass(frozen=True, slots=True)
class BadSpan:
    """A declared packet that was given up: its bytes, up to the next packet."""

    raw: bytes


def standard(segment: bytes, digits: bytes) -> bool:
    """True if the digits are the standard's CRC of the segment."""
    try:
        return int(digits.decode("ascii"), 16) == crc(segment) and not digits.strip(b"0123456789abcdefABCDEF")
    except ValueError:
        return False


class StreamReader:
    """Reads one connection. `accept(segment, crc_digits)` decides whether a packet holds (default: standard CRC).

    Each place is looked at once, however the bytes are cut: candidates behind a waiting packet are remembered by the
    place where they end, and tested when that has come. Places count from the first byte of the connection.
    """

    def __init__(self, limit: int = 65_536, accept: Accept = standard) -> None:
        self._buffer = b""
        self._limit = limit
        self._accept = accept
        self._base = 0                                   # place of the first byte of the buffer
        self._scanned = 0                                # up to here candidates are known
        self._waiting: list[tuple[int, int]] = []        # heap of (end, start) of candidates not whole yet
        self._good: list[int] = []                       # heap of starts of good packets
        self.bad_frames = 0

    @property
    def remainder(self) -> bytes:
        """What is kept for the next bytes."""
        return self._buffer

    def feed(self, data: bytes) -> list[RawFrame | BadSpan]:
        """Take bytes; returns packets and given-up spans in the order in which they stood."""
        buffer, at = self._buffer + data, 0
        found: list[Found] = []
        while True:
            start = buffer.find(HEAD, at)
            if start < 0:
                at = len(buffer) - buffer.endswith(b"#")
                break
            digits = buffer[start + 2:start + HEAD_LENGTH]
            if digits and not digits.isdigit():
                at = start + 1
                continue
            if len(digits) < 4:
                at = start
                break
            end = start + HEAD_LENGTH + int(digits) + CRC_LENGTH
            if len(buffer) >= end:
                good = self._holds(buffer, start, end)
                at = _after_tail(buffer, end) if good else start + 2
                found.append((start, at if good else end, good))
                continue
            behind = self._behind(buffer, start)
            if behind < 0 and len(buffer) - start <= self._limit:
                at = start
                break
            at = behind if behind > 0 else start + 2
            found.append((start, at, False))
        self._buffer = buffer[at:]
        self._base += at
        self.bad_frames += sum(not good for _, _, good in found)
        return _cut(buffer, found, at)

    def _holds(self, buffer: bytes, start: int, end: int) -> bool:
        first, last = start + HEAD_LENGTH, end - CRC_LENGTH
        return (first + 2 <= last and buffer.startswith(b"&&", last - 2)
                and self._accept(buffer[first:last], buffer[last:end]))

    def _behind(self, buffer: bytes, start: int) -> int:
        """Start of the first whole good packet behind the start of a waiting one, or -1."""
        base, waiting, good = self._base, self._waiting, self._good
        for likely in LIKELY.finditer(buffer, max(start + 2, self._scanned - base)):
            place = likely.start()
            end = place + HEAD_LENGTH + int(buffer[place + 2:place + HEAD_LENGTH]) + CRC_LENGTH
            heappush(waiting, (base + end, base + place))
        self._scanned = max(self._scanned, base + len(buffer) - LIKELY_LENGTH + 1)
        while waiting and waiting[0][0] <= base + len(buffer):
            last, first = heappop(waiting)
            if first > base + start and self._holds(buffer, first - base, last - base):
                heappush(good, first)
        while good and good[0] <= base + start:
            heappop(good)
        return good[0] - base if good else -1


def _after_tail(buffer: bytes, end: int) -> int:
    while end < len(buffer) and buffer[end] in TAIL:
        end += 1
    return end


def _cut(buffer: bytes, found: list[Found], kept_from: int) -> list[RawFrame | BadSpan]:
    """Each given-up span ends where the next thing begins, so that no byte is reported twice."""
    nexts = [start for start, _, _ in found[1:]] + [kept_from]
    return [RawFrame(buffer[start:end]) if good else BadSpan(buffer[start:min(end, following)])
            for (start, end, good), following in zip(found, nexts, strict=False)]
