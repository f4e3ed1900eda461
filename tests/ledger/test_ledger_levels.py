"""Hash files."""

import hashlib
import os

import pytest
from sample_ledger import small_ledger

from qingyuan.evidence import merkle
from qingyuan.ledger.levels import Levels, LevelWriter, begin_again, fit, fold, level_path

HASHES = [hashlib.sha256(b"%d" % n).digest() for n in range(70_000)]


@pytest.fixture
def folder(tmp_path):
    writer = LevelWriter(tmp_path)
    begin_again(tmp_path, writer, HASHES)
    writer.close()
    return tmp_path


def sizes(folder):
    return [level_path(folder, level).stat().st_size // 32 for level in (0, 8, 16)]


def test_one_file_a_tile_level_holds_complete_subtrees(folder):
    assert sizes(folder) == [70_000, 273, 1]
    levels = Levels(folder)
    assert levels.run(0, 5, 2) == HASHES[5] + HASHES[6]
    assert levels.run(8, 1, 1) == merkle.root_of(HASHES[256:512])
    assert levels.run(16, 0, 1) == merkle.root_of(HASHES[:65_536])


@pytest.mark.parametrize(("level", "index"), [(0, 0), (1, 3), (7, 500), (8, 272), (9, 100), (15, 1), (16, 0)])
def test_any_complete_subtree_is_given(folder, level, index):
    assert Levels(folder).get(level, index) == merkle.root_of(HASHES[index << level:index + 1 << level])


@pytest.mark.parametrize(("level", "index"), [(0, 70_000), (8, 273), (12, 17), (16, 1), (24, 0)])
def test_what_is_not_complete_is_refused(folder, level, index):
    with pytest.raises(LookupError, match="does not reach"):
        Levels(folder).get(level, index)


@pytest.mark.parametrize("leaves", [0, 1, 255, 256, 257, 65_535, 65_536, 70_000])
def test_upper_files_are_cut_and_completed_to_fit(folder, leaves):
    before = {level: level_path(folder, level).read_bytes() for level in (0, 8, 16)}
    os.truncate(level_path(folder, 8), 32 * 100 + 7)
    writer = LevelWriter(folder)
    fit(folder, writer, leaves)
    writer.close()
    assert sizes(folder) == [leaves, leaves >> 8, leaves >> 16]
    for level, content in before.items():
        assert content.startswith(level_path(folder, level).read_bytes())


def test_fold_is_the_root_of_a_complete_subtree():
    for width in (1, 2, 4, 128, 256):
        assert fold(b"".join(HASHES[:width])) == merkle.root_of(HASHES[:width])


def test_a_writer_makes_the_same_files_as_writing_anew(tmp_path):
    home, _ = small_ledger(tmp_path / "home", 600)
    folder = home.ledger_path("gw1")
    known = {level: level_path(folder, level).read_bytes() for level in (0, 8)}
    hashes = [known[0][at:at + 32] for at in range(0, len(known[0]), 32)]
    writer = LevelWriter(folder)
    begin_again(folder, writer, hashes)
    writer.close()
    assert {level: level_path(folder, level).read_bytes() for level in (0, 8)} == known
    assert len(known[8]) == 2 * 32
