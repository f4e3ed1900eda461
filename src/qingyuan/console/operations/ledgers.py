"""What the ledger pages show: state of each ledger, publications, and the content of a leaf with secrets withheld."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qingyuan.console import home
from qingyuan.console.operations.proofs import cosigned
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.evidence.note import NoteError, parse_checkpoint, split_note
from qingyuan.ledger import OFFICE, QUARANTINE, Ledger, LedgerError
from qingyuan.ledger.files import open_text
from qingyuan.ledger.store import CLOSED, CLOSED_KIND, writer_alive

SECRETS = ("password_check",)
WITHHELD = "…"


@dataclass(frozen=True)
class State:
    """One ledger as it stands. witnessed: leaves under the newest co-signed checkpoint; closed: why it ended."""

    name: str
    damaged: str = ""
    origin: str = ""
    size: int = 0
    first: int = 0
    note: str = ""
    keys: tuple[str, ...] = ()
    witnessed: int | None = None
    witness: str = ""
    witnessed_s: int | None = None
    segments: int = 0
    sealed: int = 0
    live: bool = False
    closed: str = ""
    successor: str = ""

    @property
    def quarantine(self) -> bool:
        """True for a ledger of strangers."""
        return self.name.endswith(QUARANTINE)

    @property
    def office(self) -> bool:
        """True for the ledger of registry, rulings and publications."""
        return self.name == OFFICE

    @property
    def behind(self) -> int:
        """Leaves the witness has not seen yet."""
        return self.size - (self.witnessed or 0)


def states() -> list[State]:
    """Every ledger of the home; a damaged one is named with what is wrong with it."""
    return [_state(name) for name in home.home().ledgers()]


def _state(name: str) -> State:
    path = home.home().ledger_path(name)
    try:
        with Ledger(path) as ledger:
            note, witnessed = ledger.checkpoint(), ledger.witnessed()
            witness, at_s = cosigned(witnessed) if witnessed else ("", None)
            segments = ledger.segments()
            why, successor = _closed(path)
            return State(name, "", ledger.origin, ledger.size, ledger.first(), note, _key_ids(note),
                         parse_checkpoint(witnessed).size if witnessed else None, witness, at_s, len(segments),
                         sum(segment.sealed for segment in segments), writer_alive(path), why, successor)
    except (LedgerError, NoteError, OSError) as error:
        return State(name, damaged=str(error))


def _key_ids(note: str) -> tuple[str, ...]:
    """Ids of the keys that signed a note, hexadecimal."""
    return tuple(identity.hex() for _name, identity, _signature in split_note(note)[1])


def _closed(path: Path) -> tuple[str, str]:
    try:
        content = open_text(path / CLOSED, CLOSED_KIND)
    except FileNotFoundError:
        return "", ""
    return str(content["why"]), str(content["successor"])


@dataclass(frozen=True)
class Publication:
    """What was published at a tick."""

    leaf: int
    received_us: int
    tick_us: int
    count: int
    root: str
    software: str
    reason: str
    rules: tuple[str, ...]


class Publications:
    """Publications of the office ledger, read on from where the last reading ended. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read = 0
        self._found: list[Publication] = []

    def all(self) -> list[Publication]:
        """Every publication, oldest first."""
        with self._lock, Ledger(home.home().ledger_path(OFFICE)) as ledger:
            for stored in ledger.leaves(self._read, ledger.size):
                leaf = parse(stored.data)
                if leaf.kind is Kind.PUBLICATION:
                    self._found.append(_publication(stored.index, leaf.received_us, leaf.payload))
            self._read = ledger.size
            return list(self._found)


def _publication(index: int, received_us: int, content: dict[str, Any]) -> Publication:
    return Publication(index, received_us, content["tick_us"], content["figures_count"], content["figures_root"],
                       str(content.get("software", "")), str(content.get("reason", "")),
                       tuple(content.get("rules", ())))


@cache
def _publications(path: Path) -> Publications:
    return Publications()


def publications(as_of_us: int | None) -> list[Publication]:
    """Publications known at the instant, newest first."""
    found = _publications(home.home().path).all()
    return [one for one in reversed(found) if as_of_us is None or one.received_us <= as_of_us]


def shown(payload: Any) -> str:
    """The content of a leaf as text, secrets withheld."""
    return json.dumps(_without_secrets(payload), ensure_ascii=False, indent=1, sort_keys=True)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: WITHHELD if name in SECRETS and inner else _without_secrets(inner)
                for name, inner in value.items()}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value
