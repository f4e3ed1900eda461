"""What was published at a tick is itself evidence: one leaf a tick in the office ledger.

The leaf holds the RFC 6962 root over the canonical lines of the figures, the cut of the ledgers, the rule sets
and the software. Appending twice for the same tick gives the first leaf again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from qingyuan import __version__
from qingyuan.evidence.figures import canonical, figures_root
from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Home, Keyring, office_append
from qingyuan.pipeline.figure import Figure, in_order
from qingyuan.pipeline.reasons import Reason

SOFTWARE = f"qingyuan {__version__}"


class Publisher(Protocol):
    """Where a tick's figures go before the lake shows them."""

    def __call__(self, tick_us: int, figures: Sequence[Figure], cut: dict[str, int], reason: Reason | None) -> None:
        """Make the publication known; must be safe to repeat."""


def lines(figures: Sequence[Figure]) -> list[bytes]:
    """Canonical lines of figures in publication order."""
    return [canonical(figure.row()) for figure in in_order(figures)]


def key_of(tick_us: int, figures_root: str) -> str:
    """What makes appending a publication repeatable, and what it is found by."""
    return f"publication/{tick_us}/{figures_root[:16]}"


def payload(tick_us: int, figures: Sequence[Figure], cut: dict[str, int], reason: Reason | None) -> dict[str, Any]:
    """Content of a publication leaf."""
    return {"tick_us": tick_us, "figures_root": figures_root(lines(figures)).hex(), "figures_count": len(figures),
            "cut": cut, "rules": sorted({f.rules for f in figures}), "software": SOFTWARE,
            "reason": reason.value if reason else "tick"}


class OfficePublisher:
    """Appends to the office ledger of a home."""

    def __init__(self, home: Home, keyring: Keyring) -> None:
        self._home, self._keyring = home, keyring

    def __call__(self, tick_us: int, figures: Sequence[Figure], cut: dict[str, int],
                 reason: Reason | None = None) -> None:
        """Append the publication of a tick (once)."""
        content = payload(tick_us, figures, cut, reason)
        content["key"] = key_of(tick_us, content["figures_root"])
        office_append(self._home, self._keyring, Kind.PUBLICATION, content)
