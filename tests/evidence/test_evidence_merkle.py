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


PUBLISHED = [       # inputs and roots of the reference tests of Certificate Transparency
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]


def test_a_growing_tree_has_the_roots_published_for_certificate_transparency() -> None:
    frontier = merkle.Frontier()
    for data, root in PUBLISHED:
        frontier.append(merkle.leaf_hash(bytes.fromhex(data)))
        assert frontier.root().hex() == root


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


def naive_path(index: int, hashes: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) as RFC 6962 2.1.1 defines it."""
    if len(hashes) == 1:
        return []
    middle = merkle.split(len(hashes))
    if index < middle:
        return [*naive_path(index, hashes[:middle]), naive(hashes[middle:])]
    return [*naive_path(index - middle, hashes[middle:]), naive(hashes[:middle])]


def naive_subproof(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF(m, D[n], b) as RFC 6962 2.1.2 defines it."""
    if old == len(hashes):
        return [] if whole else [naive(hashes)]
    middle = merkle.split(len(hashes))
    if old <= middle:
        return [*naive_subproof(old, hashes[:middle], whole), naive(hashes[middle:])]
    return [*naive_subproof(old - middle, hashes[middle:], False), naive(hashes[:middle])]


@given(st.integers(1, 130), st.data())
def test_proofs_are_those_of_the_recursive_definition(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert merkle.inclusion(index, size, stored) == naive_path(index, LEAVES[:size])
    assert merkle.consistency(old, size, stored) == naive_subproof(old, LEAVES[:size])


@given(st.integers(2, 130), st.data())
def test_a_proof_of_consistency_with_anything_changed_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    path = merkle.consistency(old, new, stored)
    place = data.draw(st.integers(0, len(path) - 1))
    for changed in ([*path[:place], LEAVES[250], *path[place + 1:]], path[:place], [*path, path[0]], []):
        with pytest.raises(merkle.ProofError):
            merkle.verify_consistency(old, new, ROOTS[old], ROOTS[new], changed)


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 3)])
def test_sizes_out_of_order_are_refused(old: int, new: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency(old, new, stored)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(old, new, ROOTS[2], ROOTS[1], [ROOTS[1]])


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_a_leaf_outside_the_tree_has_no_path(index: int) -> None:
    with pytest.raises(IndexError):
        merkle.inclusion(index, 3, stored)
    with pytest.raises(merkle.ProofError):
        merkle.verify_inclusion(index, 3, LEAVES[0], [LEAVES[1], LEAVES[2]], ROOTS[3])


@pytest.mark.parametrize(("level", "number", "width", "path"), [
    (0, 0, 256, "tile/0/000"), (1, 1234067, 256, "tile/1/x001/x234/067"), (0, 5, 17, "tile/0/005.p/17")])
def test_tiles_have_the_published_paths(level: int, number: int, width: int, path: str) -> None:
    assert tiles.tile_path(level, number, width) == path


def test_tiles_hold_every_hash_of_a_tree_once() -> None:
    made = dict(tiles.tiles(300, stored))
    assert sorted(made) == ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]
    assert made["tile/0/000"] + made["tile/0/001.p/44"] == b"".join(LEAVES)
    assert made["tile/1/000.p/1"] == stored(8, 0)
