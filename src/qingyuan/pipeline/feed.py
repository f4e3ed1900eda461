"""The ledgers as the pipeline meets them: what came up to a tick, and which ticks can no longer gain anything."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from qingyuan.evidence.leaf import FrameLeaf, Kind, Leaf, Verdict, head, parse
from qingyuan.ledger import Home, HomeError, Ledger, begun, interrupted, office_quiet, writer_alive
from qingyuan.pipeline.admitted import takes_in
from qingyuan.pipeline.intake import Arrival
from qingyuan.registry import EntryKind, fold
from qingyuan.registry.records import Admission

OFFICE = "office"


class _Tail:
    """One ledger read forward, some leaves ahead of what was taken."""

    def __init__(self, ledger: Ledger, position: int) -> None:
        self.ledger = ledger
        self.position = position
        self._ahead: deque[tuple[int, Leaf]] = deque()

    def _more(self) -> bool:
        start = self.position + len(self._ahead)
        stop = min(self.ledger.size, start + 512)
        self._ahead.extend((stored.index, parse(stored.data)) for stored in self.ledger.leaves(start, stop))
        return stop > start

    def up_to(self, tick_us: int) -> Iterator[tuple[int, Leaf]]:
        """Take the leaves received up to the tick."""
        while (self._ahead or self._more()) and self._ahead[0][1].received_us <= tick_us:
            self.position += 1
            yield self._ahead.popleft()

    def entries_ahead(self, received_us: int) -> Iterator[dict[str, Any]]:
        """Registry entries not taken yet that were received by an instant."""
        while self._more():
            pass
        for _, leaf in self._ahead:
            if leaf.received_us <= received_us and leaf.kind is Kind.REGISTRY:
                yield leaf.payload

    def next_received(self) -> int | None:
        """Receive time of the first leaf not taken yet that the pipeline works on."""
        looked = 0
        while looked < len(self._ahead) or self._more():
            for _, leaf in islice(self._ahead, looked, None):
                looked += 1
                if leaf.kind in (Kind.FRAME, Kind.REGISTRY):
                    return leaf.received_us
        return None


class Feed:
    """All telegram ledgers and the office ledger of a home, from a position on."""

    def __init__(self, home: Home, position: dict[str, int]) -> None:
        self._home = home
        self._tails: dict[str, _Tail] = {}
        self._entries: list[tuple[int, dict[str, Any]]] = []
        self._admitted: set[int] = set()
        self._position = dict(position)
        self.refresh()
        office = self._tails[OFFICE]
        self._entries = list(_registry_entries(office.ledger, 0, office.position))
        self.registry = fold(self._entries)

    def refresh(self) -> int:
        """See what the writers have made durable since; returns the instant up to which nothing can still appear.

        The clock is read first: an entry made while the ledgers are looked at belongs to the next round.
        """
        now_us = time.time_ns() // 1000
        with office_quiet(self._home):
            for name in self._home.ledgers(quarantine=False):
                tail = self._tails.get(name)
                if tail is not None:
                    tail.ledger.refresh()
                elif begun(self._home.ledger_path(name)):
                    ledger = Ledger(self._home.ledger_path(name))
                    self._tails[name] = _Tail(ledger, self._position.get(name, 0))
        return self._closed_through(now_us)

    def next_received(self) -> int | None:
        """Receive time of the oldest leaf that matters and was not taken yet."""
        times = [at for tail in self._tails.values() if (at := tail.next_received()) is not None]
        return min(times, default=None)

    def tick_us_at(self, received_us: int) -> int:
        """Length of the ticks that hold for something received then: the newest setting learned by that time."""
        length = self.registry.tick_us
        for payload in self._tails[OFFICE].entries_ahead(received_us):
            if payload.get("entry") == EntryKind.SETTING:
                length = fold([*self._entries, (received_us, payload)]).tick_us
        return length

    def _closed_through(self, now_us: int) -> int:
        """No leaf with a receive time up to this instant can still appear (microseconds, inclusive)."""
        through = now_us - 1
        for name, tail in self._tails.items():
            folder = self._home.ledger_path(name)
            if name != OFFICE and (writer_alive(folder) or interrupted(folder)):
                last = parse(tail.ledger.leaf(tail.ledger.size - 1).data).received_us if tail.ledger.size else 0
                through = min(through, last - 1)
        return through

    def take(self, tick_us: int) -> tuple[list[Arrival], set[str]]:
        """Frames up to the tick in the order of receipt, and the ids of registry entries that came with it."""
        changed = self._take_office(tick_us)
        arrivals = self._admissions(tick_us)
        for name, tail in self._tails.items():
            for index, leaf in tail.up_to(tick_us):
                if isinstance(leaf.payload, FrameLeaf) and leaf.payload.verdict is Verdict.ACCEPTED:
                    arrivals.append(Arrival(name, index, leaf.received_us, leaf.payload))
        return sorted(arrivals, key=lambda a: (a.received_us, a.ledger, a.leaf)), changed

    def _take_office(self, tick_us: int) -> set[str]:
        fresh = [(leaf.received_us, leaf.payload) for _, leaf in self._tails[OFFICE].up_to(tick_us)
                 if leaf.kind is Kind.REGISTRY]
        if fresh:
            self._entries += fresh
            self.registry = fold(self._entries)
        return {payload["id"] for _, payload in fresh}

    def _admissions(self, tick_us: int) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for number, admission in enumerate(self.registry.admissions):
            if number in self._admitted:
                continue
            self._admitted.add(number)
            for index, leaf in self._named_by(admission):
                if leaf.received_us > tick_us:       # what came after the admission was worked off is not meant by it
                    break
                if isinstance(leaf.payload, FrameLeaf) and takes_in(admission, index, leaf):
                    arrivals.append(Arrival(admission.ledger, index, tick_us, leaf.payload))
        return arrivals

    def _named_by(self, admission: Admission) -> Iterator[tuple[int, Leaf]]:
        """Leaves an admission names, as far as they exist; an entry that names no ledger must not stop the pipeline."""
        try:
            ledger = Ledger(self._home.ledger_path(admission.ledger))
        except (HomeError, FileNotFoundError):
            return
        for stored in ledger.still_there(admission.from_leaf, admission.to_leaf):
            yield stored.index, parse(stored.data)

    def skip_admissions(self) -> None:
        """Admissions known at the start position were worked off before."""
        self._admitted = set(range(len(self.registry.admissions)))

    def cut(self) -> dict[str, int]:
        """How many leaves of each ledger have been taken: all that were received up to the last tick."""
        return {name: tail.position for name, tail in sorted(self._tails.items())}


def _registry_entries(ledger: Ledger, start: int, stop: int) -> Iterable[tuple[int, dict[str, Any]]]:
    for stored in ledger.leaves(start, stop):
        kind, received_us = head(stored.data)
        if kind is Kind.REGISTRY:
            yield received_us, parse(stored.data).payload


def publications(ledger: Ledger) -> Iterator[tuple[int, dict[str, Any]]]:
    """Leaf number and content of each publication of the office ledger, oldest first."""
    for stored in ledger.leaves(0, ledger.size):
        if head(stored.data)[0] is Kind.PUBLICATION:
            yield stored.index, parse(stored.data).payload
