"""One packet explained: length, CRC and its variants, editions, every part with its meaning, the answer it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qingyuan.console.operations.anatomy import CRC_LENGTH, START, Part, PartKind, anatomy
from qingyuan.console.operations.meanings import Meaning, meaning
from qingyuan.console.operations.words import ERRORS, FORGIVABLE, MEANINGS, NOTES, VARIANTS
from qingyuan.evidence.leaf import HIDDEN, Verdict
from qingyuan.hj212 import CODECS, COMMANDS, Telegram, Variant, answer, crc, decode, secret_spans
from qingyuan.hj212.crc import modbus, swapped
from qingyuan.registry import Site
from qingyuan.vocabulary import factors, systems

EDITIONS = ("2005", "2017", "2025")
MARKED = (PartKind.LENGTH, PartKind.HEAD, PartKind.FIELD, PartKind.FACTOR, PartKind.ODD, PartKind.CRC)


@dataclass(frozen=True)
class VariantLine:
    """What one CRC variant gives for the data segment."""

    words: Any
    computed: str
    fits: bool


@dataclass(frozen=True)
class EditionLine:
    """Strict verdict for a logger registered with an edition, and what that edition does not have."""

    edition: str
    verdict: Verdict
    remarks: list[str]


@dataclass(frozen=True)
class Row:
    """A part of the packet as the table shows it."""

    part: Part
    meaning: Meaning
    hexadecimal: str

    @property
    def last(self) -> int:
        """Place of its last byte."""
        return self.part.end - 1


@dataclass(frozen=True)
class Run:
    """Bytes of the packet that belong to one row, or to none."""

    text: str
    row: int | None
    marked: bool = False


@dataclass(frozen=True)
class Explained:
    """Everything the page says of a packet. given: CRC as received, empty where it is withheld."""

    telegram: Telegram
    masked: bytes
    withheld: int                     # secrets in it
    rows: list[Row]
    runs: list[Run]
    given: str
    variants: list[VariantLine]
    variant_words: Any
    editions: list[EditionLine]
    error_words: Any
    forgivable: Any
    notes: list[Any]
    answer: str | None
    answer_why: str

    @property
    def length(self) -> int | None:
        """Length of the data segment as it stands, where the packet ends in `&&` and a CRC."""
        closing = [row.part for row in self.rows if row.part.kind is PartKind.CLOSING]
        return closing[-1].end - START if closing else None


def masked_of(raw: bytes) -> tuple[bytes, int]:
    """The packet with its secrets overwritten, and how many there are.

    The CRC digits stay in what a person pasted: who holds the packet can compute them, and the page is about them.
    """
    spans = secret_spans(raw)
    place = START + int(raw[2:START]) if raw[2:START].isdigit() else -1
    if spans and place > START and spans[-1][0] == place and spans[-1][1] <= CRC_LENGTH and raw[:place].endswith(b"&&"):
        spans = spans[:-1]
    out = bytearray(raw)
    for offset, length in spans:
        out[offset:offset + length] = bytes([HIDDEN]) * length
    return bytes(out), len(spans)


def explained(raw: bytes, site: Site | None = None) -> Explained:
    """Explain a packet as pasted."""
    telegram = decode(raw)
    masked, withheld = masked_of(raw)
    rows, runs = table(masked, telegram, site)
    declared = telegram.data_len or 0
    digits = raw[START + declared:START + declared + CRC_LENGTH].decode("ascii", "replace").strip()
    lines = _variants(raw[START:START + declared], digits) if telegram.crc_calc else []
    fitting = next((variant for variant, line in lines if line.fits), None)
    reply, why = _answer(telegram)
    return Explained(
        telegram, masked, withheld, rows, runs, digits if telegram.crc_calc else "", [line for _v, line in lines],
        MEANINGS[fitting] if fitting else None, [_edition(telegram, edition) for edition in EDITIONS],
        ERRORS[telegram.error] if telegram.error else None, FORGIVABLE.get(telegram.recoverable or ""),
        [NOTES[note] for note in sorted(telegram.notes)], reply, why)


def table(masked: bytes, telegram: Telegram, site: Site | None) -> tuple[list[Row], list[Run]]:
    """Rows of the parts, and the whole packet cut at their places."""
    codec = CODECS[telegram.text_encoding]
    parts = anatomy(masked, codec)
    rows = [Row(part, meaning(part, telegram, site), _hexadecimal(masked, part)) for part in parts]
    runs, at = [], 0
    for number, part in enumerate(parts):
        if part.start > at:
            runs.append(Run(_shown(masked[at:part.start], codec), None))
        runs.append(Run(_shown(masked[part.start:part.end], codec), number, part.kind in MARKED))
        at = part.end
    if at < len(masked):
        runs.append(Run(_shown(masked[at:], codec), None))
    return rows, runs


def _hexadecimal(masked: bytes, part: Part) -> str:
    return "" if part.kind is PartKind.REST else masked[part.start:part.end].hex(" ").upper()


def _shown(data: bytes, codec: str) -> str:
    text = data.decode(codec, "replace").replace("\r", "\\r").replace("\n", "\\n")
    return "".join(c if c.isprintable() else "�" for c in text)


def _variants(segment: bytes, digits: str) -> list[tuple[Variant, VariantLine]]:
    right, other = crc(segment), modbus(segment)
    values = {Variant.STANDARD: right, Variant.STANDARD_SWAPPED: swapped(right), Variant.MODBUS: other,
              Variant.MODBUS_SWAPPED: swapped(other)}
    return [(variant, VariantLine(VARIANTS[variant], f"{value:04X}", digits.upper() == f"{value:04X}"))
            for variant, value in values.items()]


def _edition(telegram: Telegram, edition: str) -> EditionLine:
    claimed = telegram.flag.version if telegram.flag else ""
    if telegram.error is not None:
        verdict = Verdict.BAD_LENGTH if telegram.error.value == "length" else Verdict.BAD_CRC
    elif not telegram.mn:
        verdict = Verdict.UNREADABLE
    elif claimed in EDITIONS and claimed != edition:
        verdict = Verdict.EDITION_NOT_ALLOWED
    else:
        verdict = Verdict.ACCEPTED
    return EditionLine(edition, verdict, list(_remarks(telegram, edition)))


def _remarks(telegram: Telegram, edition: str) -> Any:
    """What the packet has that an edition does not."""
    if telegram.flag is None and edition != "2005":
        yield _("This edition asks for Flag.")
    command = COMMANDS.get(telegram.cn or "")
    if command is not None and command.since > edition:
        yield _("Command {cn} came with the edition of {since}.").format(cn=command.cn, since=command.since)
    if command is not None and command.obsolete and edition != "2005":
        yield _("Command {cn} is no longer in this edition.").format(cn=command.cn)
    system = systems.system(telegram.st or "")
    if system is not None and system.since > edition:
        yield _("System code {st} came with the edition of {since}.").format(st=system.st, since=system.since)
    old = sorted(code for code in telegram.factors if factors.canonical(code) != code)
    new = sorted(code for code in telegram.factors if code in factors.all_factors())
    if old and edition != "2005":
        yield _("Factor codes of 2005: {codes}.").format(codes=", ".join(old))
    if new and edition == "2005":
        yield _("Factor codes that came in 2017: {codes}.").format(codes=", ".join(new))


def _answer(telegram: Telegram) -> tuple[str | None, str]:
    """The answer with its secrets masked, or None and why there is none."""
    reply = answer(telegram)
    if reply is not None:
        out = bytearray(reply)
        for offset, length in secret_spans(reply):
            out[offset:offset + length] = bytes([HIDDEN]) * length
        return out.decode(CODECS[telegram.text_encoding], "replace").strip(), ""
    if not telegram.accepted:
        return None, _("None: a packet that does not hold is not answered, and the logger sends it again (6.3).")
    if telegram.flag is None or not telegram.flag.ack:
        return None, _("None: Flag does not ask for one.")
    return None, _("None: such a command gets no answer from a platform.")
