"""Personal content that can be erased."""

import pytest
from sample_ledger import die, killed

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import (
    ContentErased,
    Home,
    Keyring,
    Ledger,
    LedgerDamaged,
    files,
    office_append,
    personal,
    verify_home,
)

CONTENT = "张三，电话 139 0000 0000".encode()


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / "home")


@pytest.fixture
def keyring(home):
    return Keyring.open(home.path / "keys")


@pytest.fixture
def kept(home, keyring):
    reference = personal.keep(home, keyring, CONTENT)
    office_append(home, keyring, Kind.RULING, {"proposer": reference.payload()})
    return reference


def leaves(home):
    with Ledger(home.ledger_path("office")) as ledger:
        return [parse(leaf.data) for leaf in ledger.leaves()]


def test_the_leaf_holds_a_commitment_and_the_blob_the_content(home, keyring, kept):
    payload = leaves(home)[0].payload["proposer"]
    opened = personal.opening(home, keyring, payload["blob"])
    assert personal.read(home, keyring, payload["blob"]) == CONTENT
    assert personal.commitment(opened.salt, opened.content) == payload["commitment"]
    assert "Opening(" not in repr(opened)
    for path in home.path.rglob("*"):
        assert path.is_dir() or CONTENT not in path.read_bytes()


def test_equal_content_has_unequal_commitments(home, keyring, kept):
    assert personal.keep(home, keyring, CONTENT).commitment != kept.commitment


def test_erasing_destroys_the_key_and_appends_a_leaf(home, keyring, kept):
    before = (home.blobs / f"{kept.id}.key").read_bytes()
    index = personal.erase(home, keyring, kept.id, "asked by the person")
    assert leaves(home)[index].kind is Kind.ERASURE
    assert leaves(home)[index].payload["erased"] == {"blob": kept.id, "reason": "asked by the person"}
    with pytest.raises(ContentErased, match="withheld"):
        personal.read(home, keyring, kept.id)
    assert all(before not in path.read_bytes() for path in home.path.rglob("*") if path.is_file())
    assert personal.erase(home, keyring, kept.id, "again") == index
    assert verify_home(home, keyring).problems == []


def test_a_proof_says_open_or_withheld(home, keyring, kept):
    shown = personal.disclose(home, keyring, kept.payload())
    assert bytes.fromhex(shown["content"]) == CONTENT
    assert personal.commitment(bytes.fromhex(shown["salt"]), CONTENT) == shown["commitment"]
    personal.erase(home, keyring, kept.id, "asked")
    assert personal.disclose(home, keyring, kept.payload()) == {"status": "withheld", "commitment": kept.commitment}


@pytest.mark.parametrize("step", ["write_all", "sync_folder"])
def test_a_kill_while_erasing_is_finished_by_erasing_again(home, keyring, kept, monkeypatch, step):
    real = getattr(files, step)

    def last(*arguments):
        real(*arguments)
        die()

    monkeypatch.setattr(personal, step, last)
    assert killed(lambda: personal.erase(home, keyring, kept.id, "asked")) == -9
    monkeypatch.undo()
    with pytest.raises((ContentErased, LedgerDamaged)):
        personal.read(home, keyring, kept.id)
    assert verify_home(home, keyring).problems
    personal.erase(home, keyring, kept.id, "asked")
    assert verify_home(home, keyring).problems == []


@pytest.mark.parametrize("suffix", ["blob", "key"])
def test_every_changed_byte_is_named(home, keyring, kept, suffix):
    path = home.blobs / f"{kept.id}.{suffix}"
    whole = path.read_bytes()
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        with pytest.raises(LedgerDamaged):
            personal.read(home, keyring, kept.id)
    report = verify_home(home, keyring)
    assert [problem.file for problem in report.problems] == [f"blobs/{kept.id}.blob"]


def test_missing_and_strange_files_are_named(home, keyring, kept):
    (home.blobs / "notes.txt").touch()
    (home.blobs / f"{kept.id}.blob").unlink()
    other = personal.keep(home, keyring, b"x")
    (home.blobs / f"{other.id}.key").unlink()
    assert {(p.file, p.what.split(" ")[0] + p.what[-4:]) for p in verify_home(home, keyring).problems} == {
        ("blobs/notes.txt", "ahere"), (f"blobs/{kept.id}.blob", "thesing"), (f"blobs/{other.id}.key", "the why")}


@pytest.mark.parametrize("name", ["", "../keys/master", "A" * 32, "0" * 31])
def test_only_ids_are_looked_up(home, keyring, name):
    with pytest.raises(LookupError, match="not the id"):
        personal.read(home, keyring, name)


def test_without_the_keyring_it_is_said_that_nothing_was_checked(home, kept):
    report = verify_home(home, None)
    assert report.problems == []
    assert [str(gap) for gap in report.not_checked] == ["personal content (no keyring)"]
