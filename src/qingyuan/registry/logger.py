"""Fields that say how a logger is known and how it speaks; sites and profiles share them."""

from __future__ import annotations

from qingyuan.registry.fields import Fields

EDITIONS = ("2005", "2017", "2025")
CRC_VARIANTS = ("standard", "modbus", "modbus_swapped", "standard_swapped")
FORGIVABLE = ("length_in_chars", "crc_unpadded")


def edition_of(fields: Fields) -> str:
    """Edition of HJ 212, or empty where each telegram says its own."""
    edition = fields.text("edition", "")
    if edition and edition not in EDITIONS:
        raise fields.fault("edition", f"{edition!r} is not known", f"choose one of {', '.join(EDITIONS)}")
    return edition


def crc_variants(fields: Fields) -> tuple[str, ...]:
    """CRC variants accepted; the standard's one where nothing is said."""
    return fields.choices("crc", CRC_VARIANTS) or CRC_VARIANTS[:1]


def forgiven(fields: Fields) -> tuple[str, ...]:
    """Frame faults forgiven (hj212.md 16.1, recoverable)."""
    return fields.choices("allow", FORGIVABLE)


def logger_number(fields: Fields) -> str:
    """MN of a logger: 24 hexadecimal digits by the standard, 1 to 64 plain characters in the field."""
    mn = fields.text("mn")
    if not 1 <= len(mn) <= 64 or not mn.isascii() or not all(c.isalnum() or c in "_-" for c in mn):
        raise fields.fault("mn", "is not 1 to 64 letters, digits, _ or -")
    return mn


def password_check(fields: Fields) -> str:
    """Keyed hash of the logger's password, empty where none is asked for."""
    check = fields.text("password_check", "")
    if check and (len(check) != 64 or not set(check) <= set("0123456789abcdef")):
        raise fields.fault("password_check", "is not a keyed hash of 64 hexadecimal digits",
                           "give `password` in an import file; a password itself never enters the registry")
    return check
