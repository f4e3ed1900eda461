"""Which raw frames came before: digests of the newest frames, so that a repeated telegram is known as one."""

from __future__ import annotations

from hashlib import blake2b

from qingyuan.evidence.leaf import FrameLeaf, Kind, parse
from qingyuan.ledger.record import Record


def raw_digest(raw: bytes) -> bytes:
    """Sixteen bytes that stand for a frame as received."""
    return blake2b(raw, digest_size=16).digest()


def raw_of(frame: FrameLeaf, private: bytes) -> bytes:
    """A frame as received, from the masked bytes and the private ones (no check of the commitment)."""
    raw, taken = bytearray(frame.masked), 0
    for offset, length in frame.spans:
        raw[offset:offset + length] = private[taken:taken + length]
        taken += length
    return bytes(raw)


class Repeats:
    """Remembers between `limit` and twice as many newest digests, in two generations."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._new: set[bytes] = set()
        self._old: set[bytes] = set()

    def add(self, digest: bytes) -> None:
        """Remember a digest."""
        self._new.add(digest)
        if len(self._new) >= self._limit:
            self._old, self._new = self._new, set()

    def add_record(self, record: Record) -> None:
        """Remember a stored leaf if it is a frame."""
        if record.leaf[4] == Kind.FRAME:
            frame = parse(record.leaf).payload
            assert isinstance(frame, FrameLeaf)
            self.add(raw_digest(raw_of(frame, record.private)))

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._new or digest in self._old
