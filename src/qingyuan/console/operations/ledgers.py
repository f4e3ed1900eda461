"""What the ledger pages show: state of each ledger, publications, and the content of a leaf with secrets withheld."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qingyuan.console import home
from qingyuan.console.operations.findings import damage_words
from qingyuan.console.operations.opened import size_at
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
    """One ledger, now or as it was at an instant.

    Then: `size` and `root` are of the leaves received by then (None where those were dropped since: nobody can count
    them), and a co-signature is that of then if the newest one was made by then. Earlier notes are not kept: `note`,
    `segments`, `sealed`, `live`, `closed`, `successor` are always of now, `signed` is the size of the note.
    witnessed: leaves under the co-signed checkpoint; later_s: when the newest was made, if that was after the instant.
    """

    name: str
    damaged: str = ""
    origin: str = ""
    size: int | None = 0
    root: str = ""
    first: int = 0
    note: str = ""
    signed: int = 0
    keys: tuple[str, ...] = ()
    witnessed: int | None = None
    witness: str = ""
    witnessed_s: int | None = None
    later_s: int | None = None
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
        return max(0, (self.size or 0) - (self.witnessed or 0))


def states(as_of_us: int | None = None) -> list[State]:
    """Every ledger of the home; a damaged one is named with what is wrong with it."""
    return [_state(name, as_of_us) for name in home.home().ledgers()]


def _state(name: str, as_of_us: int | None) -> State:
    path = home.home().ledger_path(name)
    try:
        with Ledger(path) as ledger:
            note, segments = ledger.checkpoint(), ledger.segments()
            size, first = _size(ledger, as_of_us), ledger.first()
            why, successor = _closed(path)
            return State(
                name, "", ledger.origin, size, ledger.root(size).hex() if size else "", first, note,
                parse_checkpoint(note).size, _key_ids(note), *_witnessed(ledger, as_of_us), len(segments),
                sum(segment.sealed for segment in segments), writer_alive(path), why, successor)
    except (LedgerError, NoteError, LookupError, OSError, ValueError) as error:
        return State(name, damaged=damage_words(error))


def _size(ledger: Ledger, as_of_us: int | None) -> int | None:
    size, first = size_at(ledger, as_of_us), ledger.first()
    return None if as_of_us is not None and first and size <= first else size


def _witnessed(ledger: Ledger, as_of_us: int | None) -> tuple[int | None, str, int | None, int | None]:
    """Leaves under the newest co-signed checkpoint, by whom, when; and when, if that was after the instant."""
    note = ledger.witnessed()
    if not note:
        return None, "", None, None
    witness, at_s = cosigned(note)
    if as_of_us is not None and (at_s is None or at_s * 1_000_000 > as_of_us):
        return None, "", None, at_s
    return parse_checkpoint(note).size, witness, at_s, None


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
