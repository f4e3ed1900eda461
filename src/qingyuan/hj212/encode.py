"""Writing packets as the standard has them."""

from __future__ import annotations

from collections.abc import Sequence

from qingyuan.hj212.crc import crc

LONGEST = 9999
Item = Sequence[tuple[str, str]]


class CannotEncode(ValueError):
    """The parts would not be read back as they are."""


def wrap(segment: bytes) -> bytes:
    """A whole packet around a data segment. Raises CannotEncode beyond 9999 bytes."""
    if len(segment) > LONGEST:
        raise CannotEncode(f"a segment of {len(segment)} bytes is longer than {LONGEST}")
    return b"##%04d%b%04X\r\n" % (len(segment), segment, crc(segment))


def encode(header: Sequence[tuple[str, str]], cp: Sequence[Item], encoding: str = "utf-8") -> bytes:
    """A packet from head names and values and the items of the data area, each item a list of names and values.

    Raises CannotEncode for a name or value that holds a separator (texts between // and // may).
    """
    for name, value in header:
        _plain(name, ";,=&")
        _plain(value, ";,&")
    items = []
    for item in cp:
        for name, value in item:
            _plain(name, ";,=&")
            if not (len(value) >= 4 and value.startswith("//") and value.endswith("//") and "//" not in value[2:-2]):
                _plain(value, ";,&；，＝")
        items.append(",".join(f"{name}={value}" for name, value in item))
    head = "".join(f"{name}={value};" for name, value in header)
    return wrap(f"{head}CP=&&{';'.join(items)}&&".encode(encoding))


def _plain(text: str, forbidden: str) -> None:
    if text != text.strip() or any(c in text for c in forbidden) or "//" in text:
        raise CannotEncode(f"{text!r} cannot stand in a packet")
