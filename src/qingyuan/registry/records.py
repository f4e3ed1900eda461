"""What the entries of each kind hold, as plain frozen records. Each knows how to read itself from fields."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, Self

from qingyuan.registry.fields import Fields
from qingyuan.registry.kinds import CoordinateSystem, Origin, Scene
from qingyuan.registry.logger import crc_variants, edition_of, forgiven, logger_number
from qingyuan.registry.outline import Outline, outline_of

OVER_A_FORTNIGHT_S = 1_209_600


class Record(Protocol):
    """Content of an entry."""

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An authority, enterprise, operator or laboratory."""

    id: str
    name: str
    name_en: str
    kind: str
    belongs: tuple[str, ...]

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, fields.text("name"), fields.text("name_en", ""), fields.text("kind", "unknown"),
                   fields.texts("belongs"))


@dataclass(frozen=True, slots=True)
class Channel:
    """One factor measured at a site, with the instrument behind it."""

    id: str
    site: str
    factor: str
    instrument: str
    serial: str
    unit: str

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, fields.text("site"), fields.text("factor"), fields.text("instrument", ""),
                   fields.text("serial", ""), fields.text("unit", ""))


@dataclass(frozen=True, slots=True)
class Profile:
    """How a family of loggers speaks: a template; each site names its own edition and CRC."""

    id: str
    edition: str
    crc: tuple[str, ...]
    allow: tuple[str, ...]

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, edition_of(fields), crc_variants(fields), forgiven(fields))


@dataclass(frozen=True, slots=True)
class Admission:
    """Frames of a quarantine ledger taken in once their logger was registered: [from_leaf, to_leaf)."""

    id: str
    ledger: str
    mn: str
    from_leaf: int
    to_leaf: int

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        first = fields.whole("from_leaf", least=0)
        end = fields.whole("to_leaf", least=first + 1)
        return cls(name, fields.text("ledger"), logger_number(fields), first, end)


@dataclass(frozen=True, slots=True)
class Replay:
    """Replay profile: at `real_us` the data clock showed `data_us`; it runs `speed` times as fast as ours."""

    id: str
    real_us: int
    data_us: int
    speed: Fraction

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, fields.whole("real_us"), fields.whole("data_us"), fields.ratio("speed"))


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings of the whole home; what an entry does not name stays as it was. Defaults are ours."""

    id: str
    tick_us: int | None = None           # belief tick and gateway tick, default 60 s
    idle_s: int | None = None            # a connection silent for so long is closed, default 2 h
    max_connections: int | None = None   # of one gateway, default 15 000

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        tick_us: int | None = None
        if "tick_s" in fields:
            tick = fields.ratio("tick_s") * 1_000_000
            if tick.denominator != 1 or tick < 10_000 or tick > 3_600_000_000:
                raise fields.fault("tick_s", "is not between 0.01 and 3600 seconds")
            tick_us = int(tick)
        idle_s = fields.whole("idle_s", least=1) if "idle_s" in fields else None
        most = fields.whole("max_connections", least=1) if "max_connections" in fields else None
        if idle_s is not None and idle_s > OVER_A_FORTNIGHT_S:
            raise fields.fault("idle_s", "is more than a fortnight")
        return cls(name, tick_us, idle_s, most)


@dataclass(frozen=True, slots=True)
class Park:
    """An industrial park. `outline` is its boundary in degrees of `coordinate_system`, empty where none is stated."""

    id: str
    name: str
    name_en: str
    city: str
    organisations: tuple[str, ...]
    outline: Outline
    coordinate_system: CoordinateSystem

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, fields.text("name"), fields.text("name_en", ""), fields.text("city", ""),
                   fields.texts("organisations"), outline_of(fields, "outline"),
                   fields.choice("coordinate_system", CoordinateSystem, CoordinateSystem.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera at a site or in a park; its pictures are no leaves and prove nothing."""

    id: str
    place: str                           # id of the site or park
    name: str
    name_en: str
    sees: Scene
    origin: Origin

    @classmethod
    def read(cls, name: str, fields: Fields) -> Self:
        """Check the fields of an entry; raises EntryError."""
        return cls(name, fields.text("place"), fields.text("name", name), fields.text("name_en", ""),
                   fields.choice("sees", Scene, Scene.OTHER), fields.choice("origin", Origin))
