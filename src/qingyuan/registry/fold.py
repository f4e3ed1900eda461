"""From the entries of an office ledger to plain tables: what was known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from qingyuan.registry.access import Delegation, Grant
from qingyuan.registry.clock import DataClock
from qingyuan.registry.entries import Entry, parse
from qingyuan.registry.errors import EntryError
from qingyuan.registry.kinds import EntryKind, SiteKind
from qingyuan.registry.limit import Limit
from qingyuan.registry.records import Admission, Camera, Channel, Organisation, Park, Profile, Replay, Setting
from qingyuan.registry.site import Site

TICK_US, IDLE_S, MAX_CONNECTIONS = 60_000_000, 7200, 15_000


@dataclass(frozen=True)
class Registry:
    """What the registry said at one instant of our time. Tables are keyed by id unless they say otherwise."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    by_mn: Mapping[str, Site] = field(default_factory=dict)       # MN -> site; MNs of earlier loggers too
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    parks: Mapping[str, Park] = field(default_factory=dict)
    admissions: tuple[Admission, ...] = ()                        # in the order in which they were learned
    clock: DataClock = field(default_factory=DataClock)
    tick_us: int = TICK_US
    idle_s: int = IDLE_S
    max_connections: int = MAX_CONNECTIONS
    problems: tuple[EntryError, ...] = ()                         # entries that could not be taken
    before: Mapping[str, Site] = field(default_factory=dict)      # MN -> site that registered itself and ended so
    grants: Mapping[str, Grant] = field(default_factory=dict)     # of people, for auditors: no figure rests on them
    delegations: Mapping[str, Delegation] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)     # permit limits of outlets
    cameras: Mapping[str, Camera] = field(default_factory=dict)   # no figure rests on them
    named_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)   # MN -> ids of sites that ever named it

    @property
    def replay(self) -> Replay | None:
        """The replay profile that holds last, None where data time is our time."""
        return self.clock.profiles[-1] if self.clock.profiles else None

    def data_now(self, real_us: int) -> int:
        """Data time at an instant of our time."""
        return self.clock.data_us(real_us)

    def real_at(self, data_us: int) -> int:
        """First instant of our time at which data time has reached `data_us`."""
        return self.clock.real_us(data_us)

    def city_points(self, city: str, data_us: int) -> list[Site]:
        """Air sites whose means make a city's value at an instant of data time, by id; control points are left out."""
        then = (site.at(data_us) for _, site in sorted(self.sites.items()))
        return [site for site in then if site is not None
                and site.kind is SiteKind.AIR and site.city == city and site.in_city_mean]

    def cameras_at(self, place: str) -> list[Camera]:
        """The cameras of a site or park, by id."""
        return [camera for _, camera in sorted(self.cameras.items()) if camera.place == place]

    def owner(self, mn: str, data_us: int) -> Site | None:
        """The site whose logger has this MN at an instant of data time.

        It is the newest of the sites whose version in force then names it, where none does the one that has it now or
        had it last. A site that registered itself has it until the first instant of which entries of another speak.
        """
        then = [site for name in self.named_by.get(mn, ())
                if (version := (site := self.sites[name]).at(data_us)) is not None and version.mn == mn]
        now, before = self.by_mn.get(mn), self.before.get(mn)
        if now is not None and before is not None and then == [before]:
            return now if any(v.begins_by(data_us) for v in _naming(now, mn)) else before
        return max(then, key=_claim, default=now)

    def logger(self, mn: str, data_us: int) -> Site | None:
        """The version of a site with this MN: the one in force at `data_us`, else the one learned last."""
        site = self.owner(mn, data_us)
        if site is None:
            return None
        named = _naming(site, mn)
        found = next((v for v in named if v.covers(data_us)), named[0])
        return found.record if isinstance(found.record, Site) else None


def fold(entries: Iterable[tuple[int, Mapping[str, Any]]], at_us: int | None = None) -> Registry:
    """Tables from (learned_us, payload) in ledger order; `at_us` leaves out what was learned later.

    An entry that cannot be read changes nothing and is named in `problems`: what stands in a ledger stays
    there, and one bad entry must not stop every reader.
    """
    folding = Folding()
    for learned_us, payload in entries:
        if at_us is None or learned_us <= at_us:
            folding.add(learned_us, payload)
    return folding.registry()


class Folding:
    """Collects entries one by one; `registry()` gives the tables so far."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._problems: list[EntryError] = []

    def add(self, learned_us: int, payload: Mapping[str, Any]) -> None:
        """Take one entry."""
        try:
            self._entries.append(parse(payload, learned_us))
        except EntryError as problem:
            self._problems.append(problem)

    def registry(self) -> Registry:
        """The tables of all entries taken so far."""
        versions: dict[EntryKind, dict[str, list[Entry]]] = {kind: {} for kind in EntryKind}
        for entry in self._entries:
            versions[entry.kind].setdefault(entry.id, []).append(entry)
        sites = {name: replace(_standing(found), versions=tuple(found))
                 for name, found in versions[EntryKind.SITE].items()}
        by_mn, before, clashes = self._by_mn(sites)
        plain = {kind: {name: _standing(found) for name, found in versions[kind].items()}
                 for kind in (EntryKind.ORGANISATION, EntryKind.CHANNEL, EntryKind.PROFILE, EntryKind.PARK,
                              EntryKind.LIMIT, EntryKind.CAMERA)}
        settings = self._records(EntryKind.SETTING)
        return Registry(
            sites, by_mn, plain[EntryKind.ORGANISATION], plain[EntryKind.CHANNEL], plain[EntryKind.PROFILE],
            plain[EntryKind.PARK], tuple(self._records(EntryKind.ADMISSION)),
            DataClock.of(self._records(EntryKind.REPLAY)), _last(settings, "tick_us", TICK_US),
            _last(settings, "idle_s", IDLE_S), _last(settings, "max_connections", MAX_CONNECTIONS),
            (*self._problems, *clashes), before, self._newest(EntryKind.GRANT), self._newest(EntryKind.DELEGATION),
            plain[EntryKind.LIMIT], plain[EntryKind.CAMERA], self._named_by())

    def _records(self, kind: EntryKind) -> list[Any]:
        return [entry.record for entry in self._entries if entry.kind is kind]

    def _newest(self, kind: EntryKind) -> dict[str, Any]:
        """Records of a kind whose instants are our time: what was said last of each id."""
        return {entry.id: entry.record for entry in self._entries if entry.kind is kind}

    def _named_by(self) -> dict[str, tuple[str, ...]]:
        """MN -> sites that ever named it."""
        found: dict[str, dict[str, None]] = {}
        for entry in self._entries:
            if isinstance(entry.record, Site):
                found.setdefault(entry.record.mn, {})[entry.id] = None
        return {mn: tuple(names) for mn, names in found.items()}

    def _by_mn(self, sites: Mapping[str, Site]) -> tuple[dict[str, Site], dict[str, Site], list[EntryError]]:
        """MN -> site, MN -> site that registered itself and has lost it, and MNs that two sites claim.

        A standing MN goes before one of an earlier logger. A site that somebody named goes before one that registered
        itself, whichever was first; of two that were named the newest has the MN, and that is a clash.
        """
        ever = {entry.record.mn: sites[entry.id] for entry in self._entries if isinstance(entry.record, Site)}
        standing: dict[str, Site] = {}
        before: dict[str, Site] = {}
        clashes = []
        for site in sorted(sites.values(), key=_claim):
            if (other := standing.get(site.mn)) is not None:
                if other.registered_itself:
                    before[site.mn] = other
                elif _at_once(other, site):
                    clashes.append(EntryError(f"site {site.id}", "mn", f"is also the MN of site {other.id}",
                                              "one of the two sites must name another logger"))
            standing[site.mn] = site
        return ever | standing, before, clashes


def _claim(site: Site) -> tuple[bool, int]:
    return not site.registered_itself, _stands(site.versions).learned_us


def _at_once(one: Site, other: Site) -> bool:
    """True if both name the same logger for some instant."""
    begins = {v.valid_from_us for site in (one, other) for v in site.versions} | {
        v.valid_to_us for site in (one, other) for v in site.versions}
    instants = [-(1 << 62), *(at for at in begins if at is not None)]
    found = ((one.at(at), other.at(at)) for at in instants)
    return any(a is not None and b is not None and a.mn == b.mn == one.mn for a, b in found)


def _naming(site: Site, mn: str) -> list[Entry]:
    """Versions of a site that name an MN, the one learned last first."""
    return [v for v in reversed(site.versions) if isinstance(v.record, Site) and v.record.mn == mn]


def _stands(versions: Iterable[Entry]) -> Entry:
    """The version that holds for all time to come: open-ended, learned last; else the last that ended."""
    return max(enumerate(versions), key=lambda v: (v[1].valid_to_us is None, v[1].valid_to_us or 0, v[0]))[1]


def _standing(versions: Iterable[Entry]) -> Any:
    return _stands(versions).record


def _last(settings: Iterable[Setting], name: str, default: int) -> int:
    found = [value for setting in settings if (value := getattr(setting, name)) is not None]
    return found[-1] if found else default
