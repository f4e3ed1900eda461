"""The `meta` file of a ledger folder: name, origin, and the verifier keys it ever had. Any changed bit shows."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingyuan.ledger.files import open_text, put, sealed_text, sync_folder
from qingyuan.ledger.keyring import LedgerSigner

KIND = "qingyuan-ledger-v1"
FILE = "meta"


@dataclass(frozen=True)
class KeyEntry:
    """A verifier key, since when it signs, and the signature of the key before it that introduces it."""

    vkey: str
    valid_from_us: int
    introduced: bytes


@dataclass(frozen=True)
class Meta:
    """What a ledger says of itself."""

    name: str
    origin: str
    created_us: int
    keyed: bool                    # keeps a digest of each payload's `key`, so that an append can be repeated safely
    keys: tuple[KeyEntry, ...]

    @property
    def vkeys(self) -> list[str]:
        """Verifier key lines, oldest first."""
        return [entry.vkey for entry in self.keys]

    def payload(self) -> dict[str, Any]:
        """Plain data of the file."""
        return {"name": self.name, "origin": self.origin, "created_us": self.created_us, "keyed": self.keyed,
                "keys": [{"vkey": entry.vkey, "valid_from_us": entry.valid_from_us,
                          "introduced": base64.b64encode(entry.introduced).decode()} for entry in self.keys]}

    def write(self, folder: Path) -> None:
        """Put the file in its place, durably."""
        put(folder / FILE, sealed_text(KIND, self.payload()), mode=0o644)
        sync_folder(folder)


def read_meta(folder: Path) -> Meta:
    """Read the file; raises LedgerDamaged when a byte changed, FileNotFoundError when there is none."""
    content = open_text(folder / FILE, KIND)
    keys = tuple(KeyEntry(row["vkey"], row["valid_from_us"], base64.b64decode(row["introduced"]))
                 for row in content["keys"])
    return Meta(content["name"], content["origin"], content["created_us"], content["keyed"], keys)


def key_entry(signer: LedgerSigner) -> KeyEntry:
    """The public side of a signing key."""
    return KeyEntry(signer.vkey, signer.valid_from_us, signer.introduced)
