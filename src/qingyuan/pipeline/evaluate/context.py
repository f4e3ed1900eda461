"""What every evaluation may look at: the state, the registry at the cut, the rule sets, the tick."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from qingyuan.numerics.time import CST_OFFSET_S
from qingyuan.pipeline.figure import Draft
from qingyuan.pipeline.reasons import Reason
from qingyuan.pipeline.state import State
from qingyuan.quality import Flag
from qingyuan.registry import Registry, Site
from qingyuan.standards import RULES_VERSION, TABLES, Tables
from qingyuan.vocabulary import factors

SYMBOLS = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")


@dataclass
class Context:
    """One tick."""

    state: State
    registry: Registry
    tick_us: int
    data_now_us: int
    tables: Tables = TABLES
    causes: dict[str, Reason] = field(default_factory=dict)    # subject -> why its figures may change in this tick
    conflicts: list[Flag] = field(default_factory=list)        # contradictions that came in this tick
    _points: dict[tuple[str, int], list[Site]] = field(default_factory=dict)

    @property
    def rules(self) -> str:
        """Version of the rule set: its name and the digest of its tables."""
        return rules_of(self.tables)

    def post(self, draft: Draft) -> bool:
        """Publish a draft at this tick; True if it said something new."""
        cause = self.causes.get(draft.key.subject, Reason.LATE_DATA)
        return self.state.post(draft, self.tick_us, cause) is not None

    def index_standard(self, start_us: int) -> str:
        """Index standard in force on the local date of the data."""
        return self.tables.index_standard(local_date(start_us))

    def site(self, site_id: str, start_us: int) -> Site:
        """What the registry of this cut says of a site for data of an instant."""
        return self.registry.sites[site_id].during(start_us)

    def points(self, city: str, start_us: int) -> list[Site]:
        """Air sites whose means make the city's value of a period, in a fixed order."""
        where = city, start_us
        if where not in self._points:
            self._points[where] = self.registry.city_points(*where)
        return self._points[where]


def rules_of(tables: Tables) -> str:
    """Version of a rule set, as each figure carries it."""
    return f"{RULES_VERSION}+{tables.digest[:12]}"


def local_date(start_us: int) -> date:
    """Local (+08:00) date of an instant."""
    return datetime.fromtimestamp(start_us // 1_000_000 + CST_OFFSET_S, UTC).date()


def validity_standard(factor: str, start_us: int) -> str:
    """Standard whose validity table rules the means of a factor at a date; HJ 212 where no quality standard does."""
    if factors.symbol_of(factor) not in SYMBOLS:
        return "HJ 212-2017"
    return "GB 3095-2026" if TABLES.index_standard(local_date(start_us)) == "HJ 633-2026" else "GB 3095-2012"
