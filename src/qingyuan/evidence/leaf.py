"""What a leaf is, byte by byte. These bytes are hashed into the tree; nothing outside them is proven.

    0-3   b"QYL1"      4  kind      5-12  receive time, microseconds since 1970 UTC, big endian      13-  content

A frame's content: CRC variant, verdict (a byte each), peer port, local port (two bytes each), length of the peer's
address and the address, number of withheld spans and each as offset and length (two bytes each), a commitment of 32
bytes if anything is withheld, then the frame with every withheld byte overwritten by `*`. The overwritten frame has
the length of the received one, so whoever reads the leaf finds every other byte where the logger put it. Every other
kind holds canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MAGIC = b"QYL1"
DOMAIN = b"qingyuan secret v1\0"
HIDDEN = ord("*")
HEAD = struct.Struct(">4sBQ")
FRAME = struct.Struct(">BBHHB")
SPAN = struct.Struct(">HH")


class LeafError(ValueError):
    """The bytes are no leaf in canonical form, or a leaf cannot be built of these parts."""


class CommitmentMismatch(LeafError):
    """The secrets given are not those that were withheld."""


class Kind(IntEnum):
    """What a leaf records: a closed list."""

    FRAME = 1
    FILE = 2
    MANUAL = 3
    TICK = 4
    REGISTRY = 5
    RULING = 6
    RULESET = 7
    COMMAND = 8
    DRAW = 9
    PUBLICATION = 10
    ERASURE = 11


class CrcVariant(IntEnum):
    """Which reading of the CRC field matched at receipt."""

    NONE_MATCHED = 0
    STANDARD = 1
    MODBUS = 2
    MODBUS_SWAPPED = 3
    STANDARD_SWAPPED = 4
    UNCHECKED = 5


class Verdict(IntEnum):
    """What the gateway made of a frame at receipt."""

    ACCEPTED = 1
    UNKNOWN_MN = 2
    WRONG_PASSWORD = 3
    BAD_CRC = 4
    BAD_LENGTH = 5
    UNREADABLE = 6
    EDITION_NOT_ALLOWED = 7


@dataclass(frozen=True, slots=True)
class FrameLeaf:
    """Content of a frame leaf; `masked` has the withheld spans overwritten."""

    peer: str
    peer_port: int
    local_port: int
    crc_variant: CrcVariant
    verdict: Verdict
    spans: tuple[tuple[int, int], ...]
    commitment: bytes
    masked: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """A parsed leaf; `payload` is a FrameLeaf for frames, else the JSON object."""

    kind: Kind
    received_us: int
    payload: Any


def canonical_json(payload: Any) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8 as it is; no NaN."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def commitment(salt: bytes, secrets: bytes) -> bytes:
    """Salted commitment to the withheld bytes of one frame."""
    return hashlib.sha256(DOMAIN + salt + secrets).digest()


def build_json(kind: Kind, received_us: int, payload: dict[str, Any]) -> bytes:
    """A leaf of any kind but a frame.

    Raises LeafError for a frame, a payload that is no object or a time before 1970, TypeError or ValueError for what is
    no JSON.
    """
    if kind is Kind.FRAME:
        raise LeafError("a frame is built by build_frame")
    if not isinstance(payload, dict):
        raise LeafError(f"the content of a {kind.name.lower()} leaf is an object")
    return _head(kind, received_us) + canonical_json(payload)


def _head(kind: Kind, received_us: int) -> bytes:
    if not 0 <= received_us < 1 << 64:
        raise LeafError(f"{received_us} is no receive time")
    return HEAD.pack(MAGIC, kind, received_us)


def build_frame(received_us: int, raw: bytes, spans: Sequence[tuple[int, int]], salt: bytes, peer: str,
                peer_port: int, local_port: int, crc_variant: CrcVariant, verdict: Verdict) -> tuple[bytes, bytes]:
    """Leaf bytes and private bytes (the withheld secrets in order) of a received frame.

    spans: (offset, length) in rising order without overlap. Raises LeafError for spans outside the frame, more than
    255 of them, a peer address that is no short ASCII text, a port that is none, or a frame over 65,535 bytes.
    """
    if not (0 <= peer_port <= 0xFFFF and 0 <= local_port <= 0xFFFF):
        raise LeafError(f"{peer_port} or {local_port} is no port")
    address = peer.encode("ascii", "strict") if peer.isascii() else b""
    if len(address) != len(peer) or len(address) > 255 or len(spans) > 255 or len(raw) > 0xFFFF:
        raise LeafError("peer, spans or frame do not fit into a leaf")
    end, masked = 0, bytearray(raw)
    for offset, length in spans:
        if offset < end or length < 1 or offset + length > len(raw):
            raise LeafError(f"span {offset}+{length} is outside the frame or out of order")
        end = offset + length
        masked[offset:end] = b"*" * length
    secrets = b"".join(raw[o:o + n] for o, n in spans)
    return b"".join([
        _head(Kind.FRAME, received_us),
        FRAME.pack(crc_variant, verdict, peer_port, local_port, len(address)), address,
        bytes([len(spans)]), *[SPAN.pack(o, n) for o, n in spans],
        commitment(salt, secrets) if spans else b"", masked]), secrets


def head(leaf: bytes) -> tuple[Kind, int]:
    """Kind and receive time of a leaf (UTC microseconds), its content not read. Raises LeafError."""
    try:
        magic, number, received_us = HEAD.unpack_from(leaf)
        kind = Kind(number)
    except (struct.error, ValueError) as error:
        raise LeafError(f"no leaf head: {error}") from None
    if magic != MAGIC:
        raise LeafError("no leaf: it does not begin with QYL1")
    return kind, received_us


def parse(leaf: bytes) -> Leaf:
    """Read a leaf. Raises LeafError for anything that build_frame or build_json would not have made."""
    kind, received_us = head(leaf)
    if kind is Kind.FRAME:
        return Leaf(kind, received_us, _frame(leaf))
    text = leaf[HEAD.size:]
    try:
        payload = json.loads(text)
        if isinstance(payload, dict) and canonical_json(payload) == text:
            return Leaf(kind, received_us, payload)
    except (ValueError, RecursionError):
        pass
    raise LeafError(f"the content of a {kind.name.lower()} leaf is not canonical JSON")


def _frame(leaf: bytes) -> FrameLeaf:
    at = HEAD.size
    try:
        crc, verdict, peer_port, local_port, length = FRAME.unpack_from(leaf, at)
        at += FRAME.size
        peer = leaf[at:at + length].decode("ascii")
        at += length
        count = leaf[at]
        spans = tuple(SPAN.unpack_from(leaf, at + 1 + i * SPAN.size) for i in range(count))
        at += 1 + count * SPAN.size
        proof = leaf[at:at + 32] if count else b""
        masked = leaf[at + len(proof):]
        out = FrameLeaf(peer, peer_port, local_port, CrcVariant(crc), Verdict(verdict), spans, proof, masked)
    except (struct.error, ValueError, IndexError) as error:
        raise LeafError(f"the frame leaf is cut or unknown: {error}") from None
    end = 0
    for offset, size in spans:
        if offset < end or size < 1 or masked[offset:offset + size] != b"*" * size:
            raise LeafError("a withheld span is not overwritten, or out of order")
        end = offset + size
    if len(peer) != length or (count and len(proof) != 32) or len(masked) > 0xFFFF:
        raise LeafError("the frame leaf is cut, or longer than a frame can be")
    return out


def open_frame(frame: FrameLeaf, salt: bytes, secrets: bytes) -> bytes:
    """The frame as received. Raises CommitmentMismatch unless these are the secrets that were withheld."""
    if sum(n for _, n in frame.spans) != len(secrets) or (
            frame.spans and commitment(salt, secrets) != frame.commitment):
        raise CommitmentMismatch("these are not the bytes that were withheld")
    raw, at = bytearray(frame.masked), 0
    for offset, length in frame.spans:
        raw[offset:offset + length] = secrets[at:at + length]
        at += length
    return bytes(raw)
