"""The folder of a system: what is in it and what its ledgers are called.

home/{qingyuan.json, keys/, ledgers/<name>/, witness/, lake/, outbox/, logs/, blobs/, run/}
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

from qingyuan.ledger.errors import HomeError
from qingyuan.ledger.files import canonical, put, sync_folder
from qingyuan.ledger.keyring import Keyring

FORMAT = "qingyuan-home-v1"
OFFICE = "office"
QUARANTINE = ".quarantine"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}(\.quarantine)?")
PRIVATE = ("keys", "ledgers", "outbox", "blobs")
OPEN = ("witness", "lake", "logs", "run")


@dataclass(frozen=True)
class Home:
    """An existing home."""

    path: Path
    id: str

    @classmethod
    def open(cls, path: Path) -> Home:
        """Open a home; raises HomeError when the folder is none."""
        path = Path(path)
        try:
            head = json.loads((path / "qingyuan.json").read_bytes())
        except FileNotFoundError:
            raise HomeError(f"{path} is no home: qingyuan.json is missing") from None
        except ValueError:
            raise HomeError(f"{path / 'qingyuan.json'} is not readable") from None
        if not isinstance(head, dict) or head.get("format") != FORMAT or not isinstance(head.get("id"), str):
            raise HomeError(f"{path / 'qingyuan.json'} is not of the form {FORMAT}")
        return cls(path, head["id"])

    @classmethod
    def create(cls, path: Path) -> Home:
        """Make a home with its keyring and an empty office ledger; raises HomeError when there is one."""
        from qingyuan.ledger.office import open_office

        path = Path(path)
        if (path / "qingyuan.json").exists():
            raise HomeError(f"{path} is a home already")
        for name in (*PRIVATE, *OPEN):
            (path / name).mkdir(mode=0o700 if name in PRIVATE else 0o755, parents=True, exist_ok=True)
        keyring = Keyring.open(path / "keys", create=True)
        home = cls(path, keyring.home_id)
        open_office(home, keyring).close()
        head = {"format": FORMAT, "id": home.id, "created_us": time.time_ns() // 1000}
        put(path / "qingyuan.json", canonical(head) + b"\n", mode=0o644)
        sync_folder(path)
        return home

    def ledgers(self, quarantine: bool = True) -> list[str]:
        """Names of all ledgers, closed ones too, sorted; `quarantine=False` leaves the strangers' ledgers out."""
        return sorted(folder.name for folder in (self.path / "ledgers").iterdir()
                      if (folder / "meta").exists() and (quarantine or not folder.name.endswith(QUARANTINE)))

    def ledger_path(self, name: str) -> Path:
        """Folder of a ledger; raises HomeError for a text that cannot be a ledger's name."""
        if not NAME.fullmatch(name):
            raise HomeError(f"{name!r} cannot be the name of a ledger")
        return self.path / "ledgers" / name

    def witness_keys(self) -> list[str]:
        """Verifier key lines of the witnesses this home knows: the `*.vkey` files in its witness folder."""
        lines = [line.strip() for file in sorted((self.path / "witness").glob("*.vkey"))
                 for line in file.read_text("utf-8").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    @property
    def outbox(self) -> Path:
        """Folder of entries waiting for the office ledger."""
        return self.path / "outbox"

    @property
    def blobs(self) -> Path:
        """Folder of encrypted personal content."""
        return self.path / "blobs"
