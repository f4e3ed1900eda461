"""The ledger's side of the gateway, in one thread: judge, append, sync, and only then say what to answer.

A batch is written and synced as one group. Nothing of it is acknowledged unless the sync succeeded.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress

import structlog

from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.gateway.admission import any_admitted
from qingyuan.gateway.counters import Counters
from qingyuan.gateway.head import ANSWER_BIT, Head
from qingyuan.gateway.inbox import Parcel, Peer
from qingyuan.gateway.judge import Judge, Judged
from qingyuan.gateway.roster import Roster
from qingyuan.gateway.ticks import Ticks
from qingyuan.hj212 import CannotEncode, RawFrame, compose, damaged_spans, kind_of, secret_spans
from qingyuan.hj212.answer import ANSWERS
from qingyuan.ledger import Home, Keyring, LedgerBroken, LedgerError, Quarantine, open_or_succeed, raw_digest
from qingyuan.registry import Register

LONGEST_LEAF = 0xFFFF        # a frame leaf counts offsets in two bytes
CHECKPOINT_US, REFRESH_US, RETENTION_US = 250_000, 1_000_000, 3_600_000_000
SHOWN = 10                   # loggers named in one line of the log
DAMAGED = (Verdict.BAD_CRC, Verdict.BAD_LENGTH, Verdict.UNREADABLE)
Answers = list[tuple[Peer, bytes]]


def now_us() -> int:
    """Our clock, microseconds since 1970 UTC."""
    return time.time_ns() // 1000


class Committer:
    """One telegram ledger and its quarantine. For use in one thread."""

    def __init__(self, home: Home, keyring: Keyring, name: str, register: Register) -> None:
        self.counters = Counters()
        self._home = home
        self._writer = open_or_succeed(home, keyring, name)
        self._quarantine = Quarantine.open(home, keyring, self._writer.name)
        self.roster = Roster(home, keyring)
        self._judge = Judge(self.roster, keyring, register)
        self._ticks = Ticks(now_us(), self.roster.registry.tick_us)
        self._signed_us = self._looked_us = self._retained_us = now_us()
        self._unsigned = False
        self.committed_us = 0                       # when the last batch with frames became durable
        self._log = structlog.get_logger("gateway")

    @property
    def ledger(self) -> str:
        """Name of the telegram ledger (a successor's where one had to be closed)."""
        return self._writer.name

    def work(self, parcels: Sequence[Parcel], connections: int) -> Answers:
        """`take` and `upkeep` in one."""
        answers = self.take(parcels, connections)
        self.upkeep()
        return answers

    def take(self, parcels: Sequence[Parcel], connections: int) -> Answers:
        """Take a batch; returns what to send back to whom. Raises LedgerBroken if it could not be made durable.

        A tick that falls into the batch stands between the leaves before and after it.
        """
        self._tick(connections)
        judged = [(parcel.peer, found) for parcel in parcels for found in self._read(parcel)]
        self._welcome([found for _, found in judged])
        answers: dict[Peer, list[bytes]] = {}
        for peer, found in judged:
            self._tick(connections)
            if self._keep(peer, found) and (answer := _answer(found.head)):
                answers.setdefault(peer, []).append(answer)
        self._writer.commit()
        self._quarantine.commit()
        self.committed_us = now_us() if judged else self.committed_us
        self._unsigned = self._unsigned or bool(judged)
        self.counters.answers += sum(map(len, answers.values()))
        return [(peer, b"".join(parts)) for peer, parts in answers.items()]

    def _read(self, parcel: Parcel) -> list[Judged]:
        out = []
        for item in parcel.peer.reader.feed(parcel.data):
            raw = item.raw[:LONGEST_LEAF]       # what is cut off are blanks behind the packet
            out.append(self._judge.frame(raw, now_us()) if isinstance(item, RawFrame) else Judge.span(raw))
        if parcel.last and parcel.peer.reader.remainder:
            out.append(Judge.span(parcel.peer.reader.remainder))
        return out

    def _welcome(self, judged: Sequence[Judged]) -> None:
        """Register loggers that may register themselves, then judge their frames again by what was registered."""
        fresh = {found.newcomer.mn: found.newcomer for found in reversed(judged) if found.newcomer is not None}
        if not fresh:
            return
        try:
            self.roster.enter(list(fresh.values()))
        except LedgerError as error:                # they stay unknown, get no answer, and will send again
            self._log.error("not registered", count=len(fresh), loggers=sorted(fresh)[:SHOWN], reason=str(error))
            return
        self.counters.registered += len(fresh)
        self._log.info("registered", count=len(fresh), loggers=sorted(fresh)[:SHOWN])
        for found in judged:
            if found.newcomer is not None:
                found.verdict = self._judge.frame(found.raw, now_us()).verdict

    def _keep(self, peer: Peer, found: Judged) -> bool:
        """Append one frame; True if it was accepted (a repeat counts as accepted and is not appended again)."""
        spans = damaged_spans if found.verdict in DAMAGED else secret_spans
        where = found.raw, spans(found.raw), peer.address, peer.port, peer.local_port, found.crc_variant
        if found.verdict is not Verdict.ACCEPTED:
            self.counters.reject(found.verdict)
            if self._quarantine.append_frame(now_us(), *where, found.verdict) is None:
                self.counters.beyond_quota += 1
            return False
        if found.head is not None and found.head.identified and self._writer.seen(raw_digest(found.raw)):
            self.counters.repeats += 1
            return True
        self._writer.append_frame(now_us(), *where, found.verdict)
        self.counters.telegrams += 1
        return True

    def _tick(self, connections: int) -> None:
        boundary = self._ticks.due(now_us())
        if boundary is not None:
            self._tick_leaf(boundary, connections, last=False)

    def _tick_leaf(self, boundary_us: int, connections: int, *, last: bool) -> None:
        self._writer.append_json(Kind.TICK, {
            "tick_us": boundary_us, "connections": connections, "counters": self.counters.payload(),
            "office_size": self.roster.office_size, "last": last}, now_us())
        self._unsigned = True

    def upkeep(self) -> None:
        """Sign what is durable if it is due, look at the office ledger, let expired strangers go."""
        now = now_us()
        if self._unsigned and now - self._signed_us >= CHECKPOINT_US:
            self._writer.checkpoint()
            self._quarantine.checkpoint()
            self._signed_us, self._unsigned = now, False
        if now - self._looked_us >= REFRESH_US:
            self._look(now)
        if now - self._retained_us >= RETENTION_US:
            self._retained_us = now
            self._quarantine.drop_expired(now, self._admitted)

    def _look(self, now: int) -> None:
        self._looked_us = now
        if self.roster.refresh():
            self._ticks.set_length(now, self.roster.registry.tick_us)
            self._log.info("registry", sites=len(self.roster.registry.sites), office_size=self.roster.office_size,
                           problems=[str(problem) for problem in self.roster.registry.problems])

    def _admitted(self, first: int, stop: int) -> bool:
        """Whether a leaf of our quarantine in a range was admitted, by all that the office ledger holds now."""
        self._look(now_us())
        return any_admitted(self._home, self.roster.registry, self._quarantine.name, first, stop)

    def close(self, connections: int) -> None:
        """The last tick, everything signed, ledgers let go; after a failed write nothing more is written.

        Raises OSError or LedgerError where that fails; all are let go even so.
        """
        with ExitStack() as ends:
            for one in (self.roster, self._quarantine, self._writer):       # the last one first
                ends.callback(one.close)
            with suppress(LedgerBroken):
                self._tick_leaf(now_us(), connections, last=True)


def _answer(head: Head | None) -> bytes | None:
    """The answer an accepted frame asks for (HJ 212-2017 6.5.2, 6.5.3), or None."""
    if head is None or head.flag is None or not head.flag & ANSWER_BIT:
        return None
    cn = ANSWERS.get(kind_of(head.cn))
    if cn is None:
        return None
    try:
        return compose(cn, head.qn or None, head.password or None, head.mn, str(head.flag & ~3))
    except CannotEncode:          # a head so long that no answer can repeat it
        return None
