"""The air quality index of one place in one period: sub-indices, primary pollutants, class, what is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from qingyuan.assess.iaqi import SYMBOLS, averaging_of, iaqi
from qingyuan.standards import DEFAULTS, TABLES, AirSettings, Tables

NA = "NA"
PRIMARY_ABOVE, EXCEEDING_ABOVE, PUBLISHED_ABOVE = 50, 100, 100
EDITION_2012 = "HJ 633-2012"


@dataclass(frozen=True)
class AqiResult:
    """An index and what it is made of; `aqi` is None where nothing was measured.

    published, primary_published, level_published: what may be shown under HJ 633-2026 5.3 (`NA` where a pollutant of
    the plan is missing and the index is not above 100); the 2012 edition has no such rule and shows the index.
    """

    standard: str
    iaqi: Mapping[str, int | None]
    aqi: int | None
    primary: list[str]
    level: int | None
    category: str | None
    colour: str | None
    published: int | str
    primary_published: list[str] | str
    level_published: int | str
    exceeding: list[str] = field(default_factory=list)

    def expected(self) -> dict[str, Any]:
        """As plain data, with the keys each edition knows (2012: exceeding; 2026: what is published)."""
        out: dict[str, Any] = {"iaqi": dict(self.iaqi), "aqi": self.aqi, "primary": self.primary, "level": self.level,
                               "category": self.category, "colour": self.colour}
        if self.standard == EDITION_2012:
            return {**out, "exceeding": self.exceeding}
        return {**out, "published": self.published, "primary_published": self.primary_published,
                "level_published": self.level_published}


def aqi_realtime(conc: Mapping[str, str | None], standard: str, not_in_plan: Collection[str] = (), *,
                 tables: Tables = TABLES, settings: AirSettings = DEFAULTS) -> AqiResult:
    """Real-time index from the means of one hour. HJ 633-2026 4.2.3, 4.2.4; 2012 5.1.3 as the platform used it.

    conc: pollutant -> decimal text (µg/m³, CO mg/m³) or None; a pollutant outside the plan may be absent.
    """
    return _aqi("realtime", conc, standard, not_in_plan, tables, settings)


def aqi_daily(conc: Mapping[str, str | None], standard: str, not_in_plan: Collection[str] = (), *,
              tables: Tables = TABLES, settings: AirSettings = DEFAULTS) -> AqiResult:
    """Daily index from day means and the daily maximum 8 h mean of ozone. HJ 633-2026 4.2.2.

    The 2012 edition also lists the ozone 1 h maximum (5.1.2); bulletins used the 8 h value alone, and so do we.
    """
    return _aqi("daily", conc, standard, not_in_plan, tables, settings)


def _aqi(kind: str, conc: Mapping[str, str | None], standard: str, not_in_plan: Collection[str], tables: Tables,
         settings: AirSettings) -> AqiResult:
    parts = {s: iaqi(standard, s, averaging_of(kind, s), conc[s], tables=tables, settings=settings)
             for s in SYMBOLS if s in conc}
    known = {s: i for s, i in parts.items() if i is not None}
    aqi = max(known.values(), default=None)
    if aqi is None:
        return AqiResult(standard, parts, None, [], None, None, None, NA, NA, NA)
    kind_of = tables.class_of(aqi, standard)
    primary = [s for s, i in known.items() if i == aqi] if aqi > PRIMARY_ABOVE else []
    missing = any(parts.get(s) is None and s not in not_in_plan for s in SYMBOLS)
    shown = standard == EDITION_2012 or not missing or aqi > PUBLISHED_ABOVE
    return AqiResult(
        standard, parts, aqi, primary, kind_of.level, kind_of.category, kind_of.colour, aqi if shown else NA,
        primary if shown else NA, kind_of.level if shown else NA,
        [s for s, i in known.items() if i > EXCEEDING_ABOVE])
