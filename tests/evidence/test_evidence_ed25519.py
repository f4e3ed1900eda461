"""The verifier's own Ed25519 against RFC 8032 and against another implementation."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.evidence.verify_bundle import L, P, ed25519

VECTORS = [     # RFC 8032 section 7.1, tests 1 to 3: public key, message, signature
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]


def other(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS)
def test_the_examples_of_rfc_8032(vector: tuple[str, str, str]) -> None:
    public, message, signature = map(bytes.fromhex, vector)
    assert ed25519(public, message, signature)
    assert not ed25519(public, message + b"\0", signature)


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=300), st.data())
def test_both_implementations_accept_and_reject_the_same(seed: bytes, message: bytes, data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    parts = [key.public_key().public_bytes_raw(), message, key.sign(message)]
    assert ed25519(*parts)
    part = data.draw(st.sampled_from([0, 1, 2] if message else [0, 2]))
    flipped = bytearray(parts[part])
    bit = data.draw(st.integers(0, 8 * len(flipped) - 1))
    flipped[bit // 8] ^= 1 << bit % 8
    parts[part] = bytes(flipped)
    assert ed25519(*parts) is other(*parts) is False


PUBLIC, MESSAGE, SIGNATURE = map(bytes.fromhex, VECTORS[1])
S = int.from_bytes(SIGNATURE[32:], "little")


@pytest.mark.parametrize(("public", "signature"), [
    (PUBLIC[:31], SIGNATURE), (PUBLIC + b"\0", SIGNATURE), (PUBLIC, SIGNATURE[:63]), (PUBLIC, b""),
    (PUBLIC, SIGNATURE[:32] + (S + L).to_bytes(32, "little")),                    # the same s, not reduced
    (P.to_bytes(32, "little"), SIGNATURE), (PUBLIC, P.to_bytes(32, "little") + SIGNATURE[32:]),
    ((2).to_bytes(32, "little"), SIGNATURE), ((1 << 255 | 1).to_bytes(32, "little"), SIGNATURE)])     # no points
def test_malformed_keys_and_signatures_are_false_not_errors(public: bytes, signature: bytes) -> None:
    assert not ed25519(public, MESSAGE, signature)
