"""The one writer of a ledger: buffered appends, group commit, signed checkpoints.

Order on disk: log, fdatasync, (acknowledgement), files made from the log, checkpoint. A checkpoint is never ahead of
synced leaves. After an error from the disk nothing more is taken: the kernel drops dirty pages once it has reported
the error, so a second sync would lie.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, build_frame, build_json
from qingyuan.evidence.merkle import Frontier
from qingyuan.evidence.note import sign_checkpoint
from qingyuan.ledger import recovery
from qingyuan.ledger.errors import LeafTooLarge, LedgerBroken, LedgerClosed, LedgerDamaged
from qingyuan.ledger.files import lock, named, put, sync_folder, write_all
from qingyuan.ledger.keyed import KeyFile, digest_of, payload_of
from qingyuan.ledger.keyring import Keyring, origin_of
from qingyuan.ledger.levels import LEVELS, Levels, LevelWriter
from qingyuan.ledger.meta import FILE as META
from qingyuan.ledger.meta import Meta, key_entry, read_meta
from qingyuan.ledger.record import MAX_LEAF, MAX_PRIVATE, pack
from qingyuan.ledger.repeats import Repeats, raw_digest
from qingyuan.ledger.sealer import Sealer
from qingyuan.ledger.segment import Segment, list_segments
from qingyuan.ledger.store import CHECKPOINT, CLOSED, LOCK, Ledger

MAX_FRAME, MAX_SPANS = 0xFFFF, 255     # what evidence.leaf can hold


@dataclass(frozen=True)
class Settings:
    """How a ledger is written."""

    segment_bytes: int = 64 << 20      # a log larger than this is sealed
    repeats: int = 200_000             # newest frames remembered, and checked against the hash files at open
    sync_hashes: int = 65_536          # hash files are synced when the tree grew past a multiple of this
    keyed: bool = False                # payloads' `key` makes an append repeatable
    wait_s: float = 2.0                # how long to wait for another writer's lock


class LedgerWriter:
    """Writes one ledger. One thread at a time; opened with `open`."""

    def __init__(self, folder: Path, meta: Meta, keyring: Keyring, settings: Settings, lock_handle: int) -> None:
        self.path, self.name, self.origin = folder, meta.name, meta.origin
        self._meta, self._keyring, self._settings, self._lock = meta, keyring, settings, lock_handle
        self._signer = keyring.signer(meta.name)
        self._repeats = Repeats(max(1, settings.repeats))
        found = recovery.recover(folder, meta, keyring.vkeys(meta.name), settings.repeats, self._repeats.add_record)
        self.torn = found.torn
        self._levels = LevelWriter(folder)
        self._keys = KeyFile(folder) if meta.keyed else None
        self._new_keys: dict[str, int] = {}             # of leaves not under a checkpoint yet
        self._reader: Ledger | None = None
        self._broken = False
        self._last_us, self._next, self._durable = found.last_us, found.size, found.size
        self._signed = -1 if found.signed is None else found.signed.size
        levels = Levels(folder)
        self._frontier = Frontier.at(found.size, levels.get)
        levels.close()
        self._root = self._frontier.root()
        self._open_segment(found.active, found.bytes)
        self._clear()
        self._sealer = Sealer(meta.name, meta.origin)
        for segment, count in found.waiting:
            self._sealer.give(segment, count)
        self._note: str | None = None
        if self._signed != self._durable:
            self.checkpoint()

    @classmethod
    def open(cls, path: Path, keyring: Keyring, home_id: str, settings: Settings | None = None) -> LedgerWriter:
        """Open or begin the ledger of a folder; its name is the folder's.

        Raises LedgerLocked (another writer), LedgerClosed, LedgerDamaged, LedgerShortened.
        """
        settings = settings or Settings()
        folder = Path(path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = lock(folder / LOCK, settings.wait_s)
        try:
            if (folder / CLOSED).exists():
                raise LedgerClosed(f"ledger {folder.name} is closed for good")
            with named(folder):
                recovery.clean(folder)
                return cls(folder, _meta(folder, keyring, home_id, settings), keyring, settings, handle)
        except BaseException:
            os.close(handle)
            raise

    @property
    def size(self) -> int:
        """Leaves appended, buffered ones too."""
        return self._next

    @property
    def durable(self) -> int:
        """Leaves on disk and synced."""
        return self._durable

    @property
    def seal_failures(self) -> list[Exception]:
        """Why full segments could not be sealed; their logs stay, and `verify` names what is wrong with them."""
        return list(self._sealer.failed)

    def append_frame(self, received_us: int, raw: bytes, spans: Sequence[tuple[int, int]], peer: str, peer_port: int,
                     local_port: int, crc_variant: CrcVariant, verdict: Verdict) -> int:
        """Buffer a frame as received; returns its leaf number. `spans` are the secret parts (offset, length).

        More spans than a leaf holds become one from the last that fits to the end of the last: a stranger may write
        `PW=` a thousand times, and too much withheld is better than too little. Raises LeafTooLarge.
        """
        if len(raw) > MAX_FRAME:
            raise LeafTooLarge(f"ledger {self.name}: a frame of {len(raw)} bytes is more than {MAX_FRAME}")
        if len(spans) > MAX_SPANS:
            start, end = spans[MAX_SPANS - 1][0], spans[-1][0] + spans[-1][1]
            spans = [*spans[:MAX_SPANS - 1], (start, end - start)]
        received_us = max(received_us, self._last_us)
        salt = self._keyring.salt(self.name, self._next) if spans else b""
        leaf, private = build_frame(received_us, raw, spans, salt, peer, peer_port, local_port, crc_variant, verdict)
        index = self._append(leaf, private, received_us)
        self._repeats.add(raw_digest(raw))
        return index

    def append_json(self, kind: Kind, payload: dict[str, Any], received_us: int | None = None) -> int:
        """Buffer an entry; returns its leaf number. Without a receive time it is now."""
        received_us = max(time.time_ns() // 1000 if received_us is None else received_us, self._last_us)
        leaf = build_json(kind, received_us, payload)
        index = self._append(leaf, b"", received_us)
        if self._keys is not None and isinstance(key := payload.get("key"), str):
            self._new_keys.setdefault(key, index)
        return index

    def find_key(self, key: str) -> int | None:
        """First leaf whose payload has this `key`, buffered ones too; None when there is none or no key is kept."""
        if self._keys is None:
            return None
        self._reader = self._reader or Ledger(self.path)
        signed = self._reader.refresh()
        for index in self._keys.candidates(key):
            if index < signed and payload_of(self._reader.leaf(index).data).get("key") == key:
                return index
        return self._new_keys.get(key)

    def seen(self, digest16: bytes) -> bool:
        """True if a frame with this `raw_digest` is among the newest ones, buffered ones too."""
        return digest16 in self._repeats

    def commit(self) -> int:
        """Write and sync what is buffered; returns the durable size. Raises LedgerBroken, then and ever after."""
        self._usable()
        if not self._records:
            return self._durable
        try:
            data = b"".join(self._records)
            write_all(self._log, data)
            os.fdatasync(self._log)
            self._written(len(data))
        except BaseException as error:
            self._broken = True
            if isinstance(error, OSError):
                raise LedgerBroken(f"ledger {self.name}: writing failed at {self._segment.path} ({error.strerror}); "
                                   "nothing more is taken") from error
            raise
        return self._durable

    def checkpoint(self) -> str:
        """Sign the root over the synced leaves and put it in place; returns the note."""
        self._usable()
        if self._signed != self._durable or self._note is None:
            self._note = sign_checkpoint(self.origin, self._durable, self._root, self._signer)
            put(self.path / CHECKPOINT, self._note.encode(), mode=0o644)
            self._signed = self._durable
            self._new_keys = {key: index for key, index in self._new_keys.items() if index >= self._signed}
        return self._note

    def rotate(self) -> None:
        """Commit and begin a new segment, so that the one before is sealed; nothing for an empty segment."""
        self.commit()
        if self._durable > self._segment.first:
            try:
                self._rotate()
            except BaseException:
                self._broken = True
                raise

    def settle(self) -> None:
        """Wait until full segments are sealed."""
        self._sealer.finish()

    def close(self) -> None:
        """Commit, sign, sync what is made from the log, and let the ledger go. Safe to call twice."""
        if self._lock < 0:
            return
        try:
            if not self._broken:
                self.commit()
                self.checkpoint()
                self._sync_made()
            self._sealer.finish()
        finally:
            os.close(self._log)
            os.close(self._ends)
            self._levels.close()
            if self._keys is not None:
                self._keys.close()
            if self._reader is not None:
                self._reader.close()
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> LedgerWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _usable(self) -> None:
        if self._broken:
            raise LedgerBroken(f"ledger {self.name}: a write failed before; open it again")
        if self._lock < 0:
            raise LedgerClosed(f"ledger {self.name}: this writer was closed")

    def _append(self, leaf: bytes, private: bytes, received_us: int) -> int:
        self._usable()
        if len(leaf) > MAX_LEAF or len(private) > MAX_PRIVATE:
            raise LeafTooLarge(f"ledger {self.name}: a leaf of {len(leaf)} bytes is more than {MAX_LEAF}")
        record, leaf_hash = pack(leaf, private)
        self._records.append(record)
        self._buffered += len(record)
        self._buffered_ends.append(self._bytes + self._buffered)
        for level, node in self._frontier.append(leaf_hash):
            if level in self._nodes:
                self._nodes[level].append(node)
        if self._keys is not None:
            self._buffered_digests.append(digest_of(leaf))
        self._last_us = received_us
        index = self._next
        self._next = index + 1
        return index

    def _written(self, length: int) -> None:
        """After a sync: the files made from the log, the new durable size, perhaps a new segment."""
        before, self._durable = self._durable, self._next
        self._root = self._frontier.root()
        self._bytes += length
        for level, nodes in self._nodes.items():
            self._levels.append(level, b"".join(nodes))
        write_all(self._ends, self._buffered_ends.tobytes())
        if self._keys is not None:
            self._keys.append(self._buffered_digests)
        self._clear()
        if before // self._settings.sync_hashes != self._durable // self._settings.sync_hashes:
            self._sync_made()
        if self._bytes >= self._settings.segment_bytes:
            self._rotate()

    def _rotate(self) -> None:
        full, count = self._segment, self._durable - self._segment.first
        self._sync_made()
        fresh = recovery.begin_segment(self.path, self._meta, self._durable)
        handles = self._log, self._ends             # open until there are others: a full disk may end it here
        self._open_segment(fresh, fresh.path.stat().st_size)
        for handle in handles:
            os.close(handle)
        self._sealer.give(full, count)

    def _open_segment(self, segment: Segment, size: int) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._segment, self._bytes = segment, size
        self._log = os.open(segment.path, flags, 0o600)
        self._ends = os.open(segment.ends, flags, 0o600)

    def _clear(self) -> None:
        self._records: list[bytes] = []
        self._buffered = 0
        self._buffered_ends = array("Q")
        self._buffered_digests: list[bytes] = []
        self._nodes: dict[int, list[bytes]] = {level: [] for level in LEVELS}

    def _sync_made(self) -> None:
        self._levels.sync()
        if self._keys is not None:
            self._keys.sync()


def _meta(folder: Path, keyring: Keyring, home_id: str, settings: Settings) -> Meta:
    """The ledger's meta file, made for a new ledger, with the newest key added."""
    signer = keyring.signer(folder.name)
    origin = origin_of(home_id, folder.name)
    if not (folder / META).exists():
        if any(segment.sealed or segment.first for segment in list_segments(folder)):
            raise LedgerDamaged(folder / META, 0, None, "there are segments but no meta file")
        meta = Meta(folder.name, origin, time.time_ns() // 1000, settings.keyed, (key_entry(signer),))
        meta.write(folder)
        sync_folder(folder.parent)
        return meta
    meta = read_meta(folder)
    if (meta.name, meta.origin) != (folder.name, origin) or signer.name != origin:
        raise LedgerDamaged(folder / META, 0, None, "the meta file, the keyring and the home are not of one system")
    entries = tuple(key_entry(known) for known in keyring.signers(folder.name))
    if entries != meta.keys:
        meta = Meta(meta.name, meta.origin, meta.created_us, meta.keyed, entries)
        meta.write(folder)
    return meta
