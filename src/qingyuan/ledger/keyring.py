"""Keys of a home: one signing key a ledger (old ones are kept), salts, password checks, wrapping of content keys.

Signing keys are named as the origin of their ledger, `qingyuan/<home id>/<ledger>`, as C2SP tlog-checkpoint asks.
Secrets leave this module only as signatures, salts, MACs and wrapped boxes; no representation or error shows them.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from qingyuan.evidence.note import ED25519, key_id, vkey
from qingyuan.ledger.boxes import open_box, private_half
from qingyuan.ledger.errors import KeyringError
from qingyuan.ledger.files import locked
from qingyuan.ledger.vault import Vault, exists, new_vault, open_vault

SUCCESSOR = b"qingyuan successor key v1\n"


def origin_of(home_id: str, ledger: str) -> str:
    """Origin line of a ledger's checkpoints, and the name of its signing keys."""
    return f"qingyuan/{home_id}/{ledger}"


@dataclass(frozen=True)
class LedgerSigner:
    """One Ed25519 key; satisfies `evidence.note.Signer`."""

    name: str
    valid_from_us: int
    public: bytes
    introduced: bytes        # signature by the key before it over the successor statement; empty for the first
    _private: Ed25519PrivateKey = field(repr=False)

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature line names this key."""
        return key_id(self.name, ED25519, self.public)

    @property
    def vkey(self) -> str:
        """Verifier key line."""
        return vkey(self.name, self.public)

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes."""
        return self._private.sign(message)


def successor_statement(vkey_line: str) -> bytes:
    """What an old key signs to introduce the one after it."""
    return SUCCESSOR + vkey_line.encode()


class Keyring:
    """The opened keyring of a home. Other processes may add keys meanwhile; they are read when one is missing."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._signers: dict[str, list[LedgerSigner]] = {}
        self._take(vault.load())

    def __repr__(self) -> str:
        return f"Keyring({str(self._vault.folder)!r}, {sum(map(len, self._signers.values()))} signing keys)"

    def __reduce__(self) -> Any:
        raise TypeError("a keyring is not copied or sent; open it where it is needed")

    @classmethod
    def open(cls, folder: Path, create: bool = False, home_id: str | None = None) -> Keyring:
        """Open the keyring in a folder, or begin one; raises KeyringError."""
        folder = Path(folder)
        if not exists(folder):
            if not create:
                raise KeyringError(f"there is no keyring in {folder}")
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with locked(folder / "lock"):
                if not exists(folder):
                    vault = new_vault(folder, home_id or secrets.token_hex(6))
                    fresh = {name: _b64(secrets.token_bytes(32)) for name in ("salt", "password", "wrap")}
                    vault.save(fresh | {"keys": []})
        return cls(open_vault(folder))

    @property
    def home_id(self) -> str:
        """Id of the home the keys are for."""
        return self._vault.home_id

    def signer(self, ledger: str) -> LedgerSigner:
        """Newest signing key of a ledger; the first call for a name makes the key."""
        if not self._known(ledger):
            self._change(lambda content: self._add(content, ledger) if not self._of(content, ledger) else None)
        return self._signers[self._origin(ledger)][-1]

    def rotate(self, ledger: str) -> LedgerSigner:
        """Begin a new signing key, introduced by the one before it, which stays valid for what it signed."""
        self._change(lambda content: self._add(content, ledger))
        return self._signers[self._origin(ledger)][-1]

    def signers(self, ledger: str) -> list[LedgerSigner]:
        """All signing keys a ledger ever had, oldest first."""
        self._known(ledger)
        return list(self._signers.get(self._origin(ledger), ()))

    def vkey(self, ledger: str) -> str:
        """Verifier key line of the newest signing key; raises KeyringError for a ledger without one."""
        return self.vkeys(ledger)[-1]

    def vkeys(self, ledger: str) -> list[str]:
        """Verifier key lines of all signing keys, oldest first; raises KeyringError for a ledger without one."""
        found = [signer.vkey for signer in self.signers(ledger)]
        if not found:
            raise KeyringError(f"there is no signing key for ledger {ledger}")
        return found

    def salt(self, ledger: str, index: int) -> bytes:
        """Salt of a leaf's commitment: HMAC-SHA-256(salt key, name|index), first 16 bytes."""
        return hmac.digest(self._salt, b"%b|%d" % (ledger.encode(), index), "sha256")[:16]

    def password_check(self, mn: str, password: str) -> str:
        """What the registry keeps of a logger's password: keyed hash, hexadecimal; it cannot be guessed offline."""
        return hmac.digest(self._password, mn.encode() + b"\0" + password.encode(), "sha256").hex()

    def wrap(self, secret: bytes, purpose: bytes) -> bytes:
        """Encrypt a content key for a purpose (nonce and box)."""
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self._wrap).encrypt(nonce, secret, purpose)

    def unwrap(self, box: bytes, purpose: bytes) -> bytes:
        """Inverse of `wrap`; raises KeyringError when the box is another's, for another purpose, or changed."""
        try:
            return AESGCM(self._wrap).decrypt(box[:12], box[12:], purpose)
        except (InvalidTag, ValueError):
            raise KeyringError("a wrapped key does not open") from None

    @property
    def box_key(self) -> bytes:
        """Public key for boxes that only this keyring opens, 32 bytes."""
        return private_half(self._wrap).public_key().public_bytes_raw()

    def open_box(self, box: bytes, purpose: bytes) -> bytes:
        """Content of a box closed with `box_key`; raises KeyringError."""
        return open_box(private_half(self._wrap), box, purpose)

    def _origin(self, ledger: str) -> str:
        return origin_of(self.home_id, ledger)

    def _known(self, ledger: str) -> bool:
        if self._origin(ledger) not in self._signers:
            self._take(self._vault.load())
        return self._origin(ledger) in self._signers

    def _take(self, content: dict[str, Any]) -> None:
        self._salt, self._password, self._wrap = (base64.b64decode(content[n]) for n in ("salt", "password", "wrap"))
        signers: dict[str, list[LedgerSigner]] = {}
        for row in content["keys"]:
            signers.setdefault(row["name"], []).append(_signer(row))
        self._signers = signers

    def _of(self, content: dict[str, Any], ledger: str) -> list[dict[str, Any]]:
        return [row for row in content["keys"] if row["name"] == self._origin(ledger)]

    def _add(self, content: dict[str, Any], ledger: str) -> None:
        before = self._of(content, ledger)
        row: dict[str, Any] = {"name": self._origin(ledger), "seed": _b64(secrets.token_bytes(32)),
                               "valid_from_us": time.time_ns() // 1000, "introduced": ""}
        if before:
            row["introduced"] = _b64(_signer(before[-1]).sign(successor_statement(_signer(row).vkey)))
        content["keys"].append(row)

    def _change(self, change: Callable[[dict[str, Any]], None]) -> None:
        with locked(self._vault.folder / "lock"):
            content = self._vault.load()
            kept = list(content["keys"])
            change(content)
            assert content["keys"][:len(kept)] == kept, "a key was about to be dropped"
            if len(content["keys"]) > len(kept):
                self._vault.save(content)
            self._take(content)


def _signer(row: dict[str, Any]) -> LedgerSigner:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(row["seed"]))
    public = private.public_key().public_bytes_raw()
    return LedgerSigner(row["name"], row["valid_from_us"], public, base64.b64decode(row["introduced"]), private)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
