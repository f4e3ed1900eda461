"""The CRC of HJ 212 (Appendix A) and the variants that real loggers send by mistake.

It is called ANSI CRC16 but is none of the catalogued ones: the register is shifted right by eight and XORed with the
byte, so its low byte is lost each time. Only 8 bits of state matter, and the map of a byte has order 8: bytes eight
places apart enter alike. Hence the fast form (fold to eight bytes), and hence the CRC proves nothing about tampering.
"""

from __future__ import annotations

from enum import StrEnum

POLYNOMIAL = 0xA001
LANES = 8


def _table() -> tuple[int, ...]:
    out = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ POLYNOMIAL if value & 1 else value >> 1
        out.append(value)
    return tuple(out)


TABLE = _table()


class Variant(StrEnum):
    """What a received CRC field turned out to be."""

    STANDARD = "standard"
    MODBUS = "modbus"
    MODBUS_SWAPPED = "modbus_swapped"
    STANDARD_SWAPPED = "standard_swapped"


def crc(data: bytes) -> int:
    """The standard's CRC of a data segment."""
    length = len(data)
    if not length:
        return 0xFFFF
    folded = int.from_bytes(data, "big") ^ 0xFF << 8 * (length - 1)
    lanes = -(-length // LANES)
    while lanes > 1:
        half = lanes // 2 * 64
        folded = folded >> half ^ folded & (1 << half) - 1
        lanes = lanes - lanes // 2
    register = 0
    for byte in folded.to_bytes(LANES, "big"):
        register = TABLE[register >> 8 ^ byte]
    return register


def modbus(data: bytes) -> int:
    """CRC-16/MODBUS, which some firmware sends instead."""
    register = 0xFFFF
    for byte in data:
        register = register >> 8 ^ TABLE[(register ^ byte) & 0xFF]
    return register


def swapped(value: int) -> int:
    """The two bytes of a CRC exchanged."""
    return (value & 0xFF) << 8 | value >> 8


def match(data: bytes, received: int) -> Variant | None:
    """Which variant a received value is, the standard one first; None where it is none of them."""
    right = crc(data)
    if received == right:
        return Variant.STANDARD
    if received == swapped(right):
        return Variant.STANDARD_SWAPPED
    other = modbus(data)
    if received == other:
        return Variant.MODBUS
    return Variant.MODBUS_SWAPPED if received == swapped(other) else None
