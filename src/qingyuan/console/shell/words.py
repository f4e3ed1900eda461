"""Words of the closed lists for pages, in the reader's language; a test holds every member to have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Protocol

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.pipeline.reasons import Reason, Stage
from qingyuan.quality import Level, What
from qingyuan.registry import Averaging, CoordinateSystem, EntryKind, Origin, Site, SiteKind
from qingyuan.standards import TABLES
from qingyuan.vocabulary import cities, factors, provinces


class Named(Protocol):
    """Has a name, and perhaps one in English."""

    @property
    def name(self) -> str:
        """As the registry has it."""

    @property
    def name_en(self) -> str:
        """In English, empty where it is not known."""


class Words(Mapping[Enum, Any]):
    """Words by member; members of different lists may be equal numbers or texts, so each list is a table of its own."""

    def __init__(self, *tables: Mapping[Any, Any]) -> None:
        self._by_list = {type(next(iter(table))): table for table in tables}

    def __getitem__(self, member: Enum) -> Any:
        return self._by_list[type(member)][member]

    def __iter__(self) -> Iterator[Enum]:
        return (member for table in self._by_list.values() for member in table)

    def __len__(self) -> int:
        return sum(map(len, self._by_list.values()))


WORDS = Words({
    Stage.PROVISIONAL: _("provisional"), Stage.REVIEWED: _("reviewed"), Stage.FINAL: _("final"),
}, {
    Reason.FIRST: _("first publication"), Reason.LATE_DATA: _("late data"),
    Reason.CORRECTED_DATA: _("corrected data"), Reason.REGISTRY: _("changed registry"),
    Reason.SOFTWARE: _("other rules or software"),
}, {
    What.RANGE: _("outside the range"), What.RATE: _("sudden step"), What.FLAT_LINE: _("flat line"),
    What.PM_INVERSION: _("PM2.5 above PM10"), What.NEGATIVE: _("negative"),
    What.SENTINEL: _("a number that stands for no value"), What.MARK: _("device mark"),
    What.DUPLICATE_CONFLICT: _("two telegrams contradict each other"),
    What.HOUR_SOURCE_DIFFERENCE: _("sent hour differs from its minutes"), What.LATE: _("late"),
    What.CLOCK: _("ahead of time"),
}, {
    Level.GOOD: _("passes"), Level.NOT_EVALUATED: _("not evaluated"), Level.SUSPECT: _("suspect"),
    Level.FAIL: _("fails"), Level.MISSING: _("missing"),
}, {
    Verdict.ACCEPTED: _("accepted"), Verdict.UNKNOWN_MN: _("unknown MN"),
    Verdict.WRONG_PASSWORD: _("wrong password"), Verdict.BAD_CRC: _("wrong CRC"),
    Verdict.BAD_LENGTH: _("wrong length"), Verdict.UNREADABLE: _("unreadable"),
    Verdict.EDITION_NOT_ALLOWED: _("edition not allowed"),
}, {
    Kind.FRAME: _("telegram"), Kind.FILE: _("file"), Kind.MANUAL: _("manual result"), Kind.TICK: _("tick"),
    Kind.REGISTRY: _("registry entry"), Kind.RULING: _("ruling"), Kind.RULESET: _("rule set"),
    Kind.COMMAND: _("command"), Kind.DRAW: _("draw"), Kind.PUBLICATION: _("publication"), Kind.ERASURE: _("erasure"),
}, {
    SiteKind.AIR: _("air"), SiteKind.WATER: _("water"), SiteKind.GAS: _("waste gas"), SiteKind.NOISE: _("noise"),
    SiteKind.UNKNOWN: _("unknown"),
}, {
    Origin.MEASURED: _("measured"), Origin.SIMULATED: _("simulated"), Origin.UNSTATED: _("origin not stated"),
}, {
    CoordinateSystem.WGS84: "WGS84", CoordinateSystem.CGCS2000: "CGCS2000", CoordinateSystem.GCJ02: "GCJ-02",
    CoordinateSystem.BD09: "BD-09", CoordinateSystem.UNKNOWN: _("coordinate system unknown"),
}, {
    EntryKind.ORGANISATION: _("organisation"), EntryKind.SITE: _("site"), EntryKind.CHANNEL: _("channel"),
    EntryKind.PROFILE: _("profile"), EntryKind.ADMISSION: _("admission"), EntryKind.REPLAY: _("replay"),
    EntryKind.SETTING: _("setting"), EntryKind.PARK: _("park"), EntryKind.GRANT: _("right granted"),
    EntryKind.DELEGATION: _("delegation"), EntryKind.LIMIT: _("permit limit"), EntryKind.CAMERA: _("camera"),
}, {
    Averaging.HOUR: _("hour mean"), Averaging.DAY: _("day mean"),
})
GRADES = {1: _("excellent"), 2: _("good"), 3: _("lightly polluted"), 4: _("moderately polluted"),
          5: _("heavily polluted"), 6: _("severely polluted")}


def word(member: Enum) -> Any:
    """The word for a member of a closed list. Raises KeyError for one without a word."""
    return WORDS[member]


def chinese() -> bool:
    """True if the page is read in Chinese."""
    return (get_language() or "").startswith("zh")


def named(thing: Named) -> str:
    """The name of a site, organisation or park in the reader's language, as far as the registry has it."""
    return thing.name if chinese() else thing.name_en or thing.name


def name_of(site: Site) -> str:
    """The name of a site in the reader's language."""
    return named(site)


def city_name(city: str) -> str:
    """The name of a city in the reader's language, as far as it is known."""
    return city if chinese() else cities.english(city)


def province_name(province: str) -> str:
    """The name of a province in the reader's language, as far as it is known."""
    return province if chinese() else provinces.english(province)


def factor_name(code: str) -> str:
    """Symbol or name of a factor: PM2.5, else the name in the reader's language, else the code."""
    known = factors.factor(code)
    return (factors.symbol_of(code) or (known and (known.name_zh if chinese() else known.name_en))) or code


def grade_of(aqi: str, standard: str) -> int | None:
    """Grade 1 to 6 of an air-quality index; None where there is none."""
    return TABLES.class_of(int(aqi), standard).level if aqi.isdigit() else None
