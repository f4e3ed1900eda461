"""Verification: a clean ledger has no problem, any changed bit has one that names it."""

import os
import random
import shutil

import pytest
from sample_ledger import SMALL, append, fill, full_home, small_ledger

from qingyuan.evidence.leaf import build_json
from qingyuan.evidence.note import COSIGNATURE, cosign, vkey
from qingyuan.ledger import Keyring, Ledger, LedgerWriter, Settings, record, verify_home
from qingyuan.ledger.files import open_text, sealed_text
from qingyuan.ledger.meta import KIND as META_KIND
from qingyuan.ledger.store import CLOSED_KIND
from qingyuan.ledger.verify import open_keyring

FLIPS = 40


def cosigned(home, keyring, witness):
    """Co-sign every ledger's checkpoint, as the witness process does."""
    signer = witness.signer("w1")
    (home.path / "witness" / "w1.vkey").write_text(vkey(signer.name, signer.public, COSIGNATURE) + "\n")
    for name in home.ledgers():
        note = (home.ledger_path(name) / "checkpoint").read_text()
        (home.ledger_path(name) / "checkpoint.witnessed").write_text(cosign(note, signer, 1_700_000_000))


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    home, keyring = full_home(tmp_path_factory.mktemp("verify") / "home")
    cosigned(home, keyring, Keyring.open(tmp_path_factory.mktemp("witness"), create=True))
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        fill(writer, 11)
    said = sealed_text(CLOSED_KIND, {"why": "test", "have": 1 << 40})
    (home.ledger_path("gw1.quarantine") / "closed").write_bytes(said)
    return home, keyring


@pytest.fixture
def small(tmp_path):
    return small_ledger(tmp_path / "home", 57)


def problems(home, keyring):
    return verify_home(home, keyring).problems


def test_a_clean_home_has_no_problem_and_everything_was_checked(full):
    home, keyring = full
    report = verify_home(home, keyring)
    assert report.problems == []
    assert [(r.ledger, r.not_checked, r.live) for r in report.ledgers] == [
        (name, [], False) for name in ("gw1", "gw1.quarantine", "office")]
    gw1 = report.ledgers[0]
    assert gw1.leaves == gw1.signed == 60 + 300 + 10 + 11
    assert gw1.witnessed == gw1.signed - 11
    assert gw1.opened == 371


def test_the_home_holds_every_kind_of_file(full):
    home, _ = full
    names = {"".join(c for c in path.name if not c.isdigit()).split("-")[0]
             for name in home.ledgers() for path in home.ledger_path(name).iterdir()}
    assert names == {".log", ".ends", ".seal", ".log.torn", "dictionary", "hashes.", "keys.", "meta", "lock",
                     "checkpoint", "checkpoint.witnessed", "closed", "dropped", "counters"}


def test_a_flipped_bit_anywhere_is_found_and_named(full):
    """Every file of every ledger, at many random places; small files at more of their bytes."""
    home, keyring = full
    chance = random.Random(820)
    for name in home.ledgers():
        for path in sorted(home.ledger_path(name).iterdir()):
            whole = path.read_bytes()
            places = {chance.randrange(8 * len(whole)) for _ in range(FLIPS if len(whole) < 5000 else FLIPS // 4)
                      } if whole else ()
            for bit in places:
                changed = bytearray(whole)
                changed[bit // 8] ^= 1 << bit % 8
                path.write_bytes(changed)
                found = verify_home(home, keyring, only=name).problems
                assert any(p.ledger == name and p.file == path.name for p in found), (name, path.name, bit, found)
            path.write_bytes(whole)
    assert problems(home, keyring) == []


@pytest.mark.parametrize("name", ["checkpoint", "checkpoint.witnessed", "meta"])
def test_every_bit_of_the_signed_files_counts(full, name):
    home, keyring = full
    path = home.ledger_path("office") / name
    whole = path.read_bytes()
    for bit in range(8 * len(whole)):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        found = verify_home(home, keyring, only="office").problems
        assert any(p.file == name for p in found), bit
    path.write_bytes(whole)


def test_a_flip_in_a_leaf_names_its_number_and_place(small):
    home, keyring = small
    folder = home.ledger_path("gw1")
    log = sorted(folder.glob("*.log"))[-1]
    first = int(log.stem)
    data = bytearray(log.read_bytes())
    ends = (folder / log.name.replace(".log", ".ends")).read_bytes()
    start = int.from_bytes(ends[8:16], "little")
    data[start + 100] ^= 1
    log.write_bytes(data)
    assert [(p.file, p.leaf, p.offset) for p in problems(home, keyring)] == [(log.name, first + 2, start)]


def test_two_damaged_leaves_are_both_named_and_the_rest_still_checked(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 50, Settings(segment_bytes=1 << 30))
    log = next(home.ledger_path("gw1").glob("*.log"))
    data = bytearray(log.read_bytes())
    ends = (log.with_suffix(".ends")).read_bytes()
    starts = {n: int.from_bytes(ends[8 * n - 8:8 * n], "little") for n in (10, 30)}
    data[starts[10] + 2] ^= 4          # a length
    data[starts[30] + 80] ^= 4
    log.write_bytes(data)
    report = verify_home(home, keyring)
    assert [(p.leaf, p.offset) for p in report.problems] == [(10, starts[10]), (30, starts[30])]
    assert report.ledgers[0].leaves == 48


def test_a_lost_end_is_a_shortened_ledger(small):
    home, keyring = small
    log = sorted(home.ledger_path("gw1").glob("*.log"))[-1]
    os.truncate(log, log.stat().st_size - 300)
    found = problems(home, keyring)
    assert any(p.file == "checkpoint" and "shortened" in p.what for p in found)
    assert any(p.file == log.name for p in found)


@pytest.mark.parametrize("suffix", [".seal", ".log"])
def test_a_missing_segment_is_named(small, suffix):
    home, keyring = small
    sorted(home.ledger_path("gw1").glob(f"*{suffix}"))[0].unlink()
    assert any("missing" in p.what or "shortened" in p.what for p in problems(home, keyring))


@pytest.mark.parametrize("name", ["meta", "checkpoint", "hashes.0", "keys.0"])
def test_a_missing_file_is_named(small, name):
    home, keyring = small
    (home.ledger_path("office" if name == "keys.0" else "gw1") / name).unlink()
    if name == "keys.0":
        with LedgerWriter.open(home.ledger_path("office"), keyring, home.id) as writer:
            append(writer, 1)
        (home.ledger_path("office") / name).unlink()
    assert name in {p.file for p in problems(home, keyring)}


@pytest.mark.parametrize("kept", [0, 12, 16 * 8, None])
def test_a_short_or_missing_offsets_file_is_named_and_made_again(small, kept):
    home, keyring = small
    path = next(home.ledger_path("gw1").glob("*.ends"))
    if kept is None:
        path.unlink()
    else:
        os.truncate(path, kept)
    found, = problems(home, keyring)
    assert (found.file, found.offset) == (path.name, kept)
    assert "the file is missing; no leaf is lost" in found.what if kept is None else (
        "the file ends before what a checkpoint covers; no leaf is lost" in found.what)
    path.unlink(missing_ok=True)                       # the remedy it names
    LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL).close()
    assert problems(home, keyring) == []


def test_a_wrong_offset_is_mended_as_the_verdict_says(small):
    home, keyring = small
    path = next(home.ledger_path("gw1").glob("*.ends"))
    data = bytearray(path.read_bytes())
    data[17] ^= 1
    path.write_bytes(data)
    found, = problems(home, keyring)
    assert (found.file, found.offset) == (path.name, 16)
    assert "delete the file and start again" in found.what
    path.unlink()
    LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL).close()
    assert problems(home, keyring) == []


@pytest.mark.parametrize("name", ["notes.txt", "checkpoint.tmp", "0000000000000060.ends", "hashes.4", "keys.0",
                                  "x.seal"])
def test_a_file_that_does_not_belong_is_named(small, name):
    home, keyring = small
    (home.ledger_path("gw1") / name).write_bytes(b"x")
    assert {p.file for p in problems(home, keyring)} == {name}
    assert len(problems(home, keyring)) == 1


def test_a_folder_that_is_no_ledger_is_named(small):
    home, keyring = small
    (home.path / "ledgers" / "Copy of gw1").mkdir()
    assert [(p.ledger, p.file) for p in problems(home, keyring)] == [("", "Copy of gw1")]


def test_without_the_keyring_all_but_the_private_parts_is_checked(small):
    home, keyring = small
    assert [str(gap) for gap in verify_home(home, None).ledgers[0].not_checked] == [
        "withheld parts of 57 leaves (no keyring)"]
    assert problems(home, None) == []
    assert verify_home(home, keyring).ledgers[0].opened == 57
    shutil.rmtree(home.path / "keys")
    opened, why = open_keyring(home)
    assert opened is None
    assert "no keyring" in str(why)


def rebuilt(home, keyring, change):
    """Write gw1 anew with every record passed through `change`, hash files and signature made right again."""
    folder = home.ledger_path("gw1")
    with Ledger(folder) as ledger:
        stored = list(ledger.leaves())
    meta = (folder / "meta").read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "meta").write_bytes(meta)
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        for leaf in stored:
            data, private = change(leaf.index, leaf.data, leaf.private)
            writer._append(data, private, 0)
        writer.commit()


def test_private_bytes_that_are_not_those_committed_to_are_found(small):
    home, keyring = small
    rebuilt(home, keyring, lambda i, leaf, private: (leaf, b"XX" + private[2:] if i == 17 else private))
    assert [(p.leaf, p.what) for p in problems(home, keyring)] == [
        (17, "the private bytes are not those the leaf commits to")]


@pytest.mark.parametrize(("change", "what"), [
    (lambda i, leaf, private: (leaf, private + b"x" if i == 5 else private), "another length"),
    (lambda i, leaf, private: (leaf[:5] + bytes(8) + leaf[13:] if i == 5 else leaf, private), "before the leaf before"),
    (lambda i, leaf, private: (leaf[:4] + b"\x63" + leaf[5:] if i == 5 else leaf, private), "not a leaf"),
    (lambda i, leaf, private: (build_json(4, 1_700_000_000_000_000 + i, {}) if i > 4 else leaf,
                               b"x" if i == 5 else b"" if i > 4 else private), "private bytes where"),
])
def test_leaves_no_writer_would_write_are_found(small, change, what):
    home, keyring = small
    rebuilt(home, keyring, change)
    found = problems(home, keyring)
    assert [p.leaf for p in found] == [5]
    assert what in found[0].what


def test_a_key_that_was_not_introduced_is_found(small):
    home, keyring = small
    keyring.rotate("gw1")
    LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id).close()
    path = home.ledger_path("gw1") / "meta"
    content = open_text(path, META_KIND)
    content["keys"][1]["introduced"] = content["keys"][0]["introduced"]
    path.write_bytes(sealed_text(META_KIND, content))
    for known in (keyring, None):
        assert [(p.file, p.what) for p in problems(home, known)] == [
            ("meta", "a key was not introduced by the one before it")]


def test_a_meta_file_of_other_keys_is_found_with_the_keyring(small, tmp_path):
    home, keyring = small
    other, _ = small_ledger(tmp_path / "other", 1)
    content = open_text(home.ledger_path("gw1") / "meta", META_KIND)
    theirs = open_text(other.ledger_path("gw1") / "meta", META_KIND)
    (home.ledger_path("gw1") / "meta").write_bytes(sealed_text(META_KIND, content | {"keys": theirs["keys"]}))
    assert "the keys are not those of the keyring" in {p.what for p in problems(home, keyring)}


def test_a_witnessed_checkpoint_without_a_known_witness_is_said_or_named(small, tmp_path):
    home, keyring = small
    witness = Keyring.open(tmp_path / "w", create=True)
    cosigned(home, keyring, witness)
    assert problems(home, keyring) == []
    key = home.path / "witness" / "w1.vkey"
    key.unlink()
    report = verify_home(home, keyring)
    assert report.problems == []
    assert "no witness key known" in str(report.ledgers[0].not_checked[0])
    key.write_text(vkey("other", Keyring.open(tmp_path / "o", create=True).signer("x").public, COSIGNATURE))
    assert {p.file for p in problems(home, keyring)} == {"checkpoint.witnessed"}


def test_a_writer_at_work_is_not_taken_for_damage(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 60)
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        for number in range(60, 260):
            append(writer, number)
            if number % 4 == 0:
                writer.commit()
            if number % 20 == 0:
                report = verify_home(home, keyring)
                assert report.problems == []
                assert report.ledgers[0].live
                assert report.ledgers[0].signed <= writer.durable
                writer.checkpoint()


def test_after_a_kill_what_was_written_behind_the_checkpoint_is_checked_too(small):
    home, keyring = small
    folder = home.ledger_path("gw1")
    log = sorted(folder.glob("*.log"))[-1]
    with Ledger(folder) as ledger:
        extra = record.pack(ledger.leaf(56).data, ledger.leaf(56).private)[0]
    log.write_bytes(log.read_bytes() + extra)
    found = problems(home, keyring)
    assert [(p.leaf, p.what) for p in found] == [(57, "the private bytes are not those the leaf commits to")]
    log.write_bytes(log.read_bytes()[:-1])
    assert [(p.leaf, "torn tail" in p.what) for p in problems(home, keyring)] == [(57, True)]
