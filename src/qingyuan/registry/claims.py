"""Which logger belongs to which site, entry by entry: an MN that a second site would claim is told before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from qingyuan.registry.entries import parse
from qingyuan.registry.errors import EntryError
from qingyuan.registry.fold import fold
from qingyuan.registry.site import Site

Said = tuple[int, Mapping[str, Any]]                       # learned_us, payload


class Claims:
    """Entries of sites in the order of their ledger. Only those that have to do with a site are folded for it."""

    def __init__(self) -> None:
        self._entries: list[Said] = []
        self._of_site: defaultdict[str, list[int]] = defaultdict(list)
        self._naming: defaultdict[str, set[str]] = defaultdict(set)          # MN -> sites that ever named it

    def add(self, learned_us: int, payload: Mapping[str, Any]) -> None:
        """Take an entry that stands; one that cannot be read says nothing."""
        try:
            record = parse(payload).record
        except EntryError:
            return
        if isinstance(record, Site):
            self._of_site[record.id].append(len(self._entries))
            self._naming[record.mn].add(record.id)
            self._entries.append((learned_us, payload))

    def clash(self, payloads: Iterable[Mapping[str, Any]]) -> EntryError | None:
        """What some entries, taken together, would make wrong that is not wrong now. Raises EntryError where one cannot
        be read.
        """
        records = [(payload, record) for payload in payloads if isinstance(record := parse(payload).record, Site)]
        if not records:
            return None
        said = self._about({name for _payload, site in records for name in {site.id} | self._naming[site.mn]})
        before = {str(problem) for problem in fold(said).problems}
        later = max((learned for learned, _payload in said), default=0) + 1
        after = fold([*said, *((later, payload) for payload, _record in records)]).problems
        return next((problem for problem in after if str(problem) not in before), None)

    def owner(self, mn: str) -> Site | None:
        """The site that has a logger."""
        return fold(self._about(self._naming[mn])).by_mn.get(mn)

    def _about(self, sites: Iterable[str]) -> list[Said]:
        numbers = sorted(number for site in sites for number in self._of_site[site])
        return [self._entries[number] for number in numbers]
