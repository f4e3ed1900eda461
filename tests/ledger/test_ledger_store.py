"""Reading a ledger."""

import pytest
from sample_ledger import SMALL, append, fill, frame, small_ledger

from qingyuan.evidence import merkle
from qingyuan.evidence.leaf import parse
from qingyuan.ledger import Ledger, LedgerDamaged, LedgerWriter
from qingyuan.ledger.repeats import raw_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home, _ = small_ledger(tmp_path_factory.mktemp("store") / "home", 700)
    return home.ledger_path("gw1")


@pytest.fixture
def ledger(folder):
    with Ledger(folder) as opened:
        yield opened


def test_the_ledger_is_sealed_segments_and_one_open(ledger):
    segments = ledger.segments()
    assert len(segments) > 20
    assert [s.sealed for s in segments] == [True] * (len(segments) - 1) + [False]


def test_every_leaf_gives_back_the_frame_received(ledger):
    for index in (*range(60), 699):
        stored = ledger.leaf(index)
        assert stored.index == index
        assert stored.hash == merkle.leaf_hash(stored.data)
        assert raw_of(parse(stored.data).payload, stored.private) == frame(index)[0]


@pytest.mark.parametrize(("start", "stop"), [(0, 700), (0, None), (13, 14), (15, 47), (690, 9999), (5, 5), (9, 3)])
def test_leaves_cross_segments_in_order(ledger, start, stop):
    got = [leaf.index for leaf in ledger.leaves(start, stop)]
    assert got == list(range(start, min(700, 700 if stop is None else stop)))


@pytest.mark.parametrize("index", [-1, 700, 10_000])
def test_a_leaf_beyond_the_size_is_an_index_error(ledger, index):
    with pytest.raises(IndexError, match="700 leaves"):
        ledger.leaf(index)


def test_inclusion_proofs_hold_at_any_size(ledger):
    hashes = [leaf.hash for leaf in ledger.leaves()]
    for size in (1, 2, 255, 256, 257, 511, 512, 699, 700):
        root = merkle.root_of(hashes[:size])
        assert ledger.root(size) == root
        for index in {0, size // 2, size - 1}:
            merkle.verify_inclusion(index, size, hashes[index], ledger.inclusion(index, size), root)


def test_consistency_proofs_hold_between_any_sizes(ledger):
    sizes = (0, 1, 2, 3, 255, 256, 257, 512, 600, 700)
    for old in sizes:
        for new in sizes:
            if old <= new:
                proof = ledger.consistency(old, new)
                merkle.verify_consistency(old, new, ledger.root(old), ledger.root(new), proof)


def test_no_proof_is_given_beyond_the_checkpoint(ledger):
    for refused in (lambda: ledger.root(701), lambda: ledger.inclusion(0, 701), lambda: ledger.consistency(1, 701)):
        with pytest.raises(IndexError):
            refused()


def test_names_and_keys(ledger, folder):
    assert (ledger.name, ledger.origin.split("/")[0], ledger.origin.split("/")[2]) == ("gw1", "qingyuan", "gw1")
    assert ledger.vkey.startswith(ledger.origin + "+")
    assert ledger.witnessed() is None
    assert ledger.checkpoint() == (folder / "checkpoint").read_text()


def test_a_reader_follows_a_writer_through_sealing(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    with Ledger(home.ledger_path("gw1")) as ledger, LedgerWriter.open(
            home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        seen = 0
        for number in range(5, 400):
            append(writer, number)
            if number % 9 == 0:
                writer.commit()
                assert ledger.refresh() == seen or seen == 0
                writer.checkpoint()
                size = ledger.refresh()
                assert size == writer.durable
                assert [leaf.index for leaf in ledger.leaves(seen)] == list(range(seen, size))
                assert ledger.leaf(size // 2).index == size // 2
                seen = size
        writer.settle()


def test_a_leaf_is_found_without_the_offsets_file_and_with_a_wrong_one(tmp_path):
    home, _ = small_ledger(tmp_path / "home", 8)
    ends = next(home.ledger_path("gw1").glob("*.ends"))
    for content in (b"", b"\0" * 64, b"\xff" * 64, ends.read_bytes()[:20]):
        ends.write_bytes(content)
        with Ledger(home.ledger_path("gw1")) as ledger:
            assert raw_of(parse(ledger.leaf(6).data).payload, ledger.leaf(6).private) == frame(6)[0]
            assert len(list(ledger.leaves(2))) == 6
    ends.unlink()
    with Ledger(home.ledger_path("gw1")) as ledger:
        assert ledger.leaf(7).index == 7


def test_damage_is_named_with_file_and_leaf(tmp_path):
    home, _ = small_ledger(tmp_path / "home", 8)
    log = next(home.ledger_path("gw1").glob("*.log"))
    data = bytearray(log.read_bytes())
    data[-10] ^= 1
    log.write_bytes(data)
    with Ledger(home.ledger_path("gw1")) as ledger:
        with pytest.raises(LedgerDamaged, match=r"log: offset \d+, leaf 7"):
            ledger.leaf(7)
        with pytest.raises(LedgerDamaged, match="leaf 7"):
            list(ledger.leaves())


def test_a_checkpoint_of_another_key_is_refused(tmp_path):
    home, _ = small_ledger(tmp_path / "a", 8)
    other, _ = small_ledger(tmp_path / "b", 8)
    target = home.ledger_path("gw1") / "checkpoint"
    target.write_bytes((other.ledger_path("gw1") / "checkpoint").read_bytes())
    with pytest.raises(LedgerDamaged, match="not a checkpoint signed by this ledger"):
        Ledger(home.ledger_path("gw1"))


def test_a_missing_segment_is_named(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 200)
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        fill(writer, 10)
    sorted(home.ledger_path("gw1").glob("*.seal"))[0].unlink()
    with Ledger(home.ledger_path("gw1")) as ledger, pytest.raises(LedgerDamaged, match="missing"):
        ledger.leaf(0)
