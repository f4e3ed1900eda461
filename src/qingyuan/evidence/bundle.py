"""The bundle: one file that lets a stranger check a leaf or a figure offline.

First line `qingyuan-bundle-v1 sha256=<64 hex>`, then canonical JSON; the hash is over everything after the first line,
so that no bit of the file can change unseen. docs/formats.md describes the fields.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from qingyuan.evidence.leaf import canonical_json
from qingyuan.evidence.note import parse_vkey, signed_by, split_note

FORMAT = "qingyuan-bundle-v1"


class BundleError(ValueError):
    """The bytes are no bundle, or were changed."""


class LeafProof(Protocol):
    """A leaf with its inclusion path at the size of its ledger's checkpoint in the bundle."""

    @property
    def origin(self) -> str:
        """Origin of the ledger's checkpoints."""

    @property
    def index(self) -> int:
        """Number of the leaf."""

    @property
    def data(self) -> bytes:
        """Leaf bytes, secrets withheld."""

    @property
    def path(self) -> Sequence[bytes]:
        """Inclusion path, lowest first."""


def build(*, keys: Sequence[str], checkpoints: Mapping[str, str], leaves: Sequence[LeafProof],
          figure: Mapping[str, Any] | None = None, figure_path: Mapping[str, Any] | None = None,
          publication: int | None = None, steps: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The file. keys: verifier key lines; checkpoints: origin -> signed note; publication: number in `leaves`.

    Signatures by other keys and keys that signed none of the checkpoints are left out.
    """
    known = {parse_vkey(line)[:2]: line for line in keys}
    signers = {(name, identity) for note in checkpoints.values() for name, identity, _ in split_note(note)[1]}
    body = canonical_json({
        "format": FORMAT, "keys": [line for who, line in known.items() if who in signers],
        "checkpoints": {origin: signed_by(note, set(known)) for origin, note in checkpoints.items()},
        "leaves": [{"origin": p.origin, "index": p.index, "leaf": base64.b64encode(p.data).decode(),
                    "path": [base64.b64encode(h).decode() for h in p.path]} for p in leaves],
        "figure": dict(figure) if figure is not None else None,
        "figure_path": dict(figure_path) if figure_path is not None else None, "publication": publication,
        "steps": [dict(step) for step in steps]})
    return f"{FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def parse(data: bytes) -> dict[str, Any]:
    """The content of a bundle. Raises BundleError where the first line does not fit the rest, or the rest no bundle."""
    head, _, body = data.partition(b"\n")
    if head.decode("ascii", "replace") != f"{FORMAT} sha256={hashlib.sha256(body).hexdigest()}":
        raise BundleError("the first line is not that of a bundle with this content")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise BundleError("the content is not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BundleError(f"the content is not of the form {FORMAT}")
    return content
