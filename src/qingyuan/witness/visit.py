"""One look at one ledger: is it signed, does it continue what was seen, then co-sign; else an alarm."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from qingyuan.evidence.merkle import ProofError, consistency, root_at, verify_consistency
from qingyuan.evidence.note import Checkpoint, NoteError, cosign, parse_checkpoint, verify
from qingyuan.ledger import Home, LedgerDamaged, writer_alive
from qingyuan.ledger.files import put
from qingyuan.ledger.levels import Levels
from qingyuan.ledger.meta import Meta, read_meta
from qingyuan.ledger.store import CHECKPOINT, WITNESSED
from qingyuan.ledger.verify_files import introductions_hold
from qingyuan.witness.alarm import Alarm, Refused, What
from qingyuan.witness.store import Seen, Store

AGAIN_S = 0.3


@dataclass(frozen=True)
class Outcome:
    """What came of a visit."""

    ledger: str
    size: int
    cosigned: bool = False               # a new co-signature was written
    alarm: Alarm | None = None


def visit_all(home: Home, store: Store) -> list[Outcome]:
    """Visit every ledger of a home, and miss none that was there before."""
    store.register(home)
    return [visit(home.ledger_path(name), store) for name in sorted({*home.ledgers(), *store.names()})]


def visit(folder: Path, store: Store) -> Outcome:
    """Visit one ledger; an alarm goes on record.

    While a writer is at work a refusal is looked at twice: it may be making the ledger, or its hash files, just now.
    """
    outcome = _look(folder, store)
    if outcome.alarm is not None and writer_alive(folder):
        time.sleep(AGAIN_S)
        outcome = _look(folder, store)
    if outcome.alarm is not None:
        store.record(outcome.alarm)
    return outcome


def _look(folder: Path, store: Store) -> Outcome:
    """What was seen is kept before anything is signed, so that two histories are never signed."""
    name = folder.name
    seen, note, shown = store.seen(name), None, None
    try:
        note = _read(folder, known=bool(seen.origin))
        shown, keys = _checked(folder, note, seen)
        _continues(folder, seen, shown)
    except Refused as refused:
        alarm = Alarm(name, refused.what, refused.detail, seen.size, seen.root, shown.size if shown else None,
                      shown.root.hex() if shown else None, note)
        return Outcome(name, seen.size, alarm=alarm)
    now = Seen(shown.origin, shown.size, shown.root.hex(), keys)
    if now != seen:
        store.remember(name, now)
    if _is_witnessed(folder, note, store.vkey):
        return Outcome(name, shown.size)
    put(folder / WITNESSED, cosign(note, store.signer, int(time.time())).encode(), mode=0o644)
    return Outcome(name, shown.size, cosigned=True)


def _read(folder: Path, *, known: bool) -> str:
    try:
        return (folder / CHECKPOINT).read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise Refused(What.MISSING if known else What.UNREADABLE, "there is no checkpoint") from None
    except UnicodeDecodeError:
        raise Refused(What.UNREADABLE, "the checkpoint is not text") from None


def _checked(folder: Path, note: str, seen: Seen) -> tuple[Checkpoint, tuple[str, ...]]:
    """The checkpoint, signed by a key seen before or introduced since (meta is read after the note it may explain)."""
    try:
        meta = read_meta(folder)
        shown = parse_checkpoint(note)
    except (FileNotFoundError, LedgerDamaged, NoteError) as error:
        raise Refused(What.UNREADABLE, str(error)) from None
    keys = _keys(meta, seen)
    try:
        verify(note, keys)
    except NoteError as error:
        raise Refused(What.UNSIGNED, str(error)) from None
    if shown.origin != (seen.origin or meta.origin):
        raise Refused(What.UNSIGNED, f"the checkpoint is of {shown.origin}")
    return shown, keys


def _keys(meta: Meta, seen: Seen) -> tuple[str, ...]:
    keys = tuple(meta.vkeys)
    if not keys or keys[:len(seen.keys)] != seen.keys:
        raise Refused(What.UNKNOWN_KEY, "the keys are not those seen before")
    if not introductions_hold(meta):
        raise Refused(What.UNKNOWN_KEY, "a new key was not introduced by the one before it")
    return keys


def _continues(folder: Path, seen: Seen, shown: Checkpoint) -> None:
    if shown.size < seen.size:
        raise Refused(What.SHORTENED, f"{shown.size} leaves, {seen.size} were seen")
    if (shown.size, shown.root.hex()) == (seen.size, seen.root):
        return
    levels = Levels(folder)
    try:
        if root_at(shown.size, levels.get) != shown.root:
            raise Refused(What.REWRITTEN, "the hash files do not have the root of the checkpoint")
        if seen.size:
            proof = consistency(seen.size, shown.size, levels.get)
            verify_consistency(seen.size, shown.size, bytes.fromhex(seen.root), shown.root, proof)
    except LookupError as error:
        raise Refused(What.UNPROVEN, str(error)) from None
    except ProofError as error:
        raise Refused(What.REWRITTEN, str(error)) from None
    finally:
        levels.close()


def _is_witnessed(folder: Path, note: str, vkey: str) -> bool:
    try:
        known = (folder / WITNESSED).read_bytes().decode("utf-8")
        return known.startswith(note) and bool(verify(known, [vkey]))
    except (FileNotFoundError, NoteError, UnicodeDecodeError):
        return False
