"""Personal content that can be erased: the ledger holds a salted commitment, the content is an encrypted blob.

blobs/<id>.blob is AES-256-GCM over salt and content under a key of its own, blobs/<id>.key that key wrapped by the
keyring. Erasing destroys the key (salt and content go with it, so the commitment cannot be guessed) and appends an
`erasure` leaf; a proof then says withheld. A medium may keep old sectors of the key file: it is wrapped, and useless
without the keyring.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from qingyuan.evidence.leaf import Kind
from qingyuan.ledger.errors import ContentErased, KeyringError, LedgerDamaged
from qingyuan.ledger.files import put, sync_folder, write_all
from qingyuan.ledger.finding import Finding
from qingyuan.ledger.home import Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.office import office_append

DOMAIN = b"qingyuan personal v1\0"
SALT, NONCE = 32, 12
ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Reference:
    """What a payload holds instead of the content."""

    id: str
    commitment: str

    def payload(self) -> dict[str, Any]:
        """Plain data."""
        return {"blob": self.id, "commitment": self.commitment}


@dataclass(frozen=True, repr=False)
class Opening:
    """Salt and content: whoever has them checks the commitment."""

    salt: bytes
    content: bytes


def commitment(salt: bytes, content: bytes) -> str:
    """Salted commitment, hexadecimal."""
    return hashlib.sha256(DOMAIN + salt + content).hexdigest()


def keep(home: Home, keyring: Keyring, content: bytes) -> Reference:
    """Store content durably; put the reference's payload into the leaf."""
    name, key, salt = secrets.token_hex(16), secrets.token_bytes(32), secrets.token_bytes(SALT)
    nonce = secrets.token_bytes(NONCE)
    box = nonce + AESGCM(key).encrypt(nonce, salt + content, name.encode())
    put(_key(home, name), keyring.wrap(key, _purpose(name)))
    put(_blob(home, name), box)
    sync_folder(home.blobs)
    return Reference(name, commitment(salt, content))


def opening(home: Home, keyring: Keyring, name: str) -> Opening:
    """Salt and content of a blob; raises ContentErased, LedgerDamaged, KeyringError."""
    try:
        wrapped = _key(home, name).read_bytes()
    except FileNotFoundError:
        raise ContentErased(f"the content of {name} is withheld: it was erased") from None
    box = _blob(home, name).read_bytes()
    try:
        plain = AESGCM(keyring.unwrap(wrapped, _purpose(name))).decrypt(box[:NONCE], box[NONCE:], name.encode())
    except (InvalidTag, KeyringError, ValueError):
        raise LedgerDamaged(_blob(home, name), 0, None, Finding.CONTENT_CHANGED) from None
    return Opening(plain[:SALT], plain[SALT:])


def read(home: Home, keyring: Keyring, name: str) -> bytes:
    """Content of a blob; raises as `opening`."""
    return opening(home, keyring, name).content


def disclose(home: Home, keyring: Keyring, reference: dict[str, Any]) -> dict[str, str]:
    """What goes with a proof of a leaf that holds a reference: the opening, or that it is withheld."""
    try:
        found = opening(home, keyring, reference["blob"])
    except ContentErased:
        return {"status": "withheld", "commitment": reference["commitment"]}
    return {"status": "open", "commitment": reference["commitment"], "salt": found.salt.hex(),
            "content": found.content.hex()}


def erase(home: Home, keyring: Keyring, name: str, reason: str) -> int:
    """Destroy a blob's key, then append the `erasure` leaf; returns its number. Safe to repeat after a kill."""
    path = _key(home, name)
    if path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            write_all(handle, bytes(os.fstat(handle).st_size))
            os.fsync(handle)
        finally:
            os.close(handle)
        path.unlink()
        sync_folder(home.blobs)
    payload = {"key": f"erasure/{name}", "erased": {"blob": name, "reason": reason}}
    return office_append(home, keyring, Kind.ERASURE, payload)


def damaged(home: Home, keyring: Keyring, erased: set[str]) -> Iterator[tuple[Path, Finding]]:
    """Files of the blob folder that are not as they were written, with what is wrong."""
    names = {path.stem for path in home.blobs.iterdir() if path.suffix in (".blob", ".key") and ID.fullmatch(path.stem)}
    for path in sorted(home.blobs.iterdir()):
        if path.suffix not in (".blob", ".key") or not ID.fullmatch(path.stem):
            yield path, Finding.STRANGE_FILE
    for name in sorted(names):
        try:
            opening(home, keyring, name)
        except ContentErased:
            if name not in erased:
                yield _key(home, name), Finding.ERASURE_NOT_TOLD
        except FileNotFoundError:
            yield _blob(home, name), Finding.CONTENT_MISSING
        except LedgerDamaged as error:
            yield error.file, error.finding or Finding.CONTENT_CHANGED


def _purpose(name: str) -> bytes:
    return b"personal " + name.encode()


def _key(home: Home, name: str) -> Path:
    return home.blobs / f"{_checked(name)}.key"


def _blob(home: Home, name: str) -> Path:
    return home.blobs / f"{_checked(name)}.blob"


def _checked(name: str) -> str:
    if not ID.fullmatch(name):
        raise LookupError(f"{name!r} is not the id of personal content")
    return name
