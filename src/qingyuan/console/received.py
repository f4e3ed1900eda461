"""How many telegrams came within a stretch of our time, counted leaf by leaf from the receive times in the ledgers."""

from __future__ import annotations

from bisect import bisect_right

from qingyuan.console import home
from qingyuan.evidence.leaf import HEAD, Kind
from qingyuan.ledger import OFFICE, Ledger, LedgerError

MINUTE_US = 60_000_000


def within(span_us: int, until_us: int) -> int:
    """Telegrams accepted after `until_us` − `span_us` and not after `until_us`, over all gateways of the home.

    A telegram that a logger sent again counts once, as it stands in its ledger once. A damaged ledger is left out
    here; the page of the ledgers names it.
    """
    count = 0
    for name in home.home().ledgers(quarantine=False):
        if name != OFFICE:
            try:
                with Ledger(home.home().ledger_path(name)) as ledger:
                    begin, end = _size_at(ledger, until_us - span_us), _size_at(ledger, until_us)
                    count += sum(_head(stored.data)[0] == Kind.FRAME for stored in ledger.still_there(begin, end))
            except LedgerError:
                continue
    return count


def last_minute(as_of_us: int | None) -> int:
    """Telegrams accepted within the 60 s up to an instant; None: up to now."""
    return within(MINUTE_US, home.now_us() if as_of_us is None else as_of_us)


def _size_at(ledger: Ledger, until_us: int) -> int:
    """Leaves received by an instant: receive times rise with the number of the leaf."""
    return bisect_right(range(ledger.size), until_us, lo=ledger.first(),
                        key=lambda index: _head(ledger.leaf(index).data)[1])


def _head(leaf: bytes) -> tuple[int, int]:
    _magic, kind, received_us = HEAD.unpack_from(leaf)
    return kind, received_us
