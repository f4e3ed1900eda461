"""Packets out of a byte stream: by length, never by searching for line ends (hj212 6.3).

A declared packet that does not hold is given up once, and the search goes on inside it, so that one wrong length
cannot swallow good packets. A packet longer than what has come is waited for, unless a good one lies behind its start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from qingyuan.hj212.crc import crc

HEAD, HEAD_LENGTH, CRC_LENGTH = b"##", 6, 4
TAIL = b"\r\n \t"
LIKELY = re.compile(rb"##(?=\d{4}(?:QN|ST|MN|CN)=)")
Accept = Callable[[bytes, bytes], bool]


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
    """Reads one connection. `accept(segment, crc_digits)` decides whether a packet holds (default: standard CRC)."""

    def __init__(self, limit: int = 65_536, accept: Accept = standard) -> None:
        self._buffer = b""
        self._limit = limit
        self._accept = accept
        self._looked = 0              # up to here no good packet lies behind the start of a waiting one
        self.bad_frames = 0

    @property
    def remainder(self) -> bytes:
        """What is kept for the next bytes."""
        return self._buffer

    def feed(self, data: bytes) -> list[RawFrame | BadSpan]:
        """Take bytes; returns packets and given-up spans in the order in which they stood."""
        buffer, at = self._buffer + data, 0
        found_at: list[int] = []
        out: list[RawFrame | BadSpan] = []
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
                if self._holds(buffer, start, end):
                    at = self._after_tail(buffer, end)
                    out.append(RawFrame(buffer[start:at]))
                else:
                    at = start + 2
                    self._give_up(out, buffer[start:end])
                found_at.append(start)
                self._looked = 0
                continue
            found = self._behind(buffer, start)
            if found < 0 and len(buffer) - start <= self._limit:
                at = start
                break
            at = found if found > 0 else start + 2
            self._looked = 0
            found_at.append(start)
            self._give_up(out, buffer[start:at])
        self._buffer = buffer[at:]
        return _trimmed(out, found_at, at)

    def _give_up(self, out: list[RawFrame | BadSpan], raw: bytes) -> None:
        self.bad_frames += 1
        out.append(BadSpan(raw))

    def _holds(self, buffer: bytes, start: int, end: int) -> bool:
        segment = buffer[start + HEAD_LENGTH:end - CRC_LENGTH]
        return segment.endswith(b"&&") and self._accept(segment, buffer[end - CRC_LENGTH:end])

    def _behind(self, buffer: bytes, start: int) -> int:
        """Place of a whole good packet behind the start of a waiting one, or -1; what was looked at is remembered."""
        first = start + max(2, self._looked)
        waiting = len(buffer)
        for likely in LIKELY.finditer(buffer, first):
            place = likely.start()
            end = place + HEAD_LENGTH + int(buffer[place + 2:place + HEAD_LENGTH]) + CRC_LENGTH
            if end <= len(buffer):
                if self._holds(buffer, place, end):
                    return place
            else:
                waiting = min(waiting, place)
        self._looked = max(2, min(waiting, len(buffer) - 8) - start)
        return -1

    @staticmethod
    def _after_tail(buffer: bytes, end: int) -> int:
        while end < len(buffer) and buffer[end] in TAIL:
            end += 1
        return end


def _trimmed(out: list[RawFrame | BadSpan], found_at: list[int], kept_from: int) -> list[RawFrame | BadSpan]:
    """Each given-up span ends where the next thing begins, so that no byte is reported twice."""
    ends = [*found_at[1:], kept_from][:len(out)]
    return [item if isinstance(item, RawFrame) or len(item.raw) <= end - start else BadSpan(item.raw[:end - start])
            for item, start, end in zip(out, found_at, ends, strict=True)]
