"""What a witness keeps for itself: its key, the newest tree of each ledger it saw, its alarms.

The store may be any folder, best one the ledgers' keeper cannot write. Layout: keys/, seen/<ledger>, alarms.jsonl.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from qingyuan.evidence.note import COSIGNATURE, vkey
from qingyuan.ledger import Home, Keyring
from qingyuan.ledger.files import canonical, open_text, put, sealed_text, sync_folder, write_all
from qingyuan.ledger.keyring import LedgerSigner
from qingyuan.witness.alarm import Alarm

KIND = "qingyuan-seen-v1"
KEY = "witness"


@dataclass(frozen=True)
class Seen:
    """The newest state of a ledger that was found right."""

    origin: str = ""
    size: int = 0
    root: str = ""
    keys: tuple[str, ...] = ()


class Store:
    """The folder of a witness."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)
        (self._folder / "seen").mkdir(parents=True, exist_ok=True)
        self.signer: LedgerSigner = Keyring.open(self._folder / "keys", create=True).signer(KEY)

    @property
    def vkey(self) -> str:
        """Verifier key line of this witness (cosignature/v1)."""
        return vkey(self.signer.name, self.signer.public, COSIGNATURE)

    def register(self, home: Home) -> None:
        """Leave the public key line where the home looks for its witnesses."""
        path = home.path / "witness" / f"{self.signer.name.split('/')[1]}.vkey"
        line = (self.vkey + "\n").encode()
        if not path.exists() or path.read_bytes() != line:
            path.parent.mkdir(exist_ok=True)
            put(path, line, mode=0o644)

    def names(self) -> list[str]:
        """Ledgers seen before."""
        return sorted(path.name for path in (self._folder / "seen").iterdir() if not path.name.endswith(".tmp"))

    def seen(self, ledger: str) -> Seen:
        """What was seen of a ledger; raises LedgerDamaged when the own record was changed."""
        try:
            content = open_text(self._folder / "seen" / ledger, KIND)
        except FileNotFoundError:
            return Seen()
        return Seen(content["origin"], content["size"], content["root"], tuple(content["keys"]))

    def remember(self, ledger: str, seen: Seen) -> None:
        """Keep what was seen, durably, before anything is signed."""
        put(self._folder / "seen" / ledger, sealed_text(KIND, asdict(seen)))
        sync_folder(self._folder / "seen")

    def alarms(self) -> list[dict[str, object]]:
        """All alarms on record, oldest first."""
        try:
            lines = (self._folder / "alarms.jsonl").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines if line]

    def record(self, alarm: Alarm) -> bool:
        """Put an alarm on record once; False when the same is there already."""
        content = asdict(alarm)
        if any({name: value for name, value in known.items() if name != "at_us"} == content for known in self.alarms()):
            return False
        handle = os.open(self._folder / "alarms.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            write_all(handle, canonical({"at_us": time.time_ns() // 1000, **content}) + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        return True
