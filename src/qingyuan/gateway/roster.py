"""Who may send: the office ledger followed and folded, and newcomers entered into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import OFFICE, Home, Keyring, Ledger, open_office
from qingyuan.ledger.office import append_once
from qingyuan.registry import EntryKind, Folding, Origin, Registry, Site, SiteKind, payload

# HJ 212-2017 table 5; 27 and 39 (VOC, construction dust) are ambient air too, 24 and 26 ground and sea water
KIND_OF_ST = {
    **dict.fromkeys(("21", "24", "26", "32", "33", "34", "52"), SiteKind.WATER),
    **dict.fromkeys(("22", "27", "39"), SiteKind.AIR), **dict.fromkeys(("23", "36"), SiteKind.NOISE),
    **dict.fromkeys(("31", "51"), SiteKind.GAS)}


class Newcomer(NamedTuple):
    """A logger that is not in the registry, as its first valid frame shows it."""

    mn: str
    st: str
    password: str


class Roster:
    """The registry as the gateway knows it. For use in one thread."""

    def __init__(self, home: Home, keyring: Keyring) -> None:
        self._home, self._keyring = home, keyring
        self._office = Ledger(home.ledger_path(OFFICE))
        self._folding, self._position = Folding(), 0
        self._known: dict[str, Site] = {}
        self.registry = Registry()
        self.refresh()

    @property
    def office_size(self) -> int:
        """Leaves of the office ledger that the registry was folded from."""
        return self._position

    def refresh(self) -> bool:
        """Take in what was added to the office ledger; True if a registry entry came."""
        self._office.refresh()
        fresh = False
        for stored in self._office.leaves(self._position, self._office.size):
            leaf = parse(stored.data)
            if leaf.kind is Kind.REGISTRY:
                self._folding.add(leaf.received_us, leaf.payload)
                fresh = True
        self._position = self._office.size
        if fresh:
            self.registry = self._folding.registry()
            self._known = {mn: site for mn, site in self.registry.by_mn.items()
                           if len(site.versions) == 1 and len(self.registry.named_by[mn]) == 1}
        return fresh

    def find(self, mn: str, real_us: int) -> Site | None:
        """The version of a site that names an MN, in force now."""
        return self._known.get(mn) or self.registry.logger(mn, self.registry.data_now(real_us))

    def enter(self, newcomers: Sequence[Newcomer]) -> None:
        """Register loggers by what their first frame shows; durable under a checkpoint before this returns.

        The site's id is the MN. Nobody has vouched for it: what it measures and where is for a person to say.
        """
        entries = [payload(EntryKind.SITE, who.mn, {
            "name": who.mn, "kind": str(KIND_OF_ST.get(who.st, SiteKind.UNKNOWN)), "st": who.st, "mn": who.mn,
            "origin": str(Origin.UNSTATED),
            "password_check": self._keyring.password_check(who.mn, who.password) if who.password else "",
        }) for who in newcomers]
        with open_office(self._home, self._keyring) as writer:
            for entry in entries:
                append_once(writer, Kind.REGISTRY, entry | {"key": f"gateway/register/{entry['id']}"})
        self.refresh()

    def close(self) -> None:
        """Give the files back."""
        self._office.close()
