"""Figures as evidence: one canonical line each, and the tree over the lines of a publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qingyuan.evidence import merkle
from qingyuan.evidence.leaf import canonical_json


def canonical(figure: Mapping[str, Any]) -> bytes:
    """The line of a figure: canonical JSON of its columns."""
    return canonical_json(dict(figure))


def figures_root(lines: Sequence[bytes]) -> bytes:
    """RFC 6962 root over lines in the order of publication."""
    return merkle.root_of([merkle.leaf_hash(line) for line in lines])


def figure_path(lines: Sequence[bytes], index: int) -> dict[str, Any]:
    """Place of a line in its publication: index, size, path (hexadecimal). Raises IndexError outside."""
    levels = [[merkle.leaf_hash(line) for line in lines]]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([merkle.node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)])
    path = merkle.inclusion(index, len(lines), lambda level, at: levels[level][at])
    return {"index": index, "size": len(lines), "path": [h.hex() for h in path]}
