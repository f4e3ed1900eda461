"""Ledgers of the home opened for a question, and who may read which leaf of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import NoSuchThing, NotAllowed, Reading
from qingyuan.console.registry.rights import NAMING, seen_everywhere, seen_names, seen_sites
from qingyuan.evidence.leaf import FrameLeaf, Kind, Leaf, parse
from qingyuan.hj212 import decode
from qingyuan.ledger import Ledger, LedgerError, StoredLeaf
from qingyuan.registry import Site

FREE = (Kind.TICK, Kind.PUBLICATION, Kind.ERASURE, Kind.RULESET)     # they speak of the system, or of all sites alike
OF_ALL = ("setting", "replay")
OF_BODIES = ("organisation", "park")
OF_A_SITE = ("channel", "limit")


@contextmanager
def ledger(name: str) -> Iterator[Ledger]:
    """A ledger for reading. Raises NoSuchThing; LedgerError where it is damaged."""
    if name not in home.home().ledgers():
        raise NoSuchThing(name)
    with Ledger(home.home().ledger_path(name)) as opened:
        yield opened


@dataclass(frozen=True)
class Found:
    """A leaf with what was read of it."""

    ledger: str
    stored: StoredLeaf
    leaf: Leaf

    @property
    def frame(self) -> FrameLeaf | None:
        """Content of a frame leaf."""
        return self.leaf.payload if isinstance(self.leaf.payload, FrameLeaf) else None


def leaf(reading: Reading, opened: Ledger, index: int) -> Found:
    """A leaf known at the instant. Raises NoSuchThing (also for one dropped at the end of its retention)."""
    try:
        stored = opened.leaf(index)
    except (IndexError, LedgerError) as error:
        raise NoSuchThing(str(error)) from error
    found = Found(opened.name, stored, parse(stored.data))
    if reading.as_of_us is not None and found.leaf.received_us > reading.as_of_us:
        raise NoSuchThing(f"{opened.name} {index}")
    return found


def size_at(opened: Ledger, as_of_us: int | None) -> int:
    """Leaves of a ledger received by an instant: receive times rise with the number of the leaf."""
    if as_of_us is None:
        return opened.size
    return bisect_right(range(opened.size), as_of_us, lo=opened.first(),
                        key=lambda index: parse(opened.leaf(index).data).received_us)


def site_of(reading: Reading, frame: FrameLeaf) -> Site | None:
    """The site whose logger a frame names, as the registry knows it at the instant."""
    return reading.registry.by_mn.get(decode(frame.masked).mn or "")


def admitted(reading: Reading, ledger: str, index: int, mn: str) -> bool:
    """True for a quarantined frame of a logger that was taken in by an admission known at the instant."""
    return any(one.ledger == ledger and one.mn == mn and one.from_leaf <= index < one.to_leaf
               for one in reading.registry.admissions)


def demand_frame(reading: Reading, frame: FrameLeaf) -> Site | None:
    """The site of a frame this person may read. Raises NotAllowed, which does not say whose frame it is; see `hidden`.

    Frames of a known logger need the right to read telegrams of its site; those of strangers the right to watch the
    gateway everywhere, for nobody can say whose they are.
    """
    site = site_of(reading, frame)
    if site is not None:
        if not reading.scope.allows(Verb.READ_TELEGRAMS, site.id):
            raise NotAllowed(Verb.READ_TELEGRAMS)
    elif not reading.scope.everywhere(Verb.READ_GATEWAY):
        raise NotAllowed(Verb.READ_GATEWAY)
    return site


@contextmanager
def hidden(reading: Reading, name: str, index: int) -> Iterator[None]:
    """A leaf that may not be read is one that does not exist for those to whom no ledger lists it."""
    try:
        yield
    except NotAllowed as error:
        if reading.scope.may(Verb.READ_LEDGERS):
            raise
        raise NoSuchThing(f"{name} {index}") from error


def may_read(reading: Reading, found: Found) -> bool:
    """True if this person may see what a leaf says; that there is one, and its hash, is for all who see ledgers."""
    if found.frame is not None:
        try:
            demand_frame(reading, found.frame)
        except NotAllowed:
            return False
        return True
    if found.leaf.kind in FREE or reading.scope.everywhere(Verb.READ_FLAGS):
        return True
    return found.leaf.kind is Kind.REGISTRY and _may_read_entry(reading, found.leaf.payload)


def _may_read_entry(reading: Reading, payload: dict[str, Any]) -> bool:
    """True for an entry of which the registry's own pages would tell this person too."""
    entry, data = payload.get("entry"), payload.get("data")
    if entry in OF_ALL or seen_everywhere(reading.scope):
        return True
    about = data.get("site") if entry in OF_A_SITE and isinstance(data, dict) else payload.get("id")
    names = seen_names(reading.scope, reading.registry) or ()
    if entry in OF_BODIES:
        lists = [data.get(field) for field in NAMING] if isinstance(data, dict) else []
        named = {str(one) for found in lists if isinstance(found, list) for one in found}
        return str(about) in names and named <= set(names)
    if entry == "camera" and isinstance(data, dict):
        place = str(data.get("place"))
        return place in seen_sites(reading.scope) or (place not in reading.registry.sites and place in names)
    return entry in ("site", *OF_A_SITE) and str(about) in seen_sites(reading.scope)
