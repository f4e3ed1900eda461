"""Small real ledgers for tests: frames with secrets, every kind of leaf, sealed segments, a quarantine with drops."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict
from qingyuan.ledger import Home, Keyring, LedgerWriter, Quarantine, Quota, Settings, office_append

START_US = 1_600_000_000_000_000
SMALL = Settings(segment_bytes=4_000, repeats=100)


def frame(number: int, password: str = "pw1234") -> tuple[bytes, list[tuple[int, int]]]:
    """A telegram and its secret spans (password, check digits)."""
    raw = (f"##0117QN=20200401140000{number % 1000:03d};ST=22;CN=2011;PW={password};MN=A{number:06d};Flag=5;"
           f"CP=&&DataTime=20200401140000;a34004-Rtd={number % 500}.0,a34004-Flag=N&&{number % 65536:04X}\r\n").encode()
    return raw, [(raw.index(b"PW=") + 3, len(password)), (len(raw) - 6, 4)]


def append(writer: LedgerWriter | Quarantine, number: int, peer: str = "10.0.0.7",
           verdict: Verdict = Verdict.ACCEPTED) -> int | None:
    """Append one frame, a millisecond after the one before."""
    raw, spans = frame(number)
    return writer.append_frame(START_US + number * 1000, raw, spans, peer, 5000, 9000, CrcVariant.STANDARD, verdict)


def fill(writer: LedgerWriter, count: int, group: int = 10) -> None:
    """Append frames in committed groups."""
    start = writer.size
    for number in range(start, start + count):
        append(writer, number)
        if (number + 1) % group == 0:
            writer.commit()
    writer.commit()


def small_ledger(path: Path, leaves: int = 60, settings: Settings = SMALL) -> tuple[Home, Keyring]:
    """A home with the telegram ledger `gw1`."""
    home = Home.create(path)
    keyring = Keyring.open(home.path / "keys")
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, settings) as writer:
        fill(writer, leaves)
    return home, keyring


def full_home(path: Path) -> tuple[Home, Keyring]:
    """A home with everything a ledger folder can hold."""
    home, keyring = small_ledger(path)
    keyring.rotate("gw1")
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        fill(writer, 300)
        for kind in Kind:
            if kind is not Kind.FRAME:
                writer.append_json(kind, {"what": kind.name.lower(), "站点": "南京", "n": int(kind)})
        writer.commit()
    log = sorted(home.ledger_path("gw1").glob("*.log"))[-1]
    log.write_bytes(log.read_bytes() + b"\0" * 40)
    LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL).close()       # moves a torn tail aside
    for number in range(5):
        office_append(home, keyring, Kind.REGISTRY, {"key": f"site/{number}", "entry": "site", "id": f"s{number}"})
    quota = Quota(leaves_a_day=40, retention_days=1, segment_bytes=4_000)
    strangers = Quarantine.open(home, keyring, "gw1", quota)
    for number in range(60):
        append(strangers, number, verdict=Verdict.UNKNOWN_MN)
    strangers.drop_expired(START_US + 3 * 86_400_000_000, lambda first, stop: False)
    for number in range(5):
        strangers.append_frame(START_US + 3 * 86_400_000_000 + number, b"hello", [], "10.9.9.9", 1, 2,
                               CrcVariant.UNCHECKED, Verdict.UNREADABLE)
    strangers.close()
    return home, keyring


def killed(work: Callable[[], None]) -> int:
    """Run work in a forked child and return how it ended (negative: the signal)."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:
            os._exit(70)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def die() -> None:
    """End this process as kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
