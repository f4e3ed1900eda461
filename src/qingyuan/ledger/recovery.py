"""Bringing a ledger folder back to one state when a writer opens it, whatever the process before died of.

Order of trust: the signed checkpoint, the log, then the files made from the log (hash files, offsets, keys), which
may lag and are completed or written anew. Never the other way round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qingyuan.evidence.merkle import root_at
from qingyuan.evidence.note import Checkpoint, NoteError, parse_checkpoint, verify
from qingyuan.ledger.dropped import read_dropped
from qingyuan.ledger.errors import LedgerDamaged, LedgerShortened
from qingyuan.ledger.files import TEMPORARY, put, sync_folder
from qingyuan.ledger.keyed import KeyFile
from qingyuan.ledger.levels import Levels
from qingyuan.ledger.made import Logs, audit, fit_ends, fit_hashes
from qingyuan.ledger.meta import Meta
from qingyuan.ledger.record import Record
from qingyuan.ledger.seal import SealedSegment, remove_log, trailer_holds
from qingyuan.ledger.segment import LOG, Segment, covering, header, list_segments, segment_path
from qingyuan.ledger.store import CHECKPOINT, WITNESSED
from qingyuan.ledger.tear import cut, look


@dataclass
class Recovered:
    """Where a writer goes on."""

    size: int
    active: Segment
    bytes: int
    last_us: int
    signed: Checkpoint | None
    torn: Path | None                # where torn bytes were put, if there were any
    waiting: list[tuple[Segment, int]]           # full logs not sealed yet, and their leaves


def recover(folder: Path, meta: Meta, vkeys: list[str], newest: int, each: Callable[[Record], None]) -> Recovered:
    """Check the end of a ledger, cut a tear, complete what is made from the log.

    The `newest` leaves are read whole, held against the hash files, and given to `each`. Raises LedgerDamaged or
    LedgerShortened; no valid record is touched in any case.
    """
    signed, witnessed = _signed(folder, meta, vkeys), _witnessed(folder, meta, vkeys)
    floor = max(signed.size if signed else 0, witnessed.size if witnessed else 0)
    segments = _segments(folder, meta, floor)
    active, head = segments[-1], header(meta.name, segments[-1].first, meta.origin)
    if signed is None and active.path.stat().st_size > len(head):
        raise LedgerDamaged(folder / CHECKPOINT, 0, None, "there are leaves but no checkpoint")
    tail = look(active, head, meta.name, floor)
    reader = Logs(meta, segments)
    start = signed.size if signed else 0
    hashes = [record.hash for record in reader.records(start, active.first)] + tail.hashes
    torn = cut(active, head, tail)
    size = active.first + tail.number + len(tail.hashes)
    fit_ends(active, tail)
    fit_hashes(folder, reader, size, start, hashes, signed)
    audit(folder, reader, max(read_dropped(folder).first, size - newest), size, signed, each)
    if witnessed is not None and root_at(witnessed.size, Levels(folder).get) != witnessed.root:
        raise LedgerDamaged(folder / WITNESSED, 0, None, "the leaves on disk do not have the witnessed root")
    if meta.keyed:
        keys = KeyFile(folder)
        keys.fit(size, lambda at: (record.leaf for record in reader.records(at, size)))
        keys.close()
    last = tail.last or next((record.leaf for record in reader.records(max(0, size - 1), active.first)), b"")
    waiting = [(one, after.first - one.first) for one, after in pairwise(segments) if not one.sealed]
    return Recovered(size, active, tail.end, int.from_bytes(last[5:13], "big"), signed, torn, waiting)


def clean(folder: Path) -> None:
    """Remove what a killed writer left half made: temporary files, and logs whose sealed form is whole."""
    for path in folder.glob("*" + TEMPORARY):
        if not path.name.startswith(WITNESSED):
            path.unlink()
    for segment in list_segments(folder):
        log = Segment(segment.first, segment_path(folder, segment.first, LOG), False)
        if segment.sealed and (log.path.exists() or log.ends.exists()):
            if not trailer_holds(segment.path):
                raise LedgerDamaged(segment.path, 0, segment.first, "the sealed segment is not whole; its log is kept")
            remove_log(log)


def begin_segment(folder: Path, meta: Meta, first: int) -> Segment:
    """Make an open segment durably, with its header."""
    path = segment_path(folder, first)
    put(path, header(meta.name, first, meta.origin))
    sync_folder(folder)
    return Segment(first, path, False)


def _signed(folder: Path, meta: Meta, vkeys: list[str]) -> Checkpoint | None:
    path = folder / CHECKPOINT
    try:
        note = path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    try:
        verify(note, vkeys)
        seen = parse_checkpoint(note)
    except NoteError as error:
        raise LedgerDamaged(path, 0, None, f"not a checkpoint signed by this ledger ({error})") from None
    if seen.origin != meta.origin:
        raise LedgerDamaged(path, 0, None, "the checkpoint is another ledger's")
    return seen


def _witnessed(folder: Path, meta: Meta, vkeys: list[str]) -> Checkpoint | None:
    """The witnessed checkpoint if this ledger signed it; a file that is not readable is left to `verify`."""
    try:
        note = (folder / WITNESSED).read_text("utf-8", errors="replace")
        verify(note, vkeys)
        seen = parse_checkpoint(note)
    except (FileNotFoundError, NoteError):
        return None
    return seen if seen.origin == meta.origin else None


def _segments(folder: Path, meta: Meta, floor: int) -> list[Segment]:
    """Segments with an open one at the end; raises when leaves under a checkpoint have no segment."""
    segments = list_segments(folder)
    first = read_dropped(folder).first
    if segments and floor and covering(segments, max(first, floor - 1)) is None:
        raise LedgerDamaged(folder, 0, first, "the segment of this leaf is missing")
    end = first
    if segments and segments[-1].sealed:
        last = SealedSegment(segments[-1], meta.name, meta.origin)
        end = segments[-1].first + last.count
        last.close()
    if not segments or segments[-1].sealed:
        if end < floor:
            raise LedgerShortened(meta.name, end, floor)
        segments.append(begin_segment(folder, meta, end))
    return segments
