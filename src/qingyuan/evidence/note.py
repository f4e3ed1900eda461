"""Signed notes and checkpoints in the C2SP forms `signed-note`, `tlog-checkpoint` and `tlog-cosignature`.

A note is text ending in a newline, an empty line, and signature lines `— name base64(key id + signature)`. A
checkpoint's text is origin, size, base64 root, a line each. A witness signs `cosignature/v1`, the time and the text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE = 0x01, 0x04
DASH = "— "


class NoteError(ValueError):
    """The text is no note or checkpoint, or no known key signed it."""


class Signer(Protocol):
    """Holds a private key."""

    @property
    def name(self) -> str:
        """Name in the signature line."""

    @property
    def public(self) -> bytes:
        """Ed25519 public key, 32 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of a ledger at an instant."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Seen:
    """A signature that verified; `time_s` is the witness's time, None for the ledger's own signature."""

    name: str
    algorithm: int
    time_s: int | None


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """The four bytes that name a key in a signature."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def vkey(name: str, public: bytes, algorithm: int = ED25519) -> str:
    """Verifier key line `name+id+key`. Raises NoteError for a name with blanks or plus signs."""
    if not _can_name(name):
        raise NoteError(f"'{name}' cannot name a key")
    packed = base64.b64encode(bytes([algorithm]) + public).decode()
    return f"{name}+{key_id(name, algorithm, public).hex()}+{packed}"


def _can_name(name: str) -> bool:
    return bool(name) and not any(c.isspace() or c == "+" for c in name)


def parse_vkey(line: str) -> tuple[str, bytes, int, bytes]:
    """Name, key id, algorithm, public key of a verifier key line. Raises NoteError."""
    try:
        name, identity, packed = line.strip().split("+", 2)
        raw = base64.b64decode(packed, validate=True)
        algorithm, public = raw[0], raw[1:]
        fits = _can_name(name) and key_id(name, algorithm, public).hex() == identity
    except (ValueError, IndexError, binascii.Error):
        raise NoteError("no verifier key line") from None
    if not fits or len(public) != 32 or algorithm not in (ED25519, COSIGNATURE):
        raise NoteError("a verifier key line whose name, id, length or algorithm is wrong")
    return name, bytes.fromhex(identity), algorithm, public


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """The text that is signed."""
    if not origin or "\n" in origin or size < 0 or len(root) != 32:
        raise NoteError("no checkpoint can be made of this")
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def _line(name: str, identity: bytes, signature: bytes) -> str:
    return f"{DASH}{name} {base64.b64encode(identity + signature).decode()}\n"


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """A checkpoint signed by its ledger."""
    text = checkpoint_text(origin, size, root)
    return text + "\n" + _line(signer.name, key_id(signer.name, ED25519, signer.public), signer.sign(text.encode()))


def cosigned_message(text: str, time_s: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def cosign(note: str, signer: Signer, time_s: int) -> str:
    """The note with a witness's signature added."""
    text, _ = split_note(note)
    signature = time_s.to_bytes(8, "big") + signer.sign(cosigned_message(text, time_s))
    return note + _line(signer.name, key_id(signer.name, COSIGNATURE, signer.public), signature)


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signatures (name, key id, bytes after it). Raises NoteError."""
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteError("no signed note: signature lines are missing")
    found = []
    for line in tail[:-1].split("\n"):
        name, blank, packed = line.removeprefix(DASH).partition(" ")
        try:
            raw = base64.b64decode(packed, validate=True)
        except (ValueError, binascii.Error):
            raw = b""
        if not line.startswith(DASH) or not blank or not name or len(raw) < 5 or _line(name, raw[:4], raw[4:]) != (
                line + "\n"):
            raise NoteError(f"no signature line: {line[:60]!r}")
        found.append((name, raw[:4], raw[4:]))
    return text + "\n", found


def signed_by(note: str, keys: Collection[tuple[str, bytes]]) -> str:
    """The note without signature lines of other keys than these (name and key id). Raises NoteError."""
    text, signatures = split_note(note)
    return text + "\n" + "".join(_line(*line[:2], line[2]) for line in signatures if line[:2] in keys)


def parse_checkpoint(note: str) -> Checkpoint:
    """Origin, size and root of a note, signed or not verified yet. Raises NoteError."""
    text, _ = split_note(note)
    lines = text.split("\n")
    try:
        origin, size, root = lines[0], lines[1], base64.b64decode(lines[2], validate=True)
        if origin and size == str(int(size)) and int(size) >= 0 and len(root) == 32:
            return Checkpoint(origin, int(size), root)
    except (ValueError, IndexError, binascii.Error):
        pass
    raise NoteError("the note is no checkpoint")


def verify(note: str, vkeys: Iterable[str]) -> list[Seen]:
    """Signatures of the given keys, in the order of the note.

    Raises NoteError where none of the keys signed or a signature that claims one of them is wrong.
    """
    keys = {(name, identity): (algorithm, public) for name, identity, algorithm, public in map(parse_vkey, vkeys)}
    text, signatures = split_note(note)
    seen = []
    for name, identity, raw in signatures:
        if (name, identity) not in keys:
            continue
        algorithm, public = keys[name, identity]
        time_s = int.from_bytes(raw[:8], "big") if algorithm == COSIGNATURE else None
        message, signature = (text.encode(), raw) if time_s is None else (cosigned_message(text, time_s), raw[8:])
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except InvalidSignature:
            raise NoteError(f"the signature of {name} is wrong") from None
        seen.append(Seen(name, algorithm, time_s))
    if not seen:
        raise NoteError("no signature of a known key")
    return seen
