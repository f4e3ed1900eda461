"""The leaves an explanation rests on, each once, with its path to the newest witnessed checkpoint."""

from __future__ import annotations

from dataclasses import dataclass

from qingyuan.evidence.leaf import Leaf, parse
from qingyuan.evidence.note import parse_checkpoint
from qingyuan.ledger import Home, Ledger


@dataclass(frozen=True)
class Proof:
    """One leaf with its inclusion path at the size of `checkpoint`."""

    ledger: str
    origin: str
    index: int
    data: bytes
    path: list[bytes]


class Leaves:
    """Opens ledgers of a home as they are needed."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._ledgers: dict[str, Ledger] = {}
        self._used: dict[tuple[str, int], tuple[int, Leaf]] = {}
        self._data: list[tuple[str, int, bytes]] = []

    def ledger(self, name: str) -> Ledger:
        """A ledger of the home."""
        if name not in self._ledgers:
            self._ledgers[name] = Ledger(self._home.ledger_path(name))
        return self._ledgers[name]

    def use(self, ledger: str, index: int) -> tuple[int, Leaf]:
        """Number of a leaf in this explanation, and the leaf."""
        where = ledger, index
        if where not in self._used:
            data = self.ledger(ledger).leaf(index).data
            self._used[where] = len(self._data), parse(data)
            self._data.append((ledger, index, data))
        return self._used[where]

    def item(self, number: int) -> tuple[str, int, bytes]:
        """Ledger, index and bytes of a leaf by its number."""
        return self._data[number]

    def checkpoint(self, ledger: str) -> tuple[str, int]:
        """The checkpoint a ledger's leaves are proven against: the witnessed one if it covers them, and its size."""
        opened = self.ledger(ledger)
        needed = max(index for name, index, _ in self._data if name == ledger)
        for note in (opened.witnessed(), opened.checkpoint()):
            if note is not None and (size := parse_checkpoint(note).size) > needed:
                return note, size
        raise LookupError(f"ledger {ledger}: leaf {needed} is not under a checkpoint yet; try again in a second")

    def used(self) -> set[tuple[str, int]]:
        """Ledger and index of every leaf in use."""
        return set(self._used)

    def names(self) -> list[str]:
        """Ledgers in use."""
        return sorted({name for name, _, _ in self._data})

    def proofs(self) -> list[Proof]:
        """All leaves in the order of their numbers."""
        sizes = {name: self.checkpoint(name)[1] for name in self.names()}
        return [Proof(name, self.ledger(name).origin, index, data, self.ledger(name).inclusion(index, sizes[name]))
                for name, index, data in self._data]
