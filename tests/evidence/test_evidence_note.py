"""Signed notes: what was signed verifies, and nothing else does."""

import base64
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.evidence import note
from qingyuan.evidence.note import NoteError, Seen

ROOT = bytes(range(32))


@dataclass(frozen=True)
class Key:
    """A signer from a seed."""

    name: str
    seed: int

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed.to_bytes(32, "big"))

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


LEDGER, WITNESS, STRANGER = Key("qingyuan/home/gw1", 1), Key("witness.example/一", 2), Key("qingyuan/home/gw1", 3)
LEDGER_KEY = note.vkey(LEDGER.name, LEDGER.public)
WITNESS_KEY = note.vkey(WITNESS.name, WITNESS.public, note.COSIGNATURE)
SIGNED = note.sign_checkpoint(LEDGER.name, 17, ROOT, LEDGER)
COSIGNED = note.cosign(SIGNED, WITNESS, 1_585_720_800)


@given(st.text("abc/.-站", min_size=1), st.integers(0, 2**63), st.binary(min_size=32, max_size=32))
def test_what_was_signed_comes_back_and_verifies(origin: str, size: int, root: bytes) -> None:
    key = Key(origin, 5)
    signed = note.sign_checkpoint(origin, size, root, key)
    assert note.parse_checkpoint(signed) == note.Checkpoint(origin, size, root)
    assert note.verify(signed, [note.vkey(origin, key.public)]) == [Seen(origin, note.ED25519, None)]


def test_a_witness_signs_the_time_and_leaves_the_first_signature() -> None:
    assert note.verify(COSIGNED, [WITNESS_KEY, LEDGER_KEY]) == [
        Seen(LEDGER.name, note.ED25519, None), Seen(WITNESS.name, note.COSIGNATURE, 1_585_720_800)]
    assert note.verify(COSIGNED, [WITNESS_KEY]) == [Seen(WITNESS.name, note.COSIGNATURE, 1_585_720_800)]
    assert note.parse_checkpoint(COSIGNED) == note.parse_checkpoint(SIGNED)


def test_the_note_of_another_implementation_verifies() -> None:
    """The example in the documentation of golang.org/x/mod/sumdb/note."""
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = ("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
            "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
            "nAM=\n")
    assert note.verify(text, [key]) == [Seen("PeterNeumann", note.ED25519, None)]
    with pytest.raises(NoteError, match="no checkpoint"):
        note.parse_checkpoint(text)


def test_a_checkpoint_of_a_public_log_verifies() -> None:
    """Go's checksum database in September 2024; the origin is not the name of its key."""
    key = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    text = ("go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n"
            "— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y"
            "3A8=\n")
    found = note.parse_checkpoint(text)
    assert (found.origin, found.size, found.root.hex()[:8]) == ("go.sum database tree", 30_055_305, "9977e045")
    assert note.verify(text, [key]) == [Seen("sum.golang.org", note.ED25519, None)]
    with pytest.raises(NoteError, match="is wrong"):
        note.verify(text.replace("30055305", "30055306"), [key])


@given(st.integers(0, len(COSIGNED.encode()) * 8 - 1))
def test_no_changed_bit_verifies_under_both_keys(bit: int) -> None:
    data = bytearray(COSIGNED.encode())
    data[bit // 8] ^= 1 << bit % 8
    try:
        seen = note.verify(data.decode("utf-8", "replace"), [LEDGER_KEY, WITNESS_KEY])
    except NoteError:
        return
    assert len(seen) < 2       # the name or id of one line was hit: that line counts no more


def test_the_time_of_a_witness_cannot_be_moved() -> None:
    head, _, line = COSIGNED[:-1].rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[11] ^= 1
    with pytest.raises(NoteError, match="一 is wrong"):
        note.verify(f"{head} {base64.b64encode(raw).decode()}\n", [WITNESS_KEY])


def test_a_forged_signature_under_the_right_name_and_id_is_told() -> None:
    packed = base64.b64encode(note.key_id(LEDGER.name, note.ED25519, LEDGER.public) + STRANGER.sign(b"x")).decode()
    with pytest.raises(NoteError, match="is wrong"):
        note.verify(f"{SIGNED.split(note.DASH)[0]}{note.DASH}{LEDGER.name} {packed}\n", [LEDGER_KEY])


@pytest.mark.parametrize("keys", [[], [note.vkey(STRANGER.name, STRANGER.public)],
                                  [note.vkey(LEDGER.name, LEDGER.public, note.COSIGNATURE)], [WITNESS_KEY]])
def test_a_key_that_did_not_sign_is_not_enough(keys: list[str]) -> None:
    with pytest.raises(NoteError, match="no signature of a known key"):
        note.verify(SIGNED, keys)


NAME, ID, PACKED = LEDGER_KEY.split("+", 2)


@pytest.mark.parametrize("line", [
    "", "a", "a+b", f"{NAME}+{ID}", f"{NAME}+{ID}+!!", f"{NAME}+{ID}+", f"x{NAME}+{ID}+{PACKED}",
    f"{NAME}+{'0' * 8}+{PACKED}", f"{NAME}+{ID}+{PACKED[:-4]}", note.vkey(NAME, b"short"),
    note.vkey(NAME, LEDGER.public, 2), f"+{note.key_id('', 1, LEDGER.public).hex()}+{PACKED}"])
def test_a_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(NoteError):
        note.parse_vkey(line)


def test_a_key_line_comes_back() -> None:
    assert note.parse_vkey(f" {WITNESS_KEY}\n") == (
        WITNESS.name, note.key_id(WITNESS.name, 4, WITNESS.public), note.COSIGNATURE, WITNESS.public)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a　b"])
def test_a_name_that_would_break_its_line_cannot_name_a_key(name: str) -> None:
    with pytest.raises(NoteError, match="cannot name a key"):
        note.vkey(name, LEDGER.public)


TEXT, LINE = SIGNED.split("\n\n")


@pytest.mark.parametrize("text", [
    "", "\n", SIGNED[:-1], TEXT, f"{TEXT}\n{LINE}", f"{TEXT}\n\n", f"{TEXT}\n\n{LINE[2:]}", f"{TEXT}\n\n- a AAAAAAAA\n",
    f"{TEXT}\n\n{note.DASH}a\n", f"{TEXT}\n\n{note.DASH}a AAAA\n", f"{TEXT}\n\n{note.DASH}a @@@@@@@@\n",
    f"{TEXT}\n\n{LINE[:-1]} \n", f"{TEXT}\n\n{LINE}x\n", f"{TEXT}\n\n{note.DASH} AAAAAAAA\n"])
def test_what_has_no_signature_lines_is_no_note(text: str) -> None:
    with pytest.raises(NoteError):
        note.split_note(text)


@pytest.mark.parametrize("text", ["\n1\nROOT", "a\n-1\nROOT", "a\n01\nROOT", "a\n1\nAAAA", "a\n1", "a\nx\nROOT", "a",
                                  "a\n1\n@@@@"])
def test_a_note_of_another_form_is_no_checkpoint(text: str) -> None:
    packed = base64.b64encode(ROOT).decode()
    with pytest.raises(NoteError, match="no checkpoint"):
        note.parse_checkpoint(f"{text.replace('ROOT', packed)}\n\n{LINE}")


@pytest.mark.parametrize(("origin", "size", "root"), [("", 1, ROOT), ("a\nb", 1, ROOT), ("a", -1, ROOT),
                                                      ("a", 1, ROOT[:31])])
def test_no_checkpoint_is_made_of_what_could_not_be_read_back(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(NoteError, match="no checkpoint can be made"):
        note.sign_checkpoint(origin, size, root, LEDGER)
