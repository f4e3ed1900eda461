"""Every finding of a verification is raised by the harm it names, and every gap by what is missing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sample_ledger import full_home
from test_ledger_verify import cosigned, rebuilt

from qingyuan.evidence.leaf import build_json
from qingyuan.evidence.note import COSIGNATURE, sign_checkpoint, vkey
from qingyuan.ledger import Finding, Home, Keyring, Unchecked, personal, verify_home
from qingyuan.ledger.dropped import Dropped, read_dropped, write_dropped
from qingyuan.ledger.files import open_text, sealed_text
from qingyuan.ledger.finding import MADE_AGAIN, UNCHECKED, WORDS, Problem
from qingyuan.ledger.meta import KIND as META_KIND
from qingyuan.ledger.seal import DIGEST, ENTRY, FOOT

Harm = Callable[["Case"], object]


class Case:
    """A home to be harmed."""

    def __init__(self, home: Home, keyring: Keyring) -> None:
        self.home, self.keyring = home, keyring
        self.gw, self.strangers, self.office = (home.ledger_path(n) for n in ("gw1", "gw1.quarantine", "office"))

    def one(self, pattern: str, folder: Path | None = None) -> Path:
        return sorted((folder or self.gw).glob(pattern))[0]

    def last(self, pattern: str) -> Path:
        return sorted(self.gw.glob(pattern))[-1]

    def flip(self, path: Path, place: float = 0.5) -> None:
        data = bytearray(path.read_bytes())
        data[int(place * len(data))] ^= 1
        path.write_bytes(bytes(data))

    def meta(self, **change: object) -> None:
        content = open_text(self.gw / "meta", META_KIND)
        (self.gw / "meta").write_bytes(sealed_text(META_KIND, content | change))

    def sealed(self, change: Callable[[bytearray], None]) -> None:
        """The first sealed segment with its bytes changed and its trailer made right again."""
        path = self.one("*.seal")
        data = bytearray(path.read_bytes()[:-DIGEST])
        change(data)
        path.write_bytes(bytes(data) + hashlib.sha256(data).digest())

    def entry(self, **change: int) -> None:
        """The first entry of a seal's index with some of its numbers moved."""
        def moved(data: bytearray) -> None:
            _number, start = FOOT.unpack(data[-FOOT.size:])
            first, offset, length = ENTRY.unpack(data[start:start + ENTRY.size])
            data[start:start + ENTRY.size] = ENTRY.pack(first + change.get("first", 0), offset,
                                                        length + change.get("length", 0))
        self.sealed(moved)

    def blob(self) -> personal.Reference:
        return personal.keep(self.home, self.keyring, b"x")

    def rebuild(self, change: Callable[..., tuple[bytes, bytes]]) -> None:
        rebuilt(self.home, self.keyring, change)


def _other_root(case: Case) -> None:
    signer = case.keyring.signer("gw1")
    size = int((case.gw / "checkpoint").read_text().splitlines()[1])
    (case.gw / "checkpoint").write_text(sign_checkpoint(signer.name, size, b"x" * 32, signer))


def _not_introduced(case: Case) -> None:
    keys = open_text(case.gw / "meta", META_KIND)["keys"]
    keys[1]["introduced"] = keys[0]["introduced"]
    case.meta(keys=keys)


def _count(data: bytearray) -> None:
    at = data.index(b'"count":') + 8
    stop = data.index(b",", at)
    data[at:stop] = str(int(data[at:stop]) + 1).encode()


def _foot(data: bytearray) -> None:
    number, start = FOOT.unpack(data[-FOOT.size:])
    data[-FOOT.size:] = FOOT.pack(number + 1, start)


def _block(data: bytearray) -> None:
    _number, start = FOOT.unpack(data[-FOOT.size:])
    data[ENTRY.unpack(data[start:start + ENTRY.size])[1]] ^= 1          # the first byte of its Zstandard frame


def _twice(case: Case) -> None:
    shutil.copy(case.one("*.seal"), case.gw / f"{1:016d}.seal")


def _untold(case: Case) -> None:
    told = read_dropped(case.strangers).segments
    write_dropped(case.strangers, Dropped((replace(told[0], told_by=told[0].told_by + 1000), *told[1:])))


def _set_aside(case: Case) -> None:
    told = read_dropped(case.strangers).segments
    write_dropped(case.strangers, Dropped((replace(told[0], kept=True), *told[1:])))


def _behind(leaf: bytes) -> bytes:
    return leaf[:5] + bytes(8) + leaf[13:]


def _stranger(case: Case) -> None:
    other = Keyring.open(case.home.path.parent / "o", create=True).signer("x")
    (case.home.path / "witness" / "w1.vkey").write_text(vkey("other", other.public, COSIGNATURE))


HARMS: dict[Finding, Harm] = {
    Finding.NOT_A_LEDGER: lambda c: (c.home.path / "ledgers" / "Copy of gw1").mkdir(),
    Finding.STRANGE_FILE: lambda c: (c.gw / "notes.txt").touch(),
    Finding.LEFT_OVER: lambda c: (c.gw / "checkpoint.tmp").touch(),
    Finding.FILE_MISSING: lambda c: (c.gw / "meta").unlink(),
    Finding.NOT_AS_WRITTEN: lambda c: c.flip(c.gw / "meta"),
    Finding.OTHER_NAMES: lambda c: c.meta(name="gw9"),
    Finding.OTHER_KEYS: lambda c: c.meta(keys=open_text(c.office / "meta", META_KIND)["keys"]),
    Finding.KEY_NOT_INTRODUCED: _not_introduced,
    Finding.NOT_SIGNED: lambda c: (c.gw / "checkpoint").write_text("nothing\n"),
    Finding.UNKNOWN_SIGNATURE: _stranger,
    Finding.SHORTENED: lambda c: os.truncate(c.last("*.log"), c.last("*.log").stat().st_size - 300),
    Finding.OTHER_ROOT: _other_root,
    Finding.LEAVES_MISSING: lambda c: c.one("*.seal").unlink(),
    Finding.LEAVES_TWICE: _twice,
    Finding.SEGMENT_SHORT: lambda c: (c.gw / f"{10 ** 6:016d}.log").touch(),
    Finding.TOO_SHORT: lambda c: os.truncate(c.gw / "hashes.0", 64),
    Finding.TOO_LONG: lambda c: (c.gw / "hashes.0").write_bytes((c.gw / "hashes.0").read_bytes() + bytes(64)),
    Finding.WRONG_OFFSET: lambda c: c.flip(c.last("*.ends"), 0),
    Finding.WRONG_KEY_DIGEST: lambda c: c.flip(c.office / "keys.0", 0),
    Finding.WRONG_LEAF_HASH: lambda c: c.flip(c.gw / "hashes.0"),
    Finding.WRONG_NODE_HASH: lambda c: c.flip(c.gw / "hashes.8"),
    Finding.WRONG_HEADER: lambda c: c.flip(c.last("*.log"), 0),
    Finding.NO_RECORD: lambda c: c.flip(c.one("*.log", c.office), 0.4),
    Finding.TORN_OR_DAMAGED: lambda c: os.truncate(c.last("*.log"), c.last("*.log").stat().st_size - 1),
    Finding.NOT_A_LEAF: lambda c: c.rebuild(
        lambda i, leaf, private: (leaf[:4] + b"\x63" + leaf[5:] if i == 5 else leaf, private)),
    Finding.TIME_WENT_BACK: lambda c: c.rebuild(lambda i, leaf, p: (_behind(leaf) if i == 5 else leaf, p)),
    Finding.PRIVATE_UNCALLED: lambda c: c.rebuild(
        lambda i, leaf, private: (build_json(4, 1_700_000_000_000_000 + i, {}), b"x" if i == 5 else b"")),
    Finding.PRIVATE_LENGTH: lambda c: c.rebuild(lambda i, leaf, p: (leaf, p + b"x" if i == 5 else p)),
    Finding.PRIVATE_CHANGED: lambda c: c.rebuild(lambda i, leaf, p: (leaf, b"XX" + p[2:] if i == 5 else p)),
    Finding.WRONG_TRAILER: lambda c: c.flip(c.one("*.seal"), 0.99),
    Finding.UNREADABLE_SEAL: lambda c: os.truncate(c.one("*.seal"), 10),
    Finding.WRONG_INDEX: lambda c: c.sealed(_foot),
    Finding.INDEX_GAP: lambda c: c.entry(first=1),
    Finding.BLOCK_UNREADABLE: lambda c: c.sealed(_block),
    Finding.BLOCK_LENGTH: lambda c: c.entry(length=-1),
    Finding.BLOCK_SHORT: lambda c: c.sealed(_count),
    Finding.LEAF_COUNT: _twice,
    Finding.DICTIONARY_MISSING: lambda c: [path.unlink() for path in c.gw.glob("dictionary-*")],
    Finding.DICTIONARY_CHANGED: lambda c: c.flip(c.one("dictionary-*")),
    Finding.TORN_CHANGED: lambda c: c.flip(c.one("*.torn-*"), 0),
    Finding.LOCK_NOT_EMPTY: lambda c: (c.gw / "lock").write_text("x"),
    Finding.WRONGLY_DROPPED: lambda c: shutil.copy(c.strangers / "dropped", c.gw / "dropped"),
    Finding.DROP_NOT_TOLD: _untold,
    Finding.WRONG_DROPPED_HASHES: lambda c: c.flip(c.strangers / "hashes.0", 0),
    Finding.SET_ASIDE_MISSING: _set_aside,
    Finding.CONTENT_MISSING: lambda c: (c.home.blobs / f"{c.blob().id}.blob").unlink(),
    Finding.CONTENT_CHANGED: lambda c: c.flip(c.home.blobs / f"{c.blob().id}.blob"),
    Finding.ERASURE_NOT_TOLD: lambda c: (c.home.blobs / f"{c.blob().id}.key").unlink(),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home, keyring = full_home(tmp_path_factory.mktemp("findings") / "home")
    cosigned(home, keyring, Keyring.open(tmp_path_factory.mktemp("witness"), create=True))
    assert verify_home(home, keyring).problems == []
    return home


@pytest.fixture
def case(whole: Home, tmp_path: Path) -> Case:
    home = Home.open(shutil.copytree(whole.path, tmp_path / "home"))
    return Case(home, Keyring.open(home.path / "keys"))


@pytest.mark.parametrize("code", list(Finding))
def test_each_finding_is_raised_by_its_harm_and_said(case: Case, code: Finding) -> None:
    HARMS[code](case)
    found = [problem for problem in verify_home(case.home, case.keyring).problems if problem.code is code]
    assert found
    assert WORDS[code].format(**found[0].facts) in str(found[0])
    assert found[0].payload()["code"] == code.value


def test_each_gap_is_told_of(case: Case) -> None:
    from qingyuan.ledger.verify import open_keyring

    (case.home.path / "witness" / "w1.vkey").unlink()
    case.flip(case.strangers / "dropped")
    report = verify_home(case.home, None)
    gaps = [*report.not_checked, *(gap for one in report.ledgers for gap in one.not_checked)]
    shutil.rmtree(case.home.path / "keys")
    _none, why = open_keyring(case.home)
    assert why is not None
    assert {gap.code for gap in (*gaps, why)} == set(Unchecked) - {Unchecked.KEYRING_SHUT}    # said by who opens it
    assert all(str(gap) for gap in gaps)


def test_the_lists_are_whole() -> None:
    assert set(WORDS) == set(Finding) == set(HARMS)
    assert set(UNCHECKED) == set(Unchecked)


def test_only_what_is_made_from_the_log_may_be_deleted() -> None:
    assert MADE_AGAIN in Problem("gw1", "0000000000000000.ends", None, None, Finding.FILE_MISSING).what
    assert MADE_AGAIN not in Problem("gw1", "0000000000000000.ends", None, None, Finding.STRANGE_FILE).what
    assert MADE_AGAIN not in Problem("gw1", "meta", None, None, Finding.FILE_MISSING).what
