"""SM4 over the data area (HJ 212-2025 6.4 as seen in public clients and its official vector).

ECB without padding over the bytes between `CP=&&` and the closing `&&`; bytes after the last whole block stay plain;
length and CRC of the packet are those of the plain segment. ECB shows equal blocks as equal: it hides little.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

BLOCK = 16
OPEN, CLOSE = b"CP=&&", b"&&"


def _area(segment: bytes) -> tuple[int, int]:
    start = segment.find(OPEN) + len(OPEN)
    end = len(segment) - len(CLOSE)
    if start < len(OPEN) or end < start or segment[end:] != CLOSE:
        return 0, 0
    return start, start + (end - start) // BLOCK * BLOCK


def decrypt(segment: bytes, key: bytes) -> bytes:
    """The plain segment. Raises ValueError for a key of other than 16 bytes."""
    start, end = _area(segment)
    worker = Cipher(SM4(key), ECB()).decryptor()      # noqa: S305  (the standard asks for it)
    return segment[:start] + worker.update(segment[start:end]) + segment[end:]


def encrypt(segment: bytes, key: bytes) -> bytes:
    """The segment with its data area encrypted. Raises ValueError for a key of other than 16 bytes."""
    start, end = _area(segment)
    worker = Cipher(SM4(key), ECB()).encryptor()      # noqa: S305  (the standard asks for it)
    return segment[:start] + worker.update(segment[start:end]) + segment[end:]
