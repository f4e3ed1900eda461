"""The newest leaves of the gateways' ledgers, read on from where the last reading ended: ticks, clocks, strangers.

Only the newest `FIRST` leaves of each ledger are read at the beginning, so that a long ledger costs no page its time;
what is older is in the ledger pages.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qingyuan.console import home
from qingyuan.console.operations.opened import size_at
from qingyuan.evidence.leaf import FrameLeaf, Kind, Verdict, parse
from qingyuan.ledger import OFFICE, QUARANTINE, Ledger, LedgerError

FIRST, KEPT, CUTS = 20_000, 20_000, 12
BEGIN = rb"(?:\A##[0-9]{4}|(?<![0-9A-Za-z]))"          # the length before the first name is four digits
MN = re.compile(BEGIN + rb"MN\s*=\s*([0-9A-Za-z_-]{1,64})")
QN = re.compile(BEGIN + rb"QN=([0-9]{17})(?=;)")


@dataclass(frozen=True)
class Tick:
    """What a gateway counted at a tick; `last`: it ended in order then."""

    ledger: str
    leaf: int
    received_us: int
    tick_us: int
    connections: int
    telegrams: int
    last: bool


@dataclass(frozen=True)
class Refused:
    """A frame in quarantine. mn: as the masked bytes name it, empty where they do not."""

    ledger: str
    leaf: int
    received_us: int
    peer: str
    mn: str
    verdict: Verdict


@dataclass(frozen=True)
class Sent:
    """The last telegram of a logger: when it came, and its QN: what the logger's clock said (empty without one)."""

    received_us: int
    qn: str
    ledger: str
    leaf: int


@dataclass
class Tail:
    """What was read of one ledger so far. `since_us`: receive time of the first leaf that was read."""

    position: int = -1
    since_us: int | None = None
    ticks: deque[Tick] = field(default_factory=lambda: deque(maxlen=KEPT))
    refused: deque[Refused] = field(default_factory=lambda: deque(maxlen=KEPT))
    sent: dict[str, Sent] = field(default_factory=dict)


class Recent:
    """All telegram and quarantine ledgers of a home. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tails: dict[str, Tail] = {}
        self._cuts: OrderedDict[tuple[str, int], Tail] = OrderedDict()

    def at(self, as_of_us: int) -> dict[str, Tail]:
        """The newest leaves of each ledger among those received by an instant; the last few are kept."""
        found = {}
        with self._lock:
            for name in home.home().ledgers():
                if name != OFFICE:
                    try:
                        found[name] = self._cut(name, as_of_us)
                    except (LedgerError, OSError):
                        continue
        return found

    def _cut(self, name: str, as_of_us: int) -> Tail:
        with Ledger(home.home().ledger_path(name)) as ledger:
            size = size_at(ledger, as_of_us)
            if (name, size) not in self._cuts:
                tail = Tail()
                _read(ledger, tail, size)
                self._cuts[name, size] = tail
            self._cuts.move_to_end((name, size))
            while len(self._cuts) > CUTS:
                self._cuts.popitem(last=False)
            return self._cuts[name, size]

    def refresh(self) -> dict[str, Tail]:
        """Read on; a damaged ledger is left out here, the ledger page names it."""
        with self._lock:
            for name in home.home().ledgers():
                if name != OFFICE:
                    try:
                        _read_on(name, self._tails.setdefault(name, Tail()))
                    except (LedgerError, OSError):
                        continue
            return {name: Tail(tail.position, tail.since_us, deque(tail.ticks), deque(tail.refused), dict(tail.sent))
                    for name, tail in self._tails.items()}


def _read_on(name: str, tail: Tail) -> None:
    with Ledger(home.home().ledger_path(name)) as ledger:
        _read(ledger, tail, ledger.size)


def _read(ledger: Ledger, tail: Tail, stop: int) -> None:
    """Read on up to a leaf, excluded."""
    if tail.position < 0:
        tail.position = max(0, stop - FIRST)
    for stored in ledger.still_there(tail.position, stop):
        leaf = parse(stored.data)
        tail.since_us = leaf.received_us if tail.since_us is None else tail.since_us
        if leaf.kind is Kind.TICK:
            tail.ticks.append(_tick(ledger.name, stored.index, leaf.received_us, leaf.payload))
        elif isinstance(leaf.payload, FrameLeaf):
            _frame(ledger.name, stored.index, leaf.received_us, leaf.payload, tail)
    tail.position = stop


def _tick(name: str, index: int, received_us: int, payload: dict) -> Tick:
    counters = payload.get("counters", {})
    return Tick(name, index, received_us, payload["tick_us"], payload.get("connections", 0),
                counters.get("telegrams", 0), bool(payload.get("last")))


def _frame(name: str, index: int, received_us: int, frame: FrameLeaf, tail: Tail) -> None:
    found = MN.search(frame.masked)
    mn = found[1].decode() if found else ""
    if name.endswith(QUARANTINE):
        tail.refused.append(Refused(name, index, received_us, frame.peer, mn, frame.verdict))
    elif mn:
        qn = QN.search(frame.masked)
        tail.sent[mn] = Sent(received_us, qn[1].decode() if qn else "", name, index)


@cache
def _recent(path: Path) -> Recent:
    return Recent()


def tails(as_of_us: int | None = None) -> dict[str, Tail]:
    """Tails of all ledgers of the console's home, by name, as they were at an instant (None: now)."""
    found = _recent(home.home().path)
    return found.refresh() if as_of_us is None else found.at(as_of_us)


@dataclass(frozen=True)
class Gap:
    """A time in which a gateway wrote no tick: we were not listening. `ordered`: it had ended in order."""

    ledger: str
    begin_us: int
    end_us: int
    ordered: bool


def gaps(ticks: Iterable[Tick], tick_us: int, until_us: int) -> list[Gap]:
    """Times without ticks, the newest first: more than two ticks and a second; a last tick may still be in one."""
    found, before = [], None
    longest = 2 * tick_us + 1_000_000
    for tick in ticks:
        if before is not None and tick.received_us - before.received_us > longest:
            found.append(Gap(tick.ledger, before.received_us, tick.received_us, before.last))
        before = tick
    if before is not None and until_us - before.received_us > longest:
        found.append(Gap(before.ledger, before.received_us, until_us, before.last))
    return found[::-1]
