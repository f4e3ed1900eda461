"""RFC 6962 trees against their recursive definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.evidence import merkle, tiles


def naive(hashes: list[bytes]) -> bytes:
    if not hashes:
        return merkle.EMPTY
    if len(hashes) == 1:
        return hashes[0]
    middle = merkle.split(len(hashes))
    return merkle.node_hash(naive(hashes[:middle]), naive(hashes[middle:]))


LEAVES = [merkle.leaf_hash(str(i).encode()) for i in range(300)]
ROOTS = {n: naive(LEAVES[:n]) for n in range(131)}


def stored(level: int, index: int) -> bytes:
    return naive(LEAVES[index << level:(index + 1) << level])


def test_empty_tree_and_single_leaf_have_the_known_hashes() -> None:
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_every_way_to_a_root_agrees_up_to_130_leaves() -> None:
    frontier = merkle.Frontier()
    for n in range(131):
        assert ROOTS[n] == merkle.root_of(LEAVES[:n]) == frontier.root() == merkle.root_at(n, stored)
        frontier.append(LEAVES[n])


def test_frontier_gives_each_subtree_as_it_is_completed() -> None:
    frontier, found = merkle.Frontier(), {}
    for i in range(64):
        for level, hashed in frontier.append(LEAVES[i]):
            found[level, i >> level] = hashed
    assert all(found[level, index] == stored(level, index) for level, index in found)
    assert len(found) == 64 + 32 + 16 + 8 + 4 + 2 + 1


@given(st.integers(1, 130), st.data())
def test_inclusion_holds_for_the_leaf_and_for_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, stored)
    merkle.verify_inclusion(index, size, LEAVES[index], path, ROOTS[size])
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(index, size, LEAVES[200], path, ROOTS[size])
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(index, size, LEAVES[index], [*path, path[0] if path else LEAVES[0]], ROOTS[size])


@given(st.integers(0, 130), st.data())
def test_consistency_holds_and_finds_a_rewritten_tree(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    path = merkle.consistency(old, new, stored)
    merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], path)
    if old > 0:
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(old, new, LEAVES[250], ROOTS[new], path)


@pytest.mark.parametrize(("level", "number", "width", "path"), [
    (0, 0, 256, "tile/0/000"), (1, 1234067, 256, "tile/1/x001/x234/067"), (0, 5, 17, "tile/0/005.p/17")])
def test_tiles_have_the_published_paths(level: int, number: int, width: int, path: str) -> None:
    assert tiles.tile_path(level, number, width) == path


def test_tiles_hold_every_hash_of_a_tree_once() -> None:
    made = dict(tiles.tiles(300, stored))
    assert sorted(made) == ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]
    assert made["tile/0/000"] + made["tile/0/001.p/44"] == b"".join(LEAVES)
    assert made["tile/1/000.p/1"] == stored(8, 0)
