"""The small files of a ledger folder: meta, notes, key digests, what was moved aside, and what does not belong."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from qingyuan.evidence.note import (
    COSIGNATURE,
    Checkpoint,
    NoteError,
    parse_checkpoint,
    parse_vkey,
    split_note,
    verify,
)
from qingyuan.ledger import dropped, quarantine
from qingyuan.ledger.errors import LedgerDamaged
from qingyuan.ledger.files import TEMPORARY, open_text
from qingyuan.ledger.finding import Finding, Gap, Unchecked
from qingyuan.ledger.keyed import FILE as KEYS
from qingyuan.ledger.keyed import WIDTH
from qingyuan.ledger.keyring import Keyring, successor_statement
from qingyuan.ledger.levels import LEVELS
from qingyuan.ledger.meta import FILE as META
from qingyuan.ledger.meta import Meta, read_meta
from qingyuan.ledger.seal import DICTIONARY, DIGEST
from qingyuan.ledger.segment import ENDS, KEPT, LOG, SEAL, is_segment
from qingyuan.ledger.store import CHECKPOINT, CLOSED, CLOSED_KIND, LOCK, WITNESSED
from qingyuan.ledger.verify_leaves import Seen
from qingyuan.ledger.verify_tree import Complain

TORN = re.compile(r"[0-9]{16}\.log\.torn-[0-9]+")
TEXTS = {CLOSED: CLOSED_KIND, quarantine.COUNTERS: quarantine.COUNTERS_KIND, dropped.FILE: dropped.KIND}
NOTHING = Checkpoint("", 0, b"")


@dataclass(frozen=True)
class Signed:
    """The checkpoints found; size 0 and no root where there is none that can be trusted."""

    signed: Checkpoint = NOTHING
    witnessed: Checkpoint = NOTHING


def check_meta(folder: Path, name: str, origin: str, keyring: Keyring | None, complain: Complain) -> Meta | None:
    """The meta file: its bytes, its names, its keys against the keyring, and each key's introduction."""
    try:
        meta = read_meta(folder)
    except FileNotFoundError:
        complain(META, None, None, Finding.FILE_MISSING)
        return None
    except (LedgerDamaged, ValueError, KeyError, TypeError):
        complain(META, None, 0, Finding.NOT_AS_WRITTEN)
        return None
    if (meta.name, meta.origin) != (name, origin):
        complain(META, None, None, Finding.OTHER_NAMES)
    known = [signer.vkey for signer in keyring.signers(name)] if keyring else meta.vkeys
    if meta.vkeys != known[:len(meta.vkeys)] or not meta.keys:
        complain(META, None, None, Finding.OTHER_KEYS)
    if not introductions_hold(meta):
        complain(META, None, None, Finding.KEY_NOT_INTRODUCED)
    return meta


def introductions_hold(meta: Meta) -> bool:
    """True if each key after the first carries the signature of the one before it."""
    try:
        for before, entry in zip(meta.keys, meta.keys[1:], strict=False):
            public = parse_vkey(before.vkey)[3]
            Ed25519PublicKey.from_public_bytes(public).verify(entry.introduced, successor_statement(entry.vkey))
    except (InvalidSignature, NoteError):
        return False
    return True


def check_notes(folder: Path, origin: str, vkeys: list[str], witness_keys: list[str], complain: Complain,
                not_checked: Callable[[Gap], None]) -> Signed:
    """The witnessed and the latest checkpoint (in this order, so that the latest is not the older one)."""
    witnessed = _note(folder / WITNESSED, origin, vkeys, witness_keys, complain, not_checked)
    signed = _note(folder / CHECKPOINT, origin, vkeys, [], complain, not_checked)
    if signed is None and not (folder / CHECKPOINT).exists():
        complain(CHECKPOINT, None, None, Finding.FILE_MISSING)
    return Signed(signed or NOTHING, witnessed or NOTHING)


def _note(path: Path, origin: str, vkeys: list[str], witness_keys: list[str], complain: Complain,
          not_checked: Callable[[Gap], None]) -> Checkpoint | None:
    try:
        note = path.read_bytes().decode("utf-8")
        found = parse_checkpoint(note)
        seen = verify(note, [*vkeys, *witness_keys])
        lines = split_note(note)[1]
    except FileNotFoundError:
        return None
    except (NoteError, UnicodeDecodeError) as error:
        complain(path.name, None, 0, Finding.NOT_SIGNED, detail=str(error))
        return None
    witnesses = [one for one in seen if one.algorithm == COSIGNATURE]
    if found.origin != origin or len(witnesses) == len(seen):
        complain(path.name, None, 0, Finding.NOT_SIGNED)
        return None
    if path.name == WITNESSED and not witness_keys:
        not_checked(Gap(Unchecked.WITNESS, {"names": ", ".join(line[0] for line in lines[1:])}))
    elif len(lines) != len(seen) or (path.name == WITNESSED and not witnesses):
        complain(path.name, None, None, Finding.UNKNOWN_SIGNATURE)
    return found


def check_keys(folder: Path, seen: Seen, needed: int, live: bool, complain: Complain) -> None:
    """`keys.0` against the digests of the leaves read; it must reach the `needed` leaves a checkpoint signs."""
    path, digests = folder / KEYS, seen.digests
    known = path.read_bytes() if path.exists() else b""
    for at in range(0, min(len(known), len(digests)), WIDTH):
        if at // WIDTH not in seen.lost and not digests[at:at + WIDTH].startswith(known[at:at + WIDTH]):
            complain(KEYS, at // WIDTH, at, Finding.WRONG_KEY_DIGEST)
    if len(known) < WIDTH * needed:
        complain(KEYS, len(known) // WIDTH, len(known), Finding.TOO_SHORT)
    if not live and len(known) > len(digests):
        complain(KEYS, None, len(digests), Finding.TOO_LONG)


def check_others(folder: Path, dictionaries: set[str], keyed: bool | None, live: bool, complain: Complain) -> None:
    """Every other file: known small ones by their checksum; the rest does not belong here."""
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if name in TEXTS:
            _check_text(path, TEXTS[name], complain)
        elif TORN.fullmatch(name):
            data = path.read_bytes()
            if hashlib.sha256(data[:-DIGEST]).digest() != data[-DIGEST:]:
                complain(name, None, None, Finding.TORN_CHANGED)
        elif (match := DICTIONARY.fullmatch(name)) is not None:
            if match[1] not in dictionaries and hashlib.sha256(path.read_bytes()).hexdigest() != match[1]:
                complain(name, None, None, Finding.DICTIONARY_CHANGED)
        elif name == LOCK:
            if path.stat().st_size:
                complain(name, None, 0, Finding.LOCK_NOT_EMPTY)
        elif name == KEYS and keyed is False:
            complain(name, None, None, Finding.STRANGE_FILE)
        elif not _known(name, folder) and not (live and name.endswith((TEMPORARY, LOG, ENDS))):    # sealed just now
            complain(name, None, None,
                     Finding.LEFT_OVER if name.endswith(TEMPORARY) else Finding.STRANGE_FILE)


def _check_text(path: Path, kind: str, complain: Complain) -> None:
    try:
        open_text(path, kind)
    except (LedgerDamaged, ValueError):
        complain(path.name, None, 0, Finding.NOT_AS_WRITTEN)


def _known(name: str, folder: Path) -> bool:
    if is_segment(name, ENDS):
        return (folder / name).with_suffix(LOG).exists()
    if is_segment(name, LOG):
        return not (folder / name).with_suffix(SEAL).exists()
    if is_segment(name, KEPT):
        return _set_aside(name, folder)
    return (is_segment(name, SEAL) or name in (META, CHECKPOINT, WITNESSED, KEYS)
            or name in {f"hashes.{level}" for level in LEVELS})


def _set_aside(name: str, folder: Path) -> bool:
    try:
        known = dropped.read_dropped(folder).segments
    except (LedgerDamaged, KeyError, TypeError):       # that file itself is complained of
        return True
    return any(one.kept and one.segment(folder).path.name == name for one in known)
