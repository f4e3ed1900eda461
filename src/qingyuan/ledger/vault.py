"""The file a keyring lives in: AES-256-GCM under a master key from a 0600 file or a passphrase."""

from __future__ import annotations

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from qingyuan.ledger.errors import KeyringError
from qingyuan.ledger.files import canonical, put, sync_folder

FORMAT = "qingyuan-keyring-v1"
PASSPHRASE = "QINGYUAN_KEYRING_PASSPHRASE"  # noqa: S105  (the name of the variable, not a secret)
FILE, MASTER = "keyring.json", "master.key"
SCRYPT = {"type": "scrypt", "n": 1 << 15, "r": 8, "p": 1}


@dataclass(repr=False)
class Vault:
    """An opened keyring file: how its master key is come by, and the key itself."""

    folder: Path
    home_id: str
    kdf: dict[str, Any]
    master: bytes

    def load(self) -> dict[str, Any]:
        """Decrypt the content; raises KeyringError when the file or the key is not the right one."""
        head = _read(self.folder)
        try:
            box = AESGCM(self.master).decrypt(_bytes(head["nonce"]), _bytes(head["box"]), _bound(head))
        except (InvalidTag, KeyError, ValueError):
            raise KeyringError(f"{self.folder / FILE} does not open with this key, or was changed") from None
        content: dict[str, Any] = json.loads(box)
        return content

    def save(self, content: dict[str, Any]) -> None:
        """Encrypt under a fresh nonce and replace the file."""
        head: dict[str, Any] = {"format": FORMAT, "home": self.home_id, "kdf": self.kdf}
        nonce = secrets.token_bytes(12)
        box = AESGCM(self.master).encrypt(nonce, canonical(content), _bound(head))
        head |= {"nonce": base64.b64encode(nonce).decode(), "box": base64.b64encode(box).decode()}
        put(self.folder / FILE, canonical(head) + b"\n")
        sync_folder(self.folder)


def exists(folder: Path) -> bool:
    """True if there is a keyring in the folder."""
    return (folder / FILE).exists()


def open_vault(folder: Path) -> Vault:
    """Open an existing keyring file; raises KeyringError."""
    head = _read(folder)
    kdf = head["kdf"]
    master = _from_passphrase(kdf) if kdf.get("type") == "scrypt" else _from_file(folder)
    return Vault(folder, head["home"], kdf, master)


def new_vault(folder: Path, home_id: str) -> Vault:
    """Begin a keyring file: by passphrase when the environment gives one, else with a fresh master key file."""
    if os.environ.get(PASSPHRASE):
        kdf: dict[str, Any] = {**SCRYPT, "salt": base64.b64encode(secrets.token_bytes(16)).decode()}
        return Vault(folder, home_id, kdf, _from_passphrase(kdf))
    if not (folder / MASTER).exists():
        put(folder / MASTER, secrets.token_bytes(32))
        sync_folder(folder)
    return Vault(folder, home_id, {"type": "file"}, _from_file(folder))


def _read(folder: Path) -> dict[str, Any]:
    try:
        head = json.loads((folder / FILE).read_bytes())
    except FileNotFoundError:
        raise KeyringError(f"there is no keyring in {folder}") from None
    except ValueError:
        raise KeyringError(f"{folder / FILE} is not readable") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(head.get("kdf"), dict):
        raise KeyringError(f"{folder / FILE} is not of the form {FORMAT}")
    return head


def _bound(head: dict[str, Any]) -> bytes:
    return canonical({name: head.get(name) for name in ("format", "home", "kdf")})


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _from_passphrase(kdf: dict[str, Any]) -> bytes:
    passphrase = os.environ.get(PASSPHRASE)
    if not passphrase:
        raise KeyringError(f"the keyring is under a passphrase: set {PASSPHRASE}")
    try:
        return Scrypt(_bytes(kdf["salt"]), 32, kdf["n"], kdf["r"], kdf["p"]).derive(passphrase.encode())
    except (KeyError, ValueError, TypeError):
        raise KeyringError("the keyring's key derivation settings are not readable") from None


def _from_file(folder: Path) -> bytes:
    path = folder / MASTER
    try:
        loose = path.stat().st_mode & 0o077
        master = path.read_bytes()
    except FileNotFoundError:
        raise KeyringError(f"{path} is missing") from None
    if loose:
        raise KeyringError(f"{path} can be read by others; set its mode to 0600")
    if len(master) != 32:
        raise KeyringError(f"{path} is not a master key")
    return master
