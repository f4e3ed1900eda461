"""A site, its logger, and its versions in valid time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from qingyuan.registry.fields import Fields
from qingyuan.registry.kinds import CoordinateSystem, HourSource, Origin, SiteKind
from qingyuan.registry.logger import crc_variants, edition_of, forgiven, logger_number, password_check
from qingyuan.vocabulary import factors

if TYPE_CHECKING:
    from qingyuan.registry.entries import Entry

MINUTE_INTERVAL_S = 600      # HJ 212-2017 table 4 allows 1 to 30 minutes and names no default; 10 is ours
A_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Site:
    """A station, section, outlet or boundary point with its logger, as one entry states it.

    In a `Registry` a site is what holds for all time to come (the open-ended version learned last) and
    carries all its versions; `at` gives the version in force at an instant of data time.
    """

    id: str
    name: str
    name_en: str
    kind: SiteKind
    st: str                              # HJ 212 system code, table 5; tells an outlet from a section
    city: str
    city_code: str
    province: str
    lon: float | None
    lat: float | None
    coordinate_system: CoordinateSystem
    mn: str
    password_check: str = field(repr=False)
    edition: str                         # '2005', '2017', '2025', or empty: as each telegram says
    crc: tuple[str, ...]                 # CRC variants accepted, see hj212
    allow: tuple[str, ...]               # frame faults forgiven, see hj212.md 16.1 recoverable
    origin: Origin
    units: Mapping[str, str] = field(hash=False)   # factor -> unit registered
    plan: tuple[str, ...]                # factor codes that are monitored here
    belongs: tuple[str, ...]
    hour_source: HourSource
    minute_interval_s: int
    in_city_mean: bool                   # control points (background) do not speak for their city
    versions: tuple[Entry, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        lon, lat = fields.degrees("lon", 180), fields.degrees("lat", 90)
        if (lon is None) != (lat is None):
            raise fields.fault("lat" if lat is None else "lon", "is missing beside the other coordinate")
        return cls(
            id=name,
            name=fields.text("name", name),
            name_en=fields.text("name_en", ""),
            kind=fields.choice("kind", SiteKind),
            st=fields.text("st", ""),
            city=fields.text("city", ""),
            city_code=fields.text("city_code", ""),
            province=fields.text("province", ""),
            lon=lon,
            lat=lat,
            coordinate_system=fields.choice("coordinate_system", CoordinateSystem, CoordinateSystem.UNKNOWN),
            mn=logger_number(fields),
            password_check=password_check(fields),
            edition=edition_of(fields),
            crc=crc_variants(fields),
            allow=forgiven(fields),
            origin=fields.choice("origin", Origin),
            units=fields.mapping("units"),
            plan=fields.texts("plan"),
            belongs=fields.texts("belongs"),
            hour_source=fields.choice("hour_source", HourSource, HourSource.SENT),
            minute_interval_s=fields.whole("minute_interval_s", MINUTE_INTERVAL_S, least=60, most=A_DAY_S),
            in_city_mean=fields.truth("in_city_mean", True),
        )

    @property
    def registered_itself(self) -> bool:
        """True while nobody has vouched for the site: a gateway entered it by the MN of a stranger's first frame."""
        return self.origin is Origin.UNSTATED and self.id == self.mn

    def at(self, data_us: int) -> Site | None:
        """Version in force at an instant of data time, of several the one learned last; None if none was."""
        for version in reversed(self.versions):
            if version.covers(data_us) and isinstance(version.record, Site):
                return version.record
        return None

    def during(self, data_us: int) -> Site:
        """What holds of data of an instant: the version in force then, where none was the one that stands."""
        return self.at(data_us) or self

    def unit(self, factor: str) -> str:
        """Unit the site sends a factor in: as registered, else the unit it is published in.

        The default units of HJ 212-2017 annex B are used for stacks only: for particles they are ng/m3, which no one
        sends.
        """
        return self.units.get(factor) or self.published_unit(factor)

    def published_unit(self, factor: str) -> str:
        """Unit in which the site's figures of a factor are published: µg/m³ in ambient air, mg/m³ in a stack."""
        known = factors.factor(factor)
        if known is None:
            return self.units.get(factor, "")
        if self.kind is SiteKind.GAS and known.unit.endswith("g/m3"):
            return "mg/m3"
        return known.unit
