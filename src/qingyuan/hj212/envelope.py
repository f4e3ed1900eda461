"""The outside of a packet: length, CRC, tail. What is wrong with it, and what a profile may forgive."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qingyuan.hj212 import cipher
from qingyuan.hj212.crc import Variant, crc, match
from qingyuan.hj212.notes import FrameError, Note
from qingyuan.hj212.profile import DEFAULT as STRICT
from qingyuan.hj212.profile import UNCHECKED, Profile

HEAD = re.compile(rb"##([0-9]{4})")
LAST = re.compile(rb"&&([0-9A-Fa-f]{4})[\r\n \t]*$")
UNPADDED = re.compile(rb"([0-9A-Fa-f]{3})[\r\n \t]*$")
START, CRC_LENGTH, LONGEST = 6, 4, 1024
END = b"&&"


@dataclass(frozen=True, slots=True)
class Cover:
    """Outcome; `segment` is what is read, decrypted where a key fitted."""

    segment: bytes
    declared: int | None = None
    error: FrameError | None = None
    crc_calc: str | None = None
    crc_ok: bool = False
    crc_match: str | None = None
    recoverable: str | None = None
    crc_of_bytes: str | None = None
    encrypted: bool = False
    accepted: bool = False


def read(raw: bytes, profile: Profile, key: bytes | None, notes: set[Note]) -> Cover:
    """Judge length and CRC of one packet."""
    head = HEAD.match(raw)
    if head is None:
        return Cover(raw.removeprefix(b"##"), error=FrameError.LENGTH)
    declared = int(head.group(1))
    if declared > LONGEST:
        notes.add(Note.OVERSIZE)
    segment, rest = raw[START:START + declared], raw[START + declared:]
    if len(segment) < declared or not segment.endswith(END):
        return _wrong_length(raw, declared, profile, notes)
    cover = _crc(segment, rest, declared, profile, key, notes)
    if rest[CRC_LENGTH - bool(cover.recoverable):] != b"\r\n":
        notes.add(Note.TAIL)
    return cover


def _wrong_length(raw: bytes, declared: int, profile: Profile, notes: set[Note]) -> Cover:
    last = LAST.search(raw)
    segment = raw[START:last.start() + len(END)] if last else raw[START:START + declared]
    judged = _crc(raw[START:START + declared], raw[START + declared:], declared, STRICT, None, set())
    cover = Cover(segment, declared, FrameError.LENGTH, judged.crc_calc, judged.crc_ok, judged.crc_match)
    if last is None or int(last.group(1), 16) != crc(segment) or _characters(segment) != declared:
        return cover
    forgiven = "length_in_chars" in profile.allow
    if forgiven:
        notes.add(Note.LENGTH_IN_CHARS)
    return replace(cover, recoverable="length_in_chars", crc_of_bytes=f"{crc(segment):04X}", accepted=forgiven)


def _characters(segment: bytes) -> int | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            return len(segment.decode(encoding))
        except UnicodeDecodeError:
            continue
    return None


def _crc(segment: bytes, rest: bytes, declared: int, profile: Profile, key: bytes | None,
         notes: set[Note]) -> Cover:
    right = crc(segment)
    cover = Cover(segment, declared, crc_calc=f"{right:04X}")
    digits = rest[:CRC_LENGTH]
    received = _hex(digits)
    lower = digits != digits.upper()
    if received == right:
        if lower:
            notes.add(Note.CRC_LOWERCASE)
        return replace(cover, crc_ok=True, accepted=True)
    encrypted = key is not None
    if key is not None and received is not None:
        plain = cipher.decrypt(segment, key)
        if crc(plain) == received:
            if lower:
                notes.add(Note.CRC_LOWERCASE)
            return replace(cover, segment=plain, crc_calc=f"{received:04X}", crc_ok=True, encrypted=True,
                           accepted=True)
    cover = replace(cover, error=FrameError.CRC, encrypted=encrypted)
    if received is not None:
        found = match(segment, received)
        named = None if found in (None, Variant.STANDARD) else found
        return replace(cover, crc_match=named.value if named else None,
                       accepted=_forgive(named.value if named else None, profile, notes))
    short = UNPADDED.fullmatch(rest)
    if short is not None and int(short.group(1), 16) == right:
        forgiven = "crc_unpadded" in profile.allow
        if forgiven:
            notes.add(Note.CRC_UNPADDED)
        return replace(cover, recoverable="crc_unpadded", accepted=forgiven)
    return replace(cover, accepted=_forgive(None, profile, notes))


def _forgive(found: str | None, profile: Profile, notes: set[Note]) -> bool:
    accepted = found in profile.crc if found else UNCHECKED in profile.crc
    if accepted or UNCHECKED in profile.crc:
        notes.add(Note.CRC_PROFILE)
        return True
    return False


def _hex(digits: bytes) -> int | None:
    if len(digits) != CRC_LENGTH or digits.strip(b"0123456789abcdefABCDEF"):
        return None
    return int(digits, 16)
