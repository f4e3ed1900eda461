"""Which sites a list or a map shows: search, kind, city, origin and grade, all in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from qingyuan.console.live.latest import Latest
from qingyuan.console.live.watch import WATCH_WORDS, Watch, watch_of
from qingyuan.console.shell import words
from qingyuan.registry import Origin, Site


@dataclass(frozen=True)
class Selection:
    """What is asked for; an empty text asks for everything."""

    q: str = ""
    kind: str = ""
    city: str = ""
    origin: str = ""
    grade: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Selection:
        """Read an address."""
        return cls(**{field.name: query.get(field.name, "").strip() for field in fields(cls)})

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, without what is empty."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    def keep(self, sites: Iterable[Site]) -> list[Site]:
        """The sites that fit, the grade apart."""
        wanted = self.q.casefold()
        return [site for site in sites
                if (not self.kind or watch_of(site).value == self.kind)
                and (not self.city or site.city == self.city)
                and (not self.origin or site.origin.value == self.origin)
                and (not wanted or any(wanted in text.casefold() for text in (
                    site.id, site.name, site.name_en, site.city, words.city_name(site.city), site.mn)))]

    def graded(self, sites: Iterable[Site], latest: Mapping[str, Latest]) -> list[Site]:
        """Of the sites those with the grade asked for."""
        if not self.grade:
            return list(sites)
        return [site for site in sites if (found := latest.get(site.id)) and str(found.level) == self.grade]


def choices(sites: Iterable[Site]) -> dict[str, list[tuple[str, Any]]]:
    """What can be chosen among some sites: for each filter (value, word)."""
    sites = list(sites)
    kinds = {watch_of(site) for site in sites}
    origins = {site.origin for site in sites}
    return {
        "kind": [(kind.value, WATCH_WORDS[kind]) for kind in Watch if kind in kinds],
        "city": sorted(((city, words.city_name(city)) for city in {site.city for site in sites if site.city}),
                       key=lambda row: row[1]),
        "origin": [(origin.value, words.word(origin)) for origin in Origin if origin in origins],
        "grade": [(str(level), f"{level} {word}") for level, word in words.GRADES.items()],
    }
