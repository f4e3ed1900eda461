"""The tree over a ledger: RFC 6962 hashing, roots, inclusion and consistency proofs. Pure functions on hashes.

A proof is made from `get(level, index)`: the hash of the complete subtree of 2**level leaves number `index`. Where
only some levels are stored, `get` may work the rest out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Get = Callable[[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


class ProofError(ValueError):
    """A path does not lead from the leaf, or the old root, to the root."""


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf (RFC 6962 2.1)."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below `size` (size above 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes in memory; the empty tree has the hash of nothing."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs):]
    return level[0]


class Frontier:
    """The right edge of a growing tree: one hash a set bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[bytes] = []

    def append(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """Add a leaf hash; returns (level, hash) of every subtree it completes, level 0 first."""
        done = [(0, leaf)]
        hashed, level, size = leaf, 0, self.size
        while size & 1:
            hashed = node_hash(self._hashes.pop(), hashed)
            level += 1
            done.append((level, hashed))
            size >>= 1
        self._hashes.append(hashed)
        self.size += 1
        return done

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        if not self._hashes:
            return EMPTY
        out = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            out = node_hash(left, out)
        return out

    @classmethod
    def at(cls, size: int, get: Get) -> Frontier:
        """The frontier of a stored tree at a size."""
        out = cls()
        out.size = size
        start = 0
        for level in reversed(range(size.bit_length())):
            if size >> level & 1:
                out._hashes.append(get(level, start >> level))
                start += 1 << level
        return out


def root_at(size: int, get: Get) -> bytes:
    """Root over the first `size` leaves of a stored tree."""
    return Frontier.at(size, get).root()


def _range_root(start: int, stop: int, get: Get) -> bytes:
    """Root over leaves [start, stop); start is a multiple of the subtree that holds them."""
    size = stop - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return get(level, start >> level)
    middle = start + split(size)
    return node_hash(_range_root(start, middle, get), _range_root(middle, stop, get))


def inclusion(index: int, size: int, get: Get) -> list[bytes]:
    """Path from leaf `index` to the root at `size`, lowest first (RFC 6962 2.1.1). Raises IndexError outside."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            path.append(_range_root(middle, stop, get))
            stop = middle
        else:
            path.append(_range_root(start, middle, get))
            start = middle
    return path[::-1]


def root_by_path(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that a path leads to. Raises ProofError where the path has the wrong length for index and size."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    node, last, out = index, size - 1, leaf
    for other in path:
        if not last:
            raise ProofError("the path is too long")
        if node & 1 or node == last:
            out = node_hash(other, out)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            out = node_hash(out, other)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the path is too short")
    return out


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless the path leads from the leaf hash to the root."""
    if root_by_path(index, size, leaf, path) != root:
        raise ProofError(f"leaf {index} is not under this root")


def consistency(old: int, new: int, get: Get) -> list[bytes]:
    """Proof that the tree of `new` leaves continues that of `old` (RFC 6962 2.1.2). Raises IndexError outside."""
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {new} leaves does not continue one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, stop, target, whole = 0, new, old, True
    while target != stop:
        middle = start + split(stop - start)
        if target <= middle:
            path.append(_range_root(middle, stop, get))
            stop = middle
        else:
            path.append(_range_root(start, middle, get))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, stop, get))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raise ProofError unless the tree at `new` holds the tree at `old` unchanged."""
    if old == 0 or old == new:
        if path or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY):
            raise ProofError("trees of equal size differ, or a proof is given where none is due")
        return
    if not 0 < old < new or not path:
        raise ProofError("no proof for these sizes")
    rest = list(path)
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = old_root if not node else rest.pop(0)
    while last:
        if node & 1:
            if not rest:
                raise ProofError("the proof is too short")
            first, second = node_hash(rest[0], first), node_hash(rest[0], second)
            rest.pop(0)
        elif node < last:
            if not rest:
                raise ProofError("the proof is too short")
            second = node_hash(second, rest.pop(0))
        node >>= 1
        last >>= 1
    if rest or first != old_root or second != new_root:
        raise ProofError("the tree was rewritten: the old root is not in the new one")
