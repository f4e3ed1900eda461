"""The proof of one leaf: its way to a signed checkpoint, and the file a stranger can check."""

from __future__ import annotations

from dataclasses import dataclass

from qingyuan.console import home
from qingyuan.evidence.bundle import build
from qingyuan.evidence.note import NoteError, parse_checkpoint, verify
from qingyuan.ledger import Ledger


@dataclass(frozen=True)
class LeafProof:
    """One leaf and its path, as a bundle takes it."""

    ledger: str
    origin: str
    index: int
    data: bytes
    path: list[bytes]


@dataclass(frozen=True)
class Step:
    """One hash of the path; `right` if it stands at the right of what was hashed so far."""

    hash: str
    right: bool


@dataclass(frozen=True)
class Way:
    """The way of a leaf to a checkpoint. witnessed_s: when a witness co-signed it, seconds since 1970, else None."""

    note: str
    size: int
    root: str
    steps: list[Step]
    witnessed_s: int | None
    witness: str


def checkpoint_for(opened: Ledger, index: int) -> tuple[str, bool]:
    """The checkpoint a leaf is proven against, and whether it is the witnessed one: that where it covers the leaf."""
    note, witnessed = opened.checkpoint(), opened.witnessed()
    if witnessed is not None and index < parse_checkpoint(witnessed).size <= parse_checkpoint(note).size:
        return witnessed, True
    return note, False


def way(opened: Ledger, index: int) -> Way:
    """The way of a leaf."""
    note, _covered = checkpoint_for(opened, index)
    checkpoint = parse_checkpoint(note)
    witness, at_s = cosigned(note)
    return Way(note, checkpoint.size, checkpoint.root.hex(),
               _sided(index, checkpoint.size, opened.inclusion(index, checkpoint.size)), at_s, witness)


def cosigned(note: str) -> tuple[str, int | None]:
    """Name and time (seconds since 1970) of the first witness of this home that co-signed a note."""
    try:
        seen = verify(note, home.home().witness_keys())
    except NoteError:
        return "", None
    return seen[0].name, seen[0].time_s


def _sided(index: int, size: int, path: list[bytes]) -> list[Step]:
    """Each hash with the side at which it enters (RFC 9162, 2.1.3.2)."""
    out, place, last = [], index, size - 1
    for piece in path:
        left = bool(place & 1) or place == last
        out.append(Step(piece.hex(), not left))
        if left:
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return out


def bundle(opened: Ledger, index: int) -> bytes:
    """The proof of a leaf as a file, secrets withheld."""
    note, _covered = checkpoint_for(opened, index)
    proof = LeafProof(opened.name, opened.origin, index, opened.leaf(index).data,
                      opened.inclusion(index, parse_checkpoint(note).size))
    return build(keys=[*opened.vkeys, *home.home().witness_keys()], checkpoints={opened.origin: note}, leaves=[proof])
