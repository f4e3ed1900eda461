"""Opening a ledger after whatever happened to it."""

import os
import random
import shutil

import pytest
from sample_ledger import SMALL, append, fill, small_ledger

from qingyuan.evidence.note import cosign
from qingyuan.ledger import (
    Ledger,
    LedgerDamaged,
    LedgerShortened,
    LedgerWriter,
    Settings,
    verify_home,
)

OPEN = Settings(segment_bytes=1 << 30, repeats=50)
SIGNED, LEAVES = 20, 26


@pytest.fixture
def made(tmp_path):
    """26 leaves in the log, the last six behind the checkpoint; all files as a kill would leave them."""
    home, keyring = small_ledger(tmp_path / "home", SIGNED, OPEN)
    folder = home.ledger_path("gw1")
    writer = LedgerWriter.open(folder, keyring, home.id, OPEN)
    fill(writer, LEAVES - SIGNED, group=1)
    saved = tmp_path / "saved"
    shutil.copytree(folder, saved)
    writer.close()
    return home, keyring, folder, saved


class Case:
    def __init__(self, made):
        self.home, self.keyring, self.folder, self.saved = made
        self.log = self.folder / "0000000000000000.log"
        self.reset()
        data = (self.saved / "0000000000000000.ends").read_bytes()
        self.ends = [int.from_bytes(data[at:at + 8], "little") for at in range(0, len(data), 8)]

    def reset(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.saved, self.folder)

    def open(self):
        return LedgerWriter.open(self.folder, self.keyring, self.home.id, OPEN)

    def opens_with(self, leaves):
        """It opens with so many leaves, takes a new one, and everything in it verifies."""
        with self.open() as writer:
            assert writer.size == leaves
            assert append(writer, leaves) == leaves
        report = verify_home(self.home, self.keyring)
        assert report.problems == []
        with Ledger(self.folder) as ledger:
            assert ledger.size == leaves + 1
        return writer


@pytest.fixture
def case(made):
    return Case(made)


def test_leaves_behind_the_checkpoint_are_taken_up_and_signed(case):
    assert case.opens_with(LEAVES).torn is None


def test_a_cut_at_each_byte_of_the_last_three_records(case):
    whole = case.log.read_bytes()
    for size in range(case.ends[-4], len(whole)):
        case.reset()
        os.truncate(case.log, size)
        kept = sum(end <= size for end in case.ends)
        with case.open() as writer:
            assert writer.size == kept
            torn = size - case.ends[kept - 1]
            assert (writer.torn is not None) == bool(torn)
            if writer.torn:
                assert writer.torn.read_bytes()[:-32] == whole[case.ends[kept - 1]:size]
        assert case.log.stat().st_size == case.ends[kept - 1]
    case.opens_with(kept)


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"\xff" * 5000, random.Random(4).randbytes(5000), b"QYL1" * 1000],
                         ids=["zeros", "ones", "noise", "magic"])
@pytest.mark.parametrize("cut", [0, 1, 17, 60])
def test_a_tail_of_zeros_or_noise_is_moved_aside(case, tail, cut):
    size = case.ends[-1] - cut
    whole = case.log.read_bytes()
    case.log.write_bytes(whole[:size] + tail)
    kept = LEAVES - (cut > 0)
    writer = case.opens_with(kept)
    assert writer.torn.name == "0000000000000000.log.torn-1"
    assert writer.torn.read_bytes()[:-32] == whole[case.ends[kept - 1]:size] + tail


def test_torn_bytes_of_several_tears_are_all_kept(case):
    for number in (1, 2, 3):
        with case.log.open("ab") as file:
            file.write(b"torn %d" % number)
        with case.open() as writer:
            assert writer.torn.name.endswith(f".torn-{number}")
            assert writer.torn.read_bytes()[:-32] == b"torn %d" % number
    assert verify_home(case.home, case.keyring).problems == []


@pytest.mark.parametrize("leaf", [0, 5, SIGNED - 1, SIGNED, SIGNED + 2, LEAVES - 2])
@pytest.mark.parametrize("hole", ["zeros", "bit", "length"])
def test_damage_with_valid_records_behind_is_never_cut(case, leaf, hole):
    data = bytearray(case.log.read_bytes())
    start = case.ends[leaf - 1] if leaf else len(data[:data.index(b"\n", 7) + 1])
    end = case.ends[leaf]
    if hole == "zeros":
        data[start:end] = bytes(end - start)
    else:
        data[start + (30 if hole == "bit" else 2)] ^= 0x10
    case.log.write_bytes(data)
    with pytest.raises(LedgerDamaged) as error:
        case.open()
    assert (error.value.file, error.value.offset, error.value.leaf) == (case.log, start, leaf)
    assert case.log.read_bytes() == data
    assert not list(case.folder.glob("*torn*"))


def test_a_hole_inside_the_signed_part_that_reaches_the_end_is_damage_not_a_tear(case):
    data = bytearray(case.log.read_bytes())
    data[case.ends[10]:] = bytes(len(data) - case.ends[10])
    case.log.write_bytes(data)
    with pytest.raises(LedgerDamaged, match="leaf 11: damage inside what a checkpoint covers"):
        case.open()
    assert case.log.read_bytes() == data


@pytest.mark.parametrize("size", ["none", "empty", "header", "record", "half"])
def test_a_ledger_shorter_than_its_checkpoint_is_refused(case, size):
    header = case.log.read_bytes().index(b"\n", 7) + 1
    lengths = {"empty": 0, "header": header, "record": case.ends[11], "half": case.ends[11] + 40}
    if size == "none":
        case.log.unlink()
    else:
        os.truncate(case.log, lengths[size])
    with pytest.raises(LedgerShortened) as error:
        case.open()
    have = 12 if size in ("record", "half") else 0
    assert (error.value.have, error.value.signed) == (have, SIGNED)
    assert not list(case.folder.glob("*torn*"))


def test_a_ledger_shorter_than_its_witnessed_checkpoint_is_refused(case):
    old = (case.folder / "checkpoint").read_text()
    with case.open() as writer:
        note = writer.checkpoint()
    witness = case.keyring.signer("somewitness")
    (case.folder / "checkpoint.witnessed").write_text(cosign(note, witness, 1_600_000_000))
    (case.folder / "checkpoint").write_text(old)
    os.truncate(case.log, case.ends[-3])
    with pytest.raises(LedgerShortened) as error:
        case.open()
    assert (error.value.have, error.value.signed) == (LEAVES - 2, LEAVES)
    assert case.log.stat().st_size == case.ends[-3]


@pytest.mark.parametrize("name", ["hashes.0", "0000000000000000.ends"])
@pytest.mark.parametrize("change", ["gone", "short", "odd", "long", "zeros", "ahead"])
def test_files_made_from_the_log_are_made_again(case, name, change):
    path = case.folder / name
    data = path.read_bytes()
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes({"short": data[:64], "odd": data[:75], "long": data + data, "zeros": bytes(len(data)),
                          "ahead": data + b"x" * 5}[change])
    case.opens_with(LEAVES)


def test_a_hole_in_an_old_tile_is_found_at_opening_and_mended(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 600, Settings(segment_bytes=1 << 30, repeats=0))
    folder = home.ledger_path("gw1")
    path = folder / "hashes.0"
    whole = path.read_bytes()
    path.write_bytes(whole[:3200] + bytes(320) + whole[3520:])
    LedgerWriter.open(folder, keyring, home.id).close()
    assert path.read_bytes() == whole


def test_leaves_that_do_not_have_the_signed_root_are_refused(case, tmp_path):
    other, _ = small_ledger(tmp_path / "other", LEAVES, OPEN)
    header = case.log.read_bytes().index(b"\n", 7) + 1
    theirs = (other.ledger_path("gw1") / case.log.name).read_bytes()
    case.log.write_bytes(case.log.read_bytes()[:header] + theirs[theirs.index(b"\n", 7) + 1:])
    for name in ("hashes.0", "0000000000000000.ends"):
        (case.folder / name).write_bytes((other.ledger_path("gw1") / name).read_bytes())
    with pytest.raises(LedgerDamaged, match="do not have the signed root"):
        case.open()


@pytest.mark.parametrize("content", [None, b"", b"nonsense", "flip"])
def test_a_checkpoint_that_is_gone_or_not_signed_is_refused(case, content):
    path = case.folder / "checkpoint"
    whole = path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:] if content == "flip" else content)
    with pytest.raises(LedgerDamaged, match="checkpoint"):
        case.open()


def test_a_meta_file_with_a_changed_byte_is_refused(case):
    path = case.folder / "meta"
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)
    with pytest.raises(LedgerDamaged, match="meta"):
        case.open()


def test_a_header_of_another_ledger_is_refused(case):
    data = case.log.read_bytes()
    case.log.write_bytes(data.replace(b'"gw1"', b'"gw2"', 1))
    with pytest.raises(LedgerDamaged, match="header is not this ledger's"):
        case.open()


def test_a_kill_between_a_new_segment_and_its_header_is_mended(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 43)
    folder = home.ledger_path("gw1")
    first = int(sorted(folder.glob("*.log"))[-1].stem)
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        writer.rotate()
        writer.settle()
        fresh = sorted(folder.glob("*.log"))[-1]
    assert int(fresh.stem) == 43 > first
    for size in (0, 5, 30):
        os.truncate(fresh, size)
        with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
            assert writer.size == 43
    fresh.unlink()
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        assert append(writer, 43) == 43
    assert verify_home(home, keyring).problems == []


def test_a_checkpoint_older_than_the_open_segment_is_caught_up(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 10)
    folder = home.ledger_path("gw1")
    old = (folder / "checkpoint").read_bytes()
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        fill(writer, 90)
    (folder / "checkpoint").write_bytes(old)
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        assert writer.size == 100
    assert verify_home(home, keyring).problems == []
