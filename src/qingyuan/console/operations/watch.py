"""What the gateway page shows: gateways, silence, clocks, refused telegrams; within a person's rights and instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.operations.opened import admitted
from qingyuan.console.operations.recent import Gap, Refused, Tail, gaps
from qingyuan.console.reading import Reading
from qingyuan.evidence.leaf import Verdict
from qingyuan.numerics.time import DAY_US, HOUR_US, parse_cst
from qingyuan.registry import Site

GONE_US = 60_000_000
SILENT_US = 2 * HOUR_US        # after the end of the last period heard of; ours, no standard names one
LOOKED_BACK_US = 7 * DAY_US
WRONG_CLOCK_S = 300            # ours; HJ 212 sets no limit to a logger's clock


@dataclass(frozen=True)
class Gateway:
    """One gateway as its last tick tells of it."""

    ledger: str
    running: bool
    at_us: int
    connections: int
    telegrams: int
    gaps: list[Gap]


@dataclass(frozen=True)
class Silent:
    """A site's factors that are silent. since_us: end of the last period heard of, None for longer than a week."""

    site: Site
    factors: list[str]
    since_us: int | None
    whole: bool


@dataclass(frozen=True)
class Clock:
    """A logger whose clock differs from ours (from data time in a replay) by `off_s` seconds; above zero: ahead."""

    site: Site
    off_s: int
    sent_us: int
    received_us: int
    ledger: str
    leaf: int


@dataclass(frozen=True)
class Group:
    """Refused telegrams of one peer under one MN for one reason."""

    peer: str
    mn: str
    verdict: Verdict
    count: int
    first_us: int
    last_us: int
    ledger: str
    leaf: int
    site: Site | None
    admitted: bool

    @property
    def waits(self) -> bool:
        """True for telegrams of a logger that has been registered since and that were not taken in."""
        return (self.verdict is Verdict.UNKNOWN_MN and not self.admitted and self.site is not None
                and not self.site.registered_itself)

    @property
    def registrable(self) -> bool:
        """True for a logger that nobody knows and that names itself."""
        return self.verdict is Verdict.UNKNOWN_MN and bool(self.mn) and (self.site is None
                                                                         or self.site.registered_itself)


def gateways(reading: Reading, tails: dict[str, Tail]) -> list[Gateway]:
    """Every gateway by the ticks in its ledger, up to the instant."""
    now_us = reading.as_of_us or home.now_us()
    found = []
    for name, tail in sorted(tails.items()):
        ticks = [tick for tick in tail.ticks if tick.received_us <= now_us]
        if not ticks:
            continue
        at = ticks[-1]
        running = not at.last and now_us - at.received_us < max(GONE_US, 3 * reading.registry.tick_us)
        found.append(Gateway(name, running, at.received_us, at.connections, at.telegrams,
                             gaps(ticks, reading.registry.tick_us, now_us)))
    return found


def silent(reading: Reading) -> list[Silent]:
    """Silent sites and factors by the plan of each site, in data time, the longest silent first."""
    now_us = reading.shown_us
    readable = reading.scope.sites(Verb.READ_TELEGRAMS)
    sites = [site for site in reading.sites(Verb.READ_GATEWAY)
             if site.plan and site.id in readable and site.at(now_us) is not None]
    heard = reading.arrived(now_us - LOOKED_BACK_US, [site.id for site in sites])
    found = []
    for site in sites:
        gone = [code for code in site.plan if now_us - heard.get((site.id, code), 0) > SILENT_US]
        if gone:
            ends = [heard[site.id, code] for code in gone if (site.id, code) in heard]
            found.append(Silent(site, gone, max(ends, default=None), len(gone) == len(site.plan)))
    return sorted(found, key=lambda one: (not one.whole, one.since_us or 0, one.site.id))


def clocks(reading: Reading, tails: dict[str, Tail]) -> list[Clock]:
    """Loggers whose last QN is off by more than five minutes, the worst first."""
    allowed, registry = reading.scope.sites(Verb.READ_GATEWAY), reading.registry
    speed = float(registry.replay.speed) if registry.replay else 1.0
    limit = max(WRONG_CLOCK_S, 5 * speed)        # in a replay a second of ours is long
    found = []
    for tail in tails.values():
        for mn, sent in tail.sent.items():
            site, at_us = registry.by_mn.get(mn), parse_cst(sent.qn) if sent.qn else None
            if site is None or site.id not in allowed or at_us is None or not _known(reading, sent.received_us):
                continue
            off_s = (at_us - registry.data_now(sent.received_us)) // 1_000_000
            if abs(off_s) > limit:
                found.append(Clock(site, off_s, at_us, sent.received_us, sent.ledger, sent.leaf))
    return sorted(found, key=lambda clock: -abs(clock.off_s))


def refused(reading: Reading, tails: dict[str, Tail]) -> list[Group]:
    """Refused telegrams this person may know of, in groups, the newest first."""
    groups: dict[tuple[str, str, Verdict], list[Refused]] = {}
    for one in _refused(reading, tails.values()):
        groups.setdefault((one.peer, one.mn, one.verdict), []).append(one)
    by_mn = reading.registry.by_mn
    return sorted((Group(peer, mn, verdict, len(found), found[0].received_us, found[-1].received_us,
                         found[-1].ledger, found[-1].leaf, by_mn.get(mn),
                         verdict is Verdict.UNKNOWN_MN and admitted(reading, found[-1].ledger, found[-1].leaf, mn))
                   for (peer, mn, verdict), found in groups.items()), key=lambda group: -group.last_us)


def by_verdict(groups: Iterable[Group]) -> list[tuple[Verdict, int]]:
    """How many telegrams were refused for each reason."""
    counts: Counter[Verdict] = Counter()
    for group in groups:
        counts[group.verdict] += group.count
    return [(verdict, counts[verdict]) for verdict in Verdict if verdict is not Verdict.ACCEPTED]


def _refused(reading: Reading, tails: Iterable[Tail]) -> Iterable[Refused]:
    everywhere, allowed = reading.scope.everywhere(Verb.READ_GATEWAY), reading.scope.sites(Verb.READ_GATEWAY)
    by_mn = reading.registry.by_mn
    for tail in tails:
        for one in tail.refused:
            site = by_mn.get(one.mn)
            if _known(reading, one.received_us) and (everywhere or (site is not None and site.id in allowed)):
                yield one


def _known(reading: Reading, received_us: int) -> bool:
    return reading.as_of_us is None or received_us <= reading.as_of_us
