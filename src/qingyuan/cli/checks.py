"""What a machine needs to run this system: one function a check, each gives a finding with a remedy."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from qingyuan.cli.i18n import DOMAIN, LANGUAGES, LOCALE, _

if TYPE_CHECKING:
    from qingyuan.ledger import Home

PYTHON = (3, 11)
SPARE_FILES = 256                   # open files beside the connections: segments, hash files, Parquet, logs
DISK_FAIL_MB, DISK_WARN_MB = 1_000, 10_000
SYNC_ROUNDS, SYNC_WARN_MS = 20, 20.0
NOT_SYNCHRONISED = 5                # TIME_ERROR of ntp_gettime(3)
CHECKOUT = Path(__file__).resolve().parents[3]


class Level(StrEnum):
    """How a check came out; only `fail` keeps the system from running."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    check: str
    level: Level
    detail: str
    remedy: str = ""


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """Version of the interpreter."""
    shown, needed = ".".join(map(str, version)), ".".join(map(str, PYTHON))
    if version >= PYTHON:
        return Finding("python", Level.OK, shown)
    return Finding("python", Level.FAIL, shown, _("install Python {version} or newer").format(version=needed))


def locked(lock: Path) -> dict[str, set[str]]:
    """Package -> versions named in a lock file (several where it depends on the Python)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE):
        found.setdefault(_plain(name), set()).add(version)
    return found


def packages(lock: Path | None = None) -> Finding:
    """Packages this software needs, held against the lock file where there is one."""
    needed = [_plain(re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0]) for line in metadata.requires("qingyuan") or ()
              if "extra ==" not in line]
    have = {name: version for name in needed if (version := _installed(name))}
    missing = sorted(set(needed) - set(have))
    if missing:
        return Finding("packages", Level.FAIL, _("missing: {names}").format(names=", ".join(missing)), "make setup")
    lock = lock or CHECKOUT / "requirements.lock"
    if not lock.is_file():
        return Finding("packages", Level.OK, _("{count} installed; no lock file to compare").format(count=len(have)))
    wanted = locked(lock)
    other = [f"{name} {version}" for name, version in sorted(have.items()) if version not in wanted.get(name, set())]
    if other:
        return Finding("packages", Level.WARN, _("not as locked: {names}").format(names=", ".join(other)), "make setup")
    return Finding("packages", Level.OK, _("{count} installed, as locked").format(count=len(have)))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def open_files(connections: int) -> Finding:
    """Limit of open files against the connections expected."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    needed = connections + SPARE_FILES
    detail = _("{limit} allowed, {needed} needed for {connections} connections").format(
        limit=limit, needed=needed, connections=connections)
    if limit == resource.RLIM_INFINITY or limit >= needed:
        return Finding("open files", Level.OK, detail)
    return Finding("open files", Level.FAIL, detail, f"ulimit -n {needed}")


def disk(folder: Path) -> Finding:
    """Free space where the home is, or will be."""
    free_mb = shutil.disk_usage(folder).free // 10**6
    detail = _("{free} MB free in {folder}").format(free=free_mb, folder=folder)
    level = Level.FAIL if free_mb < DISK_FAIL_MB else Level.WARN if free_mb < DISK_WARN_MB else Level.OK
    return Finding("disk", level, detail, "" if level is Level.OK else _("free some space on this disk"))


def sync(folder: Path) -> Finding:
    """Cost of writing 4 KiB for good: what an acknowledgement waits for, at least."""
    spent = []
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
        for _round in range(SYNC_ROUNDS):
            began = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fdatasync(file.fileno())
            spent.append((time.perf_counter() - began) * 1e3)
    detail = _("{median} ms a write, worst {worst} ms").format(median=f"{median(spent):.2f}", worst=f"{max(spent):.2f}")
    if median(spent) > SYNC_WARN_MS:
        return Finding("fsync", Level.WARN, detail, _("put the home on a local disk; acknowledgements wait for this"))
    return Finding("fsync", Level.OK, detail)


def clock(now_s: float | None = None) -> Finding:
    """The clock: not before this software was installed, and kept by a time service as the kernel says."""
    now = time.time() if now_s is None else now_s
    shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    if now < (LOCALE / LANGUAGES[0] / "LC_MESSAGES" / f"{DOMAIN}.po").stat().st_mtime:
        return Finding("clock", Level.FAIL, _("{now} is before this software was installed").format(now=shown),
                       _("set the clock; receive times go into the ledger and cannot be changed later"))
    if _ntp_state() == NOT_SYNCHRONISED:
        return Finding("clock", Level.WARN, _("{now}; not kept by a time service").format(now=shown),
                       _("start a time service such as chrony"))
    return Finding("clock", Level.OK, shown)


def _ntp_state() -> int:
    """State of the kernel clock; 0 where the system has no such call."""
    try:
        call = ctypes.CDLL(None).ntp_gettime
    except (OSError, AttributeError):
        return 0
    return int(call(ctypes.create_string_buffer(256)))


def catalogues(locale: Path = LOCALE) -> Finding:
    """Compiled catalogues, not older than their sources."""
    stale = []
    for language in LANGUAGES:
        source = locale / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or (source.exists() and compiled.stat().st_mtime < source.stat().st_mtime):
            stale.append(language)
    if stale:
        return Finding("catalogues", Level.WARN, _("not compiled: {names}").format(names=", ".join(stale)),
                       "python -m qingyuan.cli.messages compile")
    return Finding("catalogues", Level.OK, ", ".join(LANGUAGES))


def data() -> Finding:
    """Measured data for a replay."""
    from qingyuan.gateway.simulator.choose import PATTERNS
    from qingyuan.gateway.simulator.places import find

    found = [str(path) for _kind, pattern in PATTERNS if (path := find(pattern))]
    if not found:
        return Finding("data", Level.WARN, _("no measured data; a replay simulates them"), "qingyuan data fetch")
    return Finding("data", Level.OK, ", ".join(found))


def home(folder: Path) -> Finding:
    """The home opens with its keyring, and only its owner reads the keys."""
    from qingyuan.ledger import Home, Keyring
    from qingyuan.ledger.errors import HomeError, KeyringError

    try:
        opened = Home.open(folder)
        Keyring.open(opened.path / "keys")
    except (HomeError, KeyringError, OSError) as error:
        from qingyuan.cli.errors import sentence

        return Finding("home", Level.FAIL, str(error), sentence(error).removeprefix(f"{error}; "))
    for file in sorted((opened.path / "keys").iterdir()):
        if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            return Finding("home", Level.FAIL, _("others may read {file}").format(file=file), f"chmod 600 {file}")
    return Finding("home", Level.OK, _("{count} ledgers").format(count=len(opened.ledgers())) + _past_retention(opened))


def _past_retention(opened: Home) -> str:
    """What the quarantines dropped and what they keep for good; empty when there is neither."""
    from qingyuan.ledger.dropped import read_dropped
    from qingyuan.ledger.errors import LedgerDamaged

    dropped = kept = 0
    for name in opened.ledgers():
        try:
            segments = read_dropped(opened.ledger_path(name)).segments
        except (LedgerDamaged, KeyError, TypeError):                 # `evidence verify` names it
            continue
        dropped += sum(one.count for one in segments if not one.kept)
        kept += sum(one.count for one in segments if one.kept)
    text = _("; past their retention: {dropped} leaves dropped, {kept} kept since figures rest on them")
    return text.format(dropped=dropped, kept=kept) if dropped or kept else ""


def all_checks(folder: Path | None, connections: int) -> Iterator[Finding]:
    """Every check in order; the home itself only where one is named."""
    place = folder or Path.cwd()
    while not place.is_dir():
        place = place.parent
    yield python()
    yield packages()
    yield open_files(connections)
    yield disk(place)
    yield sync(place)
    yield clock()
    yield catalogues()
    yield data()
    if folder is not None:
        yield home(folder)
