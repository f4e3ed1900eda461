"""The ledger of strangers, `<name>.quarantine`: frames of unknown or invalid senders, bounded in size and time.

Each peer has a quota of leaves and bytes a UTC day, and all together one of bytes; what is beyond is counted, not
kept. Whole sealed segments go at the end of the retention; their hashes stay, and an `erasure` leaf tells of each.
A segment with a leaf that was admitted is set aside instead: figures rest on it, for good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from qingyuan.evidence.leaf import CrcVariant, FrameLeaf, Kind, Verdict, parse
from qingyuan.ledger.dropped import Dropped, DroppedSegment, read_dropped, write_dropped
from qingyuan.ledger.errors import LedgerDamaged, LedgerLocked
from qingyuan.ledger.files import open_text, put, sealed_text, sync_folder
from qingyuan.ledger.home import QUARANTINE, Home
from qingyuan.ledger.keyring import Keyring
from qingyuan.ledger.levels import Levels
from qingyuan.ledger.office import open_office
from qingyuan.ledger.seal import DIGEST
from qingyuan.ledger.segment import Segment
from qingyuan.ledger.store import Ledger
from qingyuan.ledger.succession import open_or_succeed
from qingyuan.ledger.writer import MAX_FRAME, LedgerWriter, Settings

DAY_US = 86_400_000_000
Admitted = Callable[[int, int], bool]      # first leaf, leaf after the last: was one of them admitted?
OFFICE_WAIT_S = 1.0
COUNTERS, COUNTERS_KIND = "counters", "qingyuan-counters-v1"


@dataclass(frozen=True)
class Quota:
    """How much of strangers is kept, and for how long."""

    leaves_a_day: int = 2_000            # of one peer
    bytes_a_day: int = 1 << 20           # of one peer
    all_bytes_a_day: int = 256 << 20
    peers: int = 10_000                  # peers counted by name; those beyond share one quota
    retention_days: int = 30
    segment_bytes: int = 8 << 20


@dataclass
class Counters:
    """Of one UTC day: what was kept and what was beyond the quota, by peer as [leaves, bytes]."""

    day: int = -1
    kept: dict[str, list[int]] = field(default_factory=dict)
    beyond: dict[str, list[int]] = field(default_factory=dict)
    kept_bytes: int = 0
    beyond_ever: list[int] = field(default_factory=lambda: [0, 0])

    def begin(self, day: int) -> None:
        """A new day: quotas begin again."""
        self.day, self.kept, self.beyond, self.kept_bytes = day, {}, {}, 0

    def payload(self) -> dict[str, Any]:
        """Plain data for the file and for people."""
        return {"day": self.day, "kept": self.kept, "beyond": self.beyond, "kept_bytes": self.kept_bytes,
                "beyond_ever": self.beyond_ever}


class Quarantine:
    """Writer of a quarantine ledger; the calls are those of LedgerWriter, but an append may be only counted."""

    def __init__(self, writer: LedgerWriter, quota: Quota, home: Home, keyring: Keyring) -> None:
        self._writer, self._quota = writer, quota
        self._home, self._keyring = home, keyring
        self.counters = _recount(writer)

    @classmethod
    def open(cls, home: Home, keyring: Keyring, name: str, quota: Quota | None = None) -> Quarantine:
        """Open the quarantine beside the ledger `name`, or its successor; raises as `open_or_succeed`."""
        quota = quota or Quota()
        settings = Settings(segment_bytes=quota.segment_bytes, repeats=0)
        writer = open_or_succeed(home, keyring, name + QUARANTINE, settings)
        _remove_dropped(writer.path)
        return cls(writer, quota, home, keyring)

    @property
    def name(self) -> str:
        """Name of the ledger."""
        return self._writer.name

    def append_frame(self, received_us: int, raw: bytes, spans: Sequence[tuple[int, int]], peer: str, peer_port: int,
                     local_port: int, crc_variant: CrcVariant, verdict: Verdict) -> int | None:
        """Buffer a frame; returns its leaf number, or None when it is only counted: beyond the quota, or too large."""
        count = self.counters
        if received_us // DAY_US > count.day:
            count.begin(received_us // DAY_US)
        who = peer if peer in count.kept or len(count.kept) < self._quota.peers else "others"
        used = count.kept.setdefault(who, [0, 0])
        if (len(raw) > MAX_FRAME or used[0] >= self._quota.leaves_a_day or used[1] + len(raw) > self._quota.bytes_a_day
                or count.kept_bytes + len(raw) > self._quota.all_bytes_a_day):
            for counted in (count.beyond.setdefault(who, [0, 0]), count.beyond_ever):
                counted[0] += 1
                counted[1] += len(raw)
            return None
        index = self._writer.append_frame(received_us, raw, spans, peer, peer_port, local_port, crc_variant, verdict)
        used[0] += 1
        used[1] += len(raw)
        count.kept_bytes += len(raw)
        return index

    def commit(self) -> int:
        """As LedgerWriter.commit."""
        return self._writer.commit()

    def checkpoint(self) -> str:
        """As LedgerWriter.checkpoint; also puts the counters down."""
        put(self._writer.path / COUNTERS, sealed_text(COUNTERS_KIND, self.counters.payload()), sync=False)
        return self._writer.checkpoint()

    def close(self) -> None:
        """As LedgerWriter.close."""
        try:
            self.checkpoint()
        finally:
            self._writer.close()

    def drop_expired(self, now_us: int, admitted: Admitted) -> int:
        """Drop sealed segments whose newest leaf is older than the retention, set aside those with an admitted leaf;
        returns how many of both.

        `admitted` must look at the office ledger when it is called. The office ledger is held meanwhile: an admission
        is either seen, or comes after the segment is gone and admits what is left. When others hold it, all is left
        for the next time. Also begins a new segment when the open one began before today, so that a quiet ledger ages
        too. Order: the telling leaf under a checkpoint, the list, the file; a kill between them loses nothing and
        hides nothing.
        """
        self._writer.commit()
        self._writer.checkpoint()
        with Ledger(self._writer.path) as ledger:
            segments = ledger.segments()
            if ledger.size > segments[-1].first and _received(ledger, segments[-1].first) // DAY_US < now_us // DAY_US:
                self._writer.rotate()
            self._writer.settle()
            segments = ledger.segments()
            limit = now_us - self._quota.retention_days * DAY_US
            expired = list(takewhile(
                lambda pair: pair[0].sealed and _received(ledger, pair[1].first - 1) < limit, pairwise(segments)))
        if expired:
            try:
                with open_office(self._home, self._keyring, OFFICE_WAIT_S):
                    for segment, after in expired:
                        self._drop(segment, after.first - segment.first, now_us, admitted(segment.first, after.first))
            except LedgerLocked:
                return 0
        return len(expired)

    def _drop(self, segment: Segment, count: int, now_us: int, kept: bool) -> None:
        levels = Levels(self._writer.path)
        hashes = sha256(levels.run(0, segment.first, count)).hexdigest()
        levels.close()
        trailer = segment.path.read_bytes()[-DIGEST:].hex()
        fresh = DroppedSegment(segment.first, count, trailer, hashes, self._writer.size, kept)
        self._writer.append_json(Kind.ERASURE, fresh.payload(), now_us)
        self._writer.commit()
        self._writer.checkpoint()
        known = read_dropped(self._writer.path).segments
        write_dropped(self._writer.path, Dropped((*known, fresh)))
        _remove_dropped(self._writer.path)


def _received(ledger: Ledger, index: int) -> int:
    return int.from_bytes(ledger.leaf(index).data[5:13], "big")


def _remove_dropped(folder: Path) -> None:
    """Do with the files what the list says; what is set aside only changes its name."""
    dropped = read_dropped(folder)
    with Ledger(folder) as ledger:
        for segment in ledger.segments():
            if (kept := dropped.kept(segment.first)) is not None:
                segment.path.rename(kept.segment(folder).path)
            elif segment.first < dropped.first:
                segment.path.unlink()
    sync_folder(folder)


def _recount(writer: LedgerWriter) -> Counters:
    """Counters of the newest day in the ledger, so that a restart does not renew quotas."""
    counters = Counters()
    try:
        known = open_text(writer.path / COUNTERS, COUNTERS_KIND)
        counters.beyond_ever = list(known["beyond_ever"])
        counters.day, counters.beyond = known["day"], known["beyond"]
    except (FileNotFoundError, LedgerDamaged):       # counters are no evidence; `verify` names a changed file
        counters = Counters()
    with Ledger(writer.path) as ledger:
        if not ledger.size:
            return counters
        day = _received(ledger, ledger.size - 1) // DAY_US
        if day > counters.day:
            counters.begin(day)
        stop = ledger.size
        while stop > ledger.first():
            start = max(ledger.first(), stop - 4096)
            leaves = [parse(stored.data) for stored in ledger.leaves(start, stop)]
            for leaf in leaves:
                if leaf.received_us // DAY_US == counters.day and isinstance(leaf.payload, FrameLeaf):
                    used = counters.kept.setdefault(leaf.payload.peer, [0, 0])
                    used[0] += 1
                    used[1] += len(leaf.payload.masked)
                    counters.kept_bytes += len(leaf.payload.masked)
            if leaves[0].received_us // DAY_US < counters.day:
                break
            stop = start
    return counters
