"""Sealed boxes: whoever has the public key closes one, only the holder of the keyring opens it.

A box is the public half of a key made for it (32 bytes) and AES-256-GCM under HKDF-SHA256 of the X25519 secret that the
two share; both public halves and the purpose go into the derivation, so a box opens for nothing else. Each box has a
key of its own, therefore its nonce is zeros.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from qingyuan.ledger.errors import KeyringError

DOMAIN, HALF = b"qingyuan sealed box v1\0", b"qingyuan box key v1"
SIZE, NONCE = 32, bytes(12)


def private_half(secret: bytes) -> X25519PrivateKey:
    """The key that opens, derived from a secret of the keyring: the same one each time."""
    return X25519PrivateKey.from_private_bytes(HKDF(SHA256(), SIZE, None, HALF).derive(secret))


def close_box(public: bytes, secret: bytes, purpose: bytes) -> bytes:
    """Seal a secret to a public key (32 bytes) for a purpose. Raises KeyringError for what is no such key."""
    try:
        towards, once = X25519PublicKey.from_public_bytes(public), X25519PrivateKey.generate()
        own = once.public_key().public_bytes_raw()
        return own + AESGCM(_key(once.exchange(towards), own, public, purpose)).encrypt(NONCE, secret, None)
    except ValueError:
        raise KeyringError("this is no public key for boxes") from None


def open_box(private: X25519PrivateKey, box: bytes, purpose: bytes) -> bytes:
    """Inverse of `close_box`; raises KeyringError when the box is another's, for another purpose, or changed."""
    own, public = box[:SIZE], private.public_key().public_bytes_raw()
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(own))
        return AESGCM(_key(shared, own, public, purpose)).decrypt(NONCE, box[SIZE:], None)
    except (InvalidTag, ValueError):
        raise KeyringError("a sealed box does not open") from None


def _key(shared: bytes, own: bytes, public: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), SIZE, None, DOMAIN + own + public + purpose).derive(shared)
