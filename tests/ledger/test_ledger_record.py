"""Records on disk."""

import os

import pytest

from qingyuan.evidence.merkle import leaf_hash
from qingyuan.ledger import record

LEAVES = [b"QYL1" + bytes([2]) + bytes(8) + b"{}" + b"x" * n for n in (0, 1, 300, 70_000)]


def file_of(tmp_path, data):
    path = tmp_path / "f"
    path.write_bytes(data)
    return os.open(path, os.O_RDONLY)


def test_a_record_holds_leaf_private_bytes_and_the_leaf_hash():
    data, hashed = record.pack(LEAVES[2], b"secret")
    assert hashed == leaf_hash(LEAVES[2])
    assert record.read(data, 0) == (len(data), LEAVES[2], b"secret", hashed)


def test_every_flipped_bit_of_a_record_is_seen():
    data, _ = record.pack(LEAVES[1], b"pw")
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert record.read(bytes(changed), 0) is None


def test_zeros_are_no_record():
    assert record.read(bytes(4096), 0) is None


@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_walk_reads_all_records_whatever_the_chunk(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(record, "CHUNK", chunk)
    packed = [record.pack(leaf, b"p" * n)[0] for n, leaf in enumerate(LEAVES)]
    handle = file_of(tmp_path, b"head" + b"".join(packed))
    found = list(record.walk(handle, 4))
    assert [f.leaf for f in found] == LEAVES
    assert found[-1].end == 4 + sum(map(len, packed))
    assert [f.leaf for f in record.walk(handle, 4, found[1].end)] == LEAVES[:2]


@pytest.mark.parametrize("chunk", [64, 1 << 20])
def test_walk_stops_before_a_bad_record_and_find_goes_on_behind_it(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(record, "CHUNK", chunk)
    packed = [record.pack(leaf, b"")[0] for leaf in LEAVES]
    bad = bytearray(packed[2])
    bad[20] ^= 1
    handle = file_of(tmp_path, packed[0] + packed[1] + bad + packed[3])
    start = len(packed[0]) + len(packed[1])
    assert [f.leaf for f in record.walk(handle, 0)] == LEAVES[:2]
    assert record.find(handle, start) == start + len(bad)
    assert record.find(handle, start + len(bad) + 1) is None


@pytest.mark.parametrize("gap", [0, 1, 200, 255, 256, 257, 300])
def test_find_sees_a_record_across_the_edge_of_what_it_reads(tmp_path, monkeypatch, gap):
    monkeypatch.setattr(record, "CHUNK", 64)
    packed = record.pack(LEAVES[2], b"")[0]
    assert record.find(file_of(tmp_path, b"\xff" * gap + packed), 0) == gap


def test_nothing_is_found_in_noise(tmp_path):
    assert record.find(file_of(tmp_path, b"QYL1" * 5000), 0) is None
    assert record.find(file_of(tmp_path, b""), 0) is None


def test_a_representation_never_shows_private_bytes():
    assert "geheim" not in repr(record.read(record.pack(LEAVES[0], b"geheim")[0], 0))
