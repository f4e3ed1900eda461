"""Everything in a home's ledgers read again and held against each other: any changed bit is found and named.

Covered: records with their private bytes, headers, sealed segments and dictionaries, hash files, offsets, key
digests, checkpoint and witnessed signatures, the meta file, what recovery moved aside; unknown files are named. While
a writer is at work only what its checkpoint covers is checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qingyuan.ledger.dropped import Dropped, read_dropped
from qingyuan.ledger.errors import HomeError, LedgerDamaged
from qingyuan.ledger.finding import Finding, Gap, Problem, Unchecked
from qingyuan.ledger.home import OFFICE, QUARANTINE, Home
from qingyuan.ledger.keyring import Keyring, origin_of
from qingyuan.ledger.levels import HASH, Levels
from qingyuan.ledger.personal import damaged
from qingyuan.ledger.segment import SEAL, Segment, header, list_segments
from qingyuan.ledger.store import writer_alive
from qingyuan.ledger.vault import exists
from qingyuan.ledger.verify_files import Signed, check_keys, check_meta, check_notes, check_others
from qingyuan.ledger.verify_leaves import LeafCheck, Seen, check_log, check_sealed
from qingyuan.ledger.verify_tree import TreeCheck


@dataclass
class LedgerReport:
    """What the check of one ledger found."""

    ledger: str
    problems: list[Problem] = field(default_factory=list)
    not_checked: list[Gap] = field(default_factory=list)
    leaves: int = 0
    signed: int = 0                 # leaves under the checkpoint
    witnessed: int = 0              # leaves under the newest checkpoint a witness co-signed
    opened: int = 0                 # withheld parts that matched their commitment
    live: bool = False              # a writer was at work
    dropped: int = 0                # leaves gone at the end of their retention; only their hashes are left
    kept: int = 0                   # leaves past their retention that are kept because one beside them was admitted

    def complain(self, file: str, leaf: int | None, offset: int | None, code: Finding, /, **facts: Any) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.ledger, file, leaf, offset, code, facts))


@dataclass
class HomeReport:
    """What the check of a home found."""

    ledgers: list[LedgerReport] = field(default_factory=list)
    others: list[Problem] = field(default_factory=list)
    not_checked: list[Gap] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """All problems, ledger by ledger."""
        return [problem for report in self.ledgers for problem in report.problems] + self.others


def open_keyring(home: Home) -> tuple[Keyring | None, Gap | None]:
    """The home's keyring; where the home has none (a copy for others), None and why not.

    Raises KeyringError for a keyring that is there and does not open: with the right key more could be checked.
    """
    folder = home.path / "keys"
    if not exists(folder):
        return None, Gap(Unchecked.NO_KEYRING, {"folder": str(folder)})
    return Keyring.open(folder), None


def verify_home(home: Home, keyring: Keyring | None, progress: Callable[[LedgerReport], None] = lambda _: None,
                only: str | None = None) -> HomeReport:
    """Check every ledger of a home (or one), and the personal content its office ledger refers to."""
    out = HomeReport()
    erased: set[str] = set()
    for folder in sorted((home.path / "ledgers").iterdir()):
        if only not in (None, folder.name):
            continue
        try:
            home.ledger_path(folder.name)
        except HomeError:
            out.others.append(Problem("", folder.name, None, None, Finding.NOT_A_LEDGER))
            continue
        report, seen = verify_ledger(folder, home.id, keyring, home.witness_keys())
        out.ledgers.append(report)
        if folder.name == OFFICE:
            erased = {str(payload["erased"]["blob"]) for payload in seen.erasures.values() if "erased" in payload}
        progress(report)
    if only is None and keyring is None:
        out.not_checked.append(Gap(Unchecked.PERSONAL))
    elif only is None and keyring is not None:
        out.others += [Problem("", str(path.relative_to(home.path)), None, None, code)
                       for path, code in damaged(home, keyring, erased)]
    return out


def verify_ledger(folder: Path, home_id: str, keyring: Keyring | None, witness_keys: list[str]
                  ) -> tuple[LedgerReport, Seen]:
    """Check one ledger; streams, so that a ledger of any size is checked in little memory."""
    name = folder.name
    report = LedgerReport(name, live=writer_alive(folder))
    origin = origin_of(home_id, name)
    meta = check_meta(folder, name, origin, keyring, report.complain)
    vkeys = _keys(name, keyring) or (meta.vkeys if meta else [])
    notes = check_notes(folder, origin, vkeys, witness_keys, report.complain, report.not_checked.append)
    report.signed, report.witnessed = notes.signed.size, notes.witnessed.size
    dropped = _dropped(folder, name, report)
    tree = TreeCheck(folder, report.complain)
    leaves = LeafCheck(name, keyring, tree, report.complain, {notes.signed.size, notes.witnessed.size})
    leaves.keyed = keyed = meta.keyed if meta else None
    _set_aside(folder, origin, dropped, leaves, report)
    _segments(folder, origin, leaves, tree, report)
    tree.finish(report.signed, not report.live)
    seen = leaves.seen
    report.leaves, report.opened = seen.leaves, seen.opened
    if seen.not_opened:
        report.not_checked.append(Gap(Unchecked.WITHHELD, {"count": seen.not_opened}))
    _check_roots(notes, leaves, report)
    _check_dropped(folder, dropped, seen, report)
    if keyed:
        check_keys(folder, seen, report.signed, report.live, report.complain)
    check_others(folder, seen.dictionaries, keyed, report.live, report.complain)
    return report, seen


def _keys(name: str, keyring: Keyring | None) -> list[str]:
    return [signer.vkey for signer in keyring.signers(name)] if keyring else []


def _segments(folder: Path, origin: str, leaves: LeafCheck, tree: TreeCheck, report: LedgerReport) -> None:
    """Every segment in turn. A writer may seal one meanwhile: then it is looked for again under its new name."""
    done = -1
    while True:
        ahead = [segment for segment in list_segments(folder) if segment.first > done]
        if not ahead:
            return
        segment, after = ahead[0], ahead[1].first if len(ahead) > 1 else None
        if report.live and segment.first >= max(report.signed, leaves.next + (after is None)):
            return
        try:
            _one(segment, after, origin, leaves, tree, report)
        except FileNotFoundError:
            if segment.path.exists():
                raise
            continue
        done = segment.first


def _one(segment: Segment, after: int | None, origin: str, leaves: LeafCheck, tree: TreeCheck,
         report: LedgerReport) -> None:
    if segment.first > leaves.next:
        report.complain(segment.path.name, leaves.next, None, Finding.LEAVES_MISSING, first=segment.first)
        leaves.lost_until(segment.first)
    elif segment.first < leaves.next:
        report.complain(segment.path.name, segment.first, None, Finding.LEAVES_TWICE)
        return
    if segment.sealed:
        check_sealed(segment, report.ledger, origin, leaves, report.complain, after)
        return
    stop = after if after is not None else report.signed if report.live else None
    check_log(segment, header(report.ledger, segment.first, origin), leaves, tree, report.complain, stop=stop,
              settled=not report.live, signed=report.signed)
    if after is not None and leaves.next < after:
        report.complain(segment.path.name, leaves.next, None, Finding.SEGMENT_SHORT)
        leaves.lost_until(after)


def _check_roots(notes: Signed, leaves: LeafCheck, report: LedgerReport) -> None:
    for file, checkpoint in (("checkpoint", notes.signed), ("checkpoint.witnessed", notes.witnessed)):
        if not checkpoint.root:
            continue
        if checkpoint.size > leaves.next:
            report.complain(file, leaves.next, None, Finding.SHORTENED, size=checkpoint.size, have=leaves.next)
        elif leaves.seen.roots.get(checkpoint.size) != checkpoint.root:
            report.complain(file, None, None, Finding.OTHER_ROOT, size=checkpoint.size)


def _dropped(folder: Path, name: str, report: LedgerReport) -> Dropped:
    try:
        dropped = read_dropped(folder)
    except (LedgerDamaged, KeyError, TypeError) as error:
        report.complain("dropped", None, 0, Finding.NOT_AS_WRITTEN, detail=str(error))
        segments = list_segments(folder)
        dropped = Dropped()
        if segments and segments[0].first:
            report.not_checked.append(Gap(Unchecked.DROPPED, {"last": segments[0].first - 1}))
    if dropped.segments and not name.endswith(QUARANTINE):
        report.complain("dropped", None, None, Finding.WRONGLY_DROPPED)
    return dropped


def _set_aside(folder: Path, origin: str, dropped: Dropped, leaves: LeafCheck, report: LedgerReport) -> None:
    """The leaves before the first segment: dropped ones by their hashes, those set aside byte by byte."""
    for one in dropped.segments:
        segment = one.segment(folder)
        if not one.kept:
            report.dropped += one.count
        elif segment.path.exists():
            report.kept += one.count
            check_sealed(segment, report.ledger, origin, leaves, report.complain, one.stop)
        elif not segment.path.with_suffix(SEAL).exists():          # else its name is about to be changed
            report.complain(segment.path.name, one.first, None, Finding.SET_ASIDE_MISSING)
        leaves.lost_until(one.stop)


def _check_dropped(folder: Path, dropped: Dropped, seen: Seen, report: LedgerReport) -> None:
    """Each dropped segment continues the one before, its hashes are those it had, and a leaf tells of it.

    (Unless that leaf was dropped itself: then a later one told of that.)
    """
    first, levels = 0, Levels(folder)
    for segment in dropped.segments:
        told = seen.erasures.get(segment.told_by)
        if segment.first != first or (segment.told_by >= dropped.first and told != segment.payload()):
            report.complain("dropped", segment.first, None, Finding.DROP_NOT_TOLD)
        first = segment.first + segment.count
        try:
            hashes = hashlib.sha256(levels.run(0, segment.first, segment.count)).hexdigest()
        except LookupError:
            hashes = ""
        if hashes != segment.hashes:
            report.complain("hashes.0", segment.first, HASH * segment.first, Finding.WRONG_DROPPED_HASHES)
    levels.close()
