"""Which sites and factors nobody has heard of for too long, by the plan of each site, in data time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.reading import Reading
from qingyuan.numerics.time import DAY_US, HOUR_US
from qingyuan.registry import Site

SILENT_US = 2 * HOUR_US      # after the end of the last period spoken of; ours, no standard names one for all
RECENT_US = 6 * HOUR_US
FARTHEST_US = 7 * DAY_US


@dataclass(frozen=True)
class Silent:
    """A site of which some factors are silent. `since_us`: end of the last period heard of, None for longer than
    `FARTHEST_US`; `factors`: codes that are silent; `whole`: all of its plan.
    """

    site: Site
    factors: tuple[str, ...]
    since_us: int | None
    whole: bool


def silence(reading: Reading, sites: Iterable[Site] | None = None) -> list[Silent]:
    """Silent sites and factors among those whose telegrams the person may read, the longest silent first."""
    now_us = -(-reading.shown_us // HOUR_US) * HOUR_US
    allowed = reading.scope.sites(Verb.READ_TELEGRAMS)
    expected = {site.id: site for site in (reading.sites(Verb.READ_TELEGRAMS) if sites is None else sites)
                if site.id in allowed and site.plan and site.at(now_us) is not None}
    heard = reading.arrived(now_us - RECENT_US)
    missing = {name: gone for name, site in expected.items()
               if (gone := [f for f in site.plan if now_us - heard.get((name, f), 0) > SILENT_US])}
    if missing:
        heard = heard | reading.arrived(now_us - FARTHEST_US, sorted(missing))
    found = []
    for name, gone in missing.items():
        ends = [heard[name, f] for f in gone if (name, f) in heard]
        found.append(Silent(expected[name], tuple(gone), max(ends) if ends else None,
                            len(gone) == len(expected[name].plan)))
    return sorted(found, key=lambda s: (not s.whole, s.since_us or 0, s.site.id))
