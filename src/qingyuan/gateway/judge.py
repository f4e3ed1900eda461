"""What is made of a frame: verdict, CRC variant, and whom it comes from."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from qingyuan.evidence.leaf import CrcVariant, Verdict
from qingyuan.gateway.head import Head, read_head
from qingyuan.gateway.roster import Newcomer, Roster
from qingyuan.hj212.crc import Variant, match
from qingyuan.ledger import Keyring
from qingyuan.registry import Register, Site

REGISTRABLE = re.compile(r"[0-9A-Za-z_-]{1,64}")
DECLARED = re.compile(rb"##(\d{4})")
HEAD_LENGTH, CRC_LENGTH = 6, 4
PASSWORD_LENGTH = 64        # longer ones are checked each time, so that a stranger cannot fill the memory
VARIANTS = {Variant.STANDARD: CrcVariant.STANDARD, Variant.MODBUS: CrcVariant.MODBUS,
            Variant.MODBUS_SWAPPED: CrcVariant.MODBUS_SWAPPED, Variant.STANDARD_SWAPPED: CrcVariant.STANDARD_SWAPPED}


@dataclass(slots=True)
class Judged:
    """One frame or damaged span as it goes into a ledger."""

    raw: bytes
    verdict: Verdict
    crc_variant: CrcVariant
    head: Head | None = None
    newcomer: Newcomer | None = None     # a valid frame of an unknown logger that may be registered


def any_variant(segment: bytes, digits: bytes) -> bool:
    """True if the CRC digits are the segment's by any known variant; which ones a station may use is judged later."""
    return _variant(segment, digits) is not None


@lru_cache(maxsize=1024)       # the stream reader asks first, the judge again for the same packet
def _variant(segment: bytes, digits: bytes) -> Variant | None:
    if len(digits) != CRC_LENGTH or digits.strip(b"0123456789abcdefABCDEF"):
        return None
    return match(segment, int(digits, 16))


class Judge:
    """Judges frames by the roster. For use in one thread."""

    def __init__(self, roster: Roster, keyring: Keyring, register: Register) -> None:
        self._roster, self._register = roster, register
        self._check, self._remembered = keyring.password_check, lru_cache(maxsize=65_536)(keyring.password_check)

    def frame(self, raw: bytes, real_us: int) -> Judged:
        """Verdict on a whole frame. The CRC comes first: a damaged frame may name a wrong logger."""
        end = HEAD_LENGTH + int(raw[2:HEAD_LENGTH])
        variant = _variant(raw[HEAD_LENGTH:end], raw[end:end + CRC_LENGTH])
        if variant is None:
            return Judged(raw, Verdict.BAD_CRC, CrcVariant.NONE_MATCHED)
        judged = Judged(raw, Verdict.ACCEPTED, VARIANTS[variant], read_head(raw))
        head = judged.head
        if head is None:
            judged.verdict = Verdict.UNREADABLE
            return judged
        site = self._roster.find(head.mn, real_us)
        if site is None:
            self._stranger(judged, head, variant)
        else:
            judged.verdict = self._member(site, head, variant)
        return judged

    def _stranger(self, judged: Judged, head: Head, variant: Variant) -> None:
        judged.verdict = Verdict.UNKNOWN_MN
        if (self._register is Register.AUTO and variant is Variant.STANDARD and REGISTRABLE.fullmatch(head.mn)
                and head.mn not in self._roster.registry.sites):       # its id would take an existing site's place
            judged.newcomer = Newcomer(head.mn, head.st, head.password)

    def _member(self, site: Site, head: Head, variant: Variant) -> Verdict:
        if variant.value not in site.crc:
            return Verdict.BAD_CRC
        check = self._remembered if len(head.password) <= PASSWORD_LENGTH else self._check
        if site.password_check and not hmac.compare_digest(site.password_check, check(head.mn, head.password)):
            return Verdict.WRONG_PASSWORD
        if site.edition and head.edition and site.edition != head.edition:
            return Verdict.EDITION_NOT_ALLOWED
        return Verdict.ACCEPTED

    @staticmethod
    def span(raw: bytes) -> Judged:
        """Verdict on a declared packet that does not hold: its CRC is wrong if its length fits, else its length."""
        found = DECLARED.match(raw)
        if found is None:
            return Judged(raw, Verdict.UNREADABLE, CrcVariant.UNCHECKED)
        end = HEAD_LENGTH + int(found.group(1))
        if raw[end - 2:end] == b"&&" and len(raw) >= end + CRC_LENGTH:
            return Judged(raw, Verdict.BAD_CRC, CrcVariant.NONE_MATCHED)
        return Judged(raw, Verdict.BAD_LENGTH, CrcVariant.UNCHECKED)
