"""Sealed segments."""

import hashlib
import os

import pytest
from sample_ledger import SMALL, append, die, killed, small_ledger

from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Ledger, LedgerDamaged, LedgerWriter, Settings, seal
from qingyuan.ledger.seal import SealedSegment, read_dictionary, seal_segment, trailer_holds
from qingyuan.ledger.segment import Segment, list_segments

LARGE = Settings(segment_bytes=1 << 30, repeats=0)


@pytest.fixture
def ledger(tmp_path):
    """An unsealed ledger of 2,000 frames, and its leaves."""
    home, _ = small_ledger(tmp_path / "home", 2000, LARGE)
    with Ledger(home.ledger_path("gw1")) as opened:
        return opened.path, opened.origin, list(opened.leaves())


def only(folder):
    return list_segments(folder)[0]


def test_a_sealed_segment_gives_every_leaf_back_by_number(ledger):
    folder, origin, leaves = ledger
    before = only(folder).path.stat().st_size
    sealed = seal_segment(only(folder), "gw1", origin, 2000)
    assert sealed == Segment(0, folder / "0000000000000000.seal", True)
    assert [p.suffix for p in folder.glob("0*")] == [".seal"]
    assert sealed.path.stat().st_size < before / 3
    reader = SealedSegment(sealed, "gw1", origin)
    assert len(reader.blocks) > 5
    for index in (0, 1, 300, 1234, 1999):
        found = reader.record(index)
        assert (found.leaf, found.private, found.hash) == (
            leaves[index].data, leaves[index].private, leaves[index].hash)
    assert [r.hash for r in reader.records(100, 1900)] == [leaf.hash for leaf in leaves[100:1900]]
    with pytest.raises(LedgerDamaged, match="ends before"):
        list(reader.records(1990, 2001))


def test_the_trailer_is_the_sha_256_of_the_file_and_the_dictionary_is_named_by_its_own(ledger):
    folder, origin, _ = ledger
    sealed = seal_segment(only(folder), "gw1", origin, 2000)
    data = sealed.path.read_bytes()
    assert data[-32:] == hashlib.sha256(data[:-32]).digest()
    assert trailer_holds(sealed.path)
    dictionary = next(folder.glob("dictionary-*"))
    assert dictionary.name == f"dictionary-{hashlib.sha256(dictionary.read_bytes()).hexdigest()}"
    dictionary.write_bytes(dictionary.read_bytes()[:-1] + b"!")
    with pytest.raises(LedgerDamaged, match="not the one its name says"):
        SealedSegment(sealed, "gw1", origin)
    dictionary.unlink()
    with pytest.raises(LedgerDamaged, match="missing"):
        read_dictionary(folder, dictionary.name.removeprefix("dictionary-"))


def test_no_secret_is_in_the_dictionary(ledger):
    folder, origin, _ = ledger
    seal_segment(only(folder), "gw1", origin, 2000)
    assert b"pw1234" not in next(folder.glob("dictionary-*")).read_bytes()


def test_too_little_for_a_dictionary_is_sealed_without_one(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 0)
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        writer.append_json(Kind.FILE, {"text": "x" * 200_000})
        writer.commit()
        writer.rotate()
        writer.settle()
        append(writer, 1)
    with Ledger(home.ledger_path("gw1")) as ledger:
        assert [s.sealed for s in ledger.segments()] == [True, False]
        assert len(ledger.leaf(0).data) > 200_000
    assert not list(home.ledger_path("gw1").glob("dictionary-*"))


def test_a_damaged_log_is_not_sealed_and_stays(ledger):
    folder, origin, _ = ledger
    log = only(folder).path
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    with pytest.raises(LedgerDamaged, match="no valid record here"):
        seal_segment(only(folder), "gw1", origin, 2000)
    assert log.read_bytes() == data
    assert not list(folder.glob("*.seal*"))


def test_a_log_of_another_number_of_leaves_is_not_sealed(ledger):
    folder, origin, _ = ledger
    with pytest.raises(LedgerDamaged):
        seal_segment(only(folder), "gw1", origin, 1999)
    assert [p.suffix for p in sorted(folder.glob("0*"))] == [".ends", ".log"]


@pytest.mark.parametrize("where", ["put", "write_all", "sync_folder", "remove_log"])
def test_a_kill_while_sealing_loses_nothing(ledger, monkeypatch, where):
    """Killed right behind each step (for `write_all`: in the middle of the sealed file)."""
    folder, origin, leaves = ledger
    real, calls = getattr(seal, where), []

    def step(*arguments, **more):
        real(*arguments, **more)
        calls.append(1)
        if where != "write_all" or len(calls) == 4:
            die()

    monkeypatch.setattr(seal, where, step)
    assert killed(lambda: seal_segment(only(folder), "gw1", origin, 2000)) == -9
    monkeypatch.undo()
    home = folder.parents[1]
    from qingyuan.ledger import Home, Keyring

    opened = Home.open(home)
    with LedgerWriter.open(folder, Keyring.open(home / "keys"), opened.id, LARGE) as writer:
        assert writer.size == 2000
    with Ledger(folder) as ledger_again:
        assert [leaf.hash for leaf in ledger_again.leaves()] == [leaf.hash for leaf in leaves]
    assert not list(folder.glob("*.tmp"))


def test_a_log_left_beside_a_broken_sealed_file_is_kept(ledger):
    folder, origin, _ = ledger
    log = only(folder).path
    kept = log.read_bytes()
    sealed = seal_segment(only(folder), "gw1", origin, 2000)
    log.write_bytes(kept)
    os.truncate(sealed.path, sealed.path.stat().st_size - 1)
    from qingyuan.ledger import Home, Keyring

    home = Home.open(folder.parents[1])
    with pytest.raises(LedgerDamaged, match="its log is kept"):
        LedgerWriter.open(folder, Keyring.open(home.path / "keys"), home.id, LARGE)
    assert log.read_bytes() == kept


def test_every_changed_byte_of_a_small_sealed_file_shows(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 30)
    del keyring
    path = sorted(home.ledger_path("gw1").glob("*.seal"))[0]
    whole = path.read_bytes()
    for at in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        assert not trailer_holds(path)
    path.write_bytes(whole[:20])
    assert not trailer_holds(path)


def test_a_segment_that_cannot_be_sealed_stays_a_log_and_is_told_of(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 10, LARGE)
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, LARGE) as writer:
        log = only(writer.path).path
        data = bytearray(log.read_bytes())
        data[-1] ^= 1
        log.write_bytes(data)
        writer.rotate()
        writer.settle()
        assert [type(error) for error in writer.seal_failures] == [LedgerDamaged]
        assert append(writer, 10) == 10
    assert log.read_bytes() == data
