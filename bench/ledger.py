"""Leaves into a ledger, durable in groups, and a full verification; beside the floor of this disk and hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path

from bench.codec import packet
from bench.table import Row, seconds
from qingyuan.evidence.leaf import CrcVariant, Verdict
from qingyuan.hj212 import secret_spans
from qingyuan.ledger import Home, Keyring, Ledger, LedgerWriter, verify_home

LEAVES, GROUP = 40_000, 400


def rows() -> list[Row]:
    """Append and verify rates; the floors are SHA-256 of the same bytes, and writing them with a sync a group."""
    frames = [packet(n) for n in range(2000)]
    spans = [secret_spans(frame) for frame in frames]
    floor_hash = len(frames) / seconds(lambda: [hashlib.sha256(frame).digest() for frame in frames])
    with tempfile.TemporaryDirectory() as folder:
        home = Home.create(Path(folder) / "home")
        keyring = Keyring.open(home.path / "keys")
        floor_disk = _disk(Path(folder) / "floor", frames)
        writer = LedgerWriter.open(home.ledger_path("bench"), keyring, home.id)
        cpu, wall = time.process_time(), time.monotonic()
        for n in range(LEAVES):
            writer.append_frame(0, frames[n % 2000], spans[n % 2000], "10.0.0.1", 1, 2, CrcVariant.STANDARD,
                                Verdict.ACCEPTED)
            if n % GROUP == GROUP - 1:
                writer.commit()
        writer.close()
        cpu, wall = time.process_time() - cpu, time.monotonic() - wall
        begun = time.process_time()
        assert not verify_home(home, keyring).problems
        verified = LEAVES / (time.process_time() - begun)
        with Ledger(home.ledger_path("bench")) as ledger:
            proof = 1000 / seconds(lambda: [ledger.inclusion(i * 37 % LEAVES) for i in range(1000)])
        record = sum(f.stat().st_size for f in home.ledger_path("bench").iterdir()) / LEAVES
    return [
        Row("ledger append, CPU", LEAVES / cpu, "leaves/s", "SHA-256 of the frame alone", floor_hash),
        Row(f"ledger append, durable, groups of {GROUP}", LEAVES / wall, "leaves/s, wall",
            "plain write and fdatasync a group", floor_disk),
        Row("ledger verification, commitments opened", verified, "leaves/s", "SHA-256 of the frame alone", floor_hash),
        Row("inclusion proof made", proof, "proofs/s", note=f"at {LEAVES} leaves"),
        Row("ledger on disk, open segment", record, "B a telegram", "the telegram itself", float(len(frames[0]))),
    ]


def _disk(path: Path, frames: list[bytes]) -> float:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    begun = time.monotonic()
    for n in range(0, LEAVES, GROUP):
        os.write(handle, b"".join(frames[(n + i) % 2000] for i in range(GROUP)))
        os.fdatasync(handle)
    os.close(handle)
    return LEAVES / (time.monotonic() - begun)


