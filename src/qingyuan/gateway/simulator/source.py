"""What a simulated fleet has to say: its stations, and their hours in order of time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from qingyuan.gateway.simulator.faults import Fault
from qingyuan.numerics.time import HOUR_US, iso_local
from qingyuan.registry import CoordinateSystem, Origin, SiteKind
from qingyuan.vocabulary import regions
from qingyuan.vocabulary.factors import AIR_SIX

UNITS = {code: "mg/m3" if symbol == "CO" else "ug/m3" for symbol, code in AIR_SIX.items()}


class SourceError(ValueError):
    """Data cannot be replayed; says what is missing and what to do."""


class Reading(NamedTuple):
    """One station, one period: (factor, average or real-time value as text, mark). Missing factors are absent. A
    correction comes later than the reading that it replaces.
    """

    station: str
    start_us: int
    values: tuple[tuple[str, str, str], ...]
    correction: bool = False
    beside: tuple[tuple[str, str, str], ...] = ()      # factor, suffix (Min, Max, ZsAvg, Cou), value as text
    cn: str = "2061"                                   # hour data; 2051 ten minutes, 2011 real-time
    delay_us: int = 0                                  # sent so much later than it is due
    fault: Fault | None = None                         # what happens to its telegram on the way


@dataclass(frozen=True)
class Station:
    """One station, outlet or section and its logger; what is not stated is that of an air station."""

    id: str
    name: str
    city: str
    name_en: str = ""
    province: str = ""
    lon: float | None = None
    lat: float | None = None
    coordinate_system: CoordinateSystem = CoordinateSystem.UNKNOWN
    in_city_mean: bool = True
    units: dict[str, str] = field(default_factory=lambda: dict(UNITS))
    kind: SiteKind = SiteKind.AIR
    st: str = "22"
    belongs: tuple[str, ...] = ()                      # organisation and park


@dataclass(frozen=True)
class Source:
    """Stations and readings over whole hours from `start_us` on; readings are in order of their hour."""

    name: str
    title: str
    origin: Origin
    stations: Sequence[Station]
    readings: Sequence[Reading]
    start_us: int
    hours: int
    edition: str = "2017"
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)
    entries: Sequence[Mapping[str, object]] = ()       # of the registry, beside those of the stations

    @property
    def end_us(self) -> int:
        """End of the last hour."""
        return self.start_us + self.hours * HOUR_US

    @property
    def telegrams(self) -> int:
        """Number of telegrams the fleet sends."""
        return len(self.readings)

    def st(self, station: str) -> str:
        """System code of a station (HJ 212-2017 table 5)."""
        return self._systems[station]

    @cached_property
    def _systems(self) -> dict[str, str]:
        return {station.id: station.st for station in self.stations}

    def mn(self, station: str) -> str:
        """MN of a station's logger: 24 hexadecimal digits (14 before 2017) from a hash of its name."""
        digits = hashlib.sha256(f"qingyuan logger v1\0{self.name}\0{station}".encode()).hexdigest().upper()
        return digits[:14 if self.edition == "2005" else 24]

    def password(self, station: str) -> str:
        """Password of a station's logger, random with the source's secret; it is kept in memory only."""
        mac = hmac.digest(self.secret, b"logger password\0" + station.encode(), "sha256")
        return base64.b32encode(mac)[:20].decode()

    def registry_data(self, station: Station, check: Callable[[str, str], str]) -> dict[str, object]:
        """Content of the station's registry entry; `check` makes the keyed hash of MN and password."""
        mn = self.mn(station.id)
        region = regions.region(station.city)
        return {
            "name": station.name, "name_en": station.name_en, "kind": str(station.kind), "st": station.st,
            "city": station.city, "city_code": region.code if region else "", "province": station.province,
            "lon": station.lon, "lat": station.lat, "coordinate_system": str(station.coordinate_system),
            "mn": mn, "password_check": check(mn, self.password(station.id)), "edition": self.edition,
            "crc": ["standard"], "origin": str(self.origin), "units": station.units, "plan": sorted(station.units),
            "in_city_mean": station.in_city_mean, "belongs": list(station.belongs),
        }

    def describe(self) -> str:
        """One line for people: what is replayed, from where, over which time."""
        cities = len({s.city for s in self.stations})
        return (f"{self.title}: {len(self.stations)} stations in {cities} cities, {self.telegrams} telegrams, "
                f"{iso_local(self.start_us)[:16]} to {iso_local(self.end_us)[:16]} (+08:00), "
                f"{'measured' if self.origin is Origin.MEASURED else 'SIMULATED, not measured'}")


def plain(value: float, digits: int = 0) -> str:
    """Shortest decimal text of a number with at least `digits` decimals."""
    text = f"{value:.10f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(digits, "0")
    return f"{whole}.{fraction}" if fraction else whole
