"""The lists of the registry: what stands in each, in which columns, and what can be asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import OrganisationKind
from qingyuan.console.reading import Reading
from qingyuan.console.registry.fieldset import shown
from qingyuan.console.registry.rights import logger_sites, seen_everywhere, seen_names, seen_sites, sees_camera
from qingyuan.console.shell.words import factor_name, name_of
from qingyuan.registry import EntryKind, Registry, Site
from qingyuan.vocabulary import units


class Listing(StrEnum):
    """One list."""

    ORGANISATIONS = "organisations"
    SITES = "sites"
    CHANNELS = "channels"
    LOGGERS = "loggers"
    PROFILES = "profiles"
    PARKS = "parks"
    OPERATORS = "operators"
    LIMITS = "limits"
    CAMERAS = "cameras"


TITLES = {
    Listing.ORGANISATIONS: _("Organisations"), Listing.SITES: _("Sites"),
    Listing.CHANNELS: _("Channels and instruments"),
    Listing.LOGGERS: _("Loggers"), Listing.PROFILES: _("Logger profiles"), Listing.PARKS: _("Parks"),
    Listing.OPERATORS: _("Operators"), Listing.LIMITS: _("Permit limits"),
    Listing.CAMERAS: _("Cameras"),
}
KINDS = {
    Listing.ORGANISATIONS: EntryKind.ORGANISATION, Listing.SITES: EntryKind.SITE, Listing.CHANNELS: EntryKind.CHANNEL,
    Listing.LOGGERS: EntryKind.SITE, Listing.PROFILES: EntryKind.PROFILE, Listing.PARKS: EntryKind.PARK,
    Listing.OPERATORS: EntryKind.ORGANISATION, Listing.LIMITS: EntryKind.LIMIT,
    Listing.CAMERAS: EntryKind.CAMERA,
}
HOME = {kind: listing for listing, kind in reversed(KINDS.items())}       # list in which a kind of entry stands


@dataclass(frozen=True)
class Shown:
    """The registry as a person may read it: what a cell names is named to this person."""

    registry: Registry
    sites: frozenset[str]
    names: frozenset[str] | None               # organisations and parks; None: all

    @classmethod
    def of(cls, reading: Reading) -> Shown:
        """What the person of a reading may read."""
        return cls(reading.registry, seen_sites(reading.scope), seen_names(reading.scope, reading.registry))

    def told(self, names: Iterable[str]) -> str:
        """Those of some organisations and parks that the person may know of, by their names."""
        return ", ".join(self._name(name) for name in names if self.names is None or name in self.names)

    def _name(self, name: str) -> str:
        found: Any = self.registry.organisations.get(name) or self.registry.parks.get(name)
        return name_of(found) if found is not None else name


Cell = Callable[[Any, Shown], str]


@dataclass(frozen=True)
class Column:
    """One column: its words, the text of a record in it, and its class in the table."""

    words: Any
    cell: Cell
    style: str = ""


def _value(kind: EntryKind, name: str) -> Cell:
    return lambda record, _seen: shown(kind, name, getattr(record, name))


def _own_name(record: Any, _seen: Shown) -> str:
    return name_of(record)


def _belongs(record: Any, seen: Shown) -> str:
    return seen.told(record.belongs)


def _site(record: Any, seen: Shown) -> str:
    found = seen.registry.sites.get(record.site)
    return name_of(found) if found else str(record.site)


def _at(record: Any, seen: Shown) -> str:
    found: Any = seen.registry.sites.get(record.place) or seen.registry.parks.get(record.place)
    return name_of(found) if found else str(record.place)


def _sites_of(record: Any, seen: Shown) -> str:
    return str(sum(1 for name in seen.sites if (site := seen.registry.sites.get(name)) and record.id in site.belongs))


def _units(site: Any, _seen: Shown) -> str:
    sent = {unit: [factor_name(code) for code, its in sorted(site.units.items()) if its == unit]
            for unit in sorted(set(site.units.values()))}
    return "; ".join(f"{units.label(unit)} {' '.join(names)}" for unit, names in sent.items())


def _place(site: Any, _seen: Shown) -> str:
    return "" if site.lon is None else f"{site.lon:.4f}, {site.lat:.4f}"


ORG, S, C, P, L, CAM = (EntryKind.ORGANISATION, EntryKind.SITE, EntryKind.CHANNEL, EntryKind.PROFILE, EntryKind.LIMIT,
                        EntryKind.CAMERA)
NUMBER = Column(_("number"), lambda record, _seen: record.id, "nowrap")
NAME = Column(_("name"), _own_name, "nowrap")
BELONGS = Column(_("belongs to"), _belongs)
MN = Column(_("MN"), lambda site, _seen: site.mn, "qy-mono")
SPOKEN = (Column(_("edition of HJ 212"), _value(P, "edition"), "nowrap"),
          Column(_("CRC variants accepted"), _value(P, "crc"), "nowrap"),
          Column(_("frame faults forgiven"), _value(P, "allow"), "nowrap"))
_BODIES = (NUMBER, NAME, Column(_("kind"), _value(ORG, "kind")), BELONGS, Column(_("sites"), _sites_of, "num"))
COLUMNS: dict[Listing, tuple[Column, ...]] = {
    Listing.ORGANISATIONS: _BODIES,
    Listing.OPERATORS: _BODIES,
    Listing.SITES: (NUMBER, NAME, Column(_("kind"), _value(S, "kind"), "nowrap"),
                    Column(_("city"), _value(S, "city"), "nowrap"),
                    Column(_("longitude, latitude"), _place, "num"),
                    Column(_("coordinate system"), _value(S, "coordinate_system")), BELONGS),
    Listing.CHANNELS: (NUMBER, Column(_("site"), _site, "nowrap"),
                       Column(_("factor"), lambda c, _seen: factor_name(c.factor)),
                       Column(_("instrument"), _value(C, "instrument")),
                       Column(_("serial number"), _value(C, "serial"), "qy-mono"),
                       Column(_("unit"), lambda c, _seen: units.label(c.unit) if c.unit else "")),
    Listing.LOGGERS: (NUMBER, NAME, MN, *SPOKEN,
                      Column(_("password of the logger"), lambda s, _seen: str(
                          _("registered") if s.password_check else _("none is asked for"))),
                      Column(_("units sent"), _units, "nowrap")),
    Listing.PROFILES: (NUMBER, *SPOKEN),
    Listing.PARKS: (NUMBER, NAME, Column(_("city"), _value(EntryKind.PARK, "city")),
                    Column(_("organisations"), lambda park, seen: seen.told(park.organisations))),
    Listing.LIMITS: (NUMBER, Column(_("site"), _site, "nowrap"),
                     Column(_("factor"), lambda record, _seen: factor_name(record.factor)),
                     Column(_("averaging time"), _value(L, "averaging")),
                     Column(_("limit"), lambda record, _seen: f"{record.lower}–{record.value}" if record.lower
                            else record.value, "num"),
                     Column(_("unit"), lambda record, _seen: units.label(record.unit) if record.unit else ""),
                     Column(_("standard and clause"), _value(L, "clause")),
                     Column(_("permit number"), _value(L, "permit"))),
    Listing.CAMERAS: (NUMBER, NAME, Column(_("site or park"), _at, "nowrap"),
                      Column(_("looks at"), _value(CAM, "sees")),
                      Column(_("origin"), _value(CAM, "origin"), "nowrap")),
}


def records(listing: Listing, reading: Reading) -> list[Any]:
    """Records of a list that the person may see, as known at the reading's instant, by id."""
    registry, scope = reading.registry, reading.scope
    if listing in (Listing.SITES, Listing.LOGGERS):
        allowed = seen_sites(scope) if listing is Listing.SITES else logger_sites(scope)
        return [site for name, site in sorted(registry.sites.items()) if name in allowed]
    if listing in (Listing.CHANNELS, Listing.LIMITS):
        table: Iterable[Any] = (registry.channels if listing is Listing.CHANNELS else registry.limits).values()
        allowed = seen_sites(scope)
        return sorted((record for record in table if record.site in allowed), key=lambda record: record.id)
    if listing is Listing.PROFILES:
        return sorted(registry.profiles.values(), key=lambda p: p.id) if seen_everywhere(scope) else []
    names = seen_names(scope, registry)
    if listing is Listing.CAMERAS:
        return [camera for _id, camera in sorted(registry.cameras.items()) if sees_camera(scope, camera, names)]
    bodies: Iterable[Any] = (registry.parks if listing is Listing.PARKS else registry.organisations).values()
    return sorted((b for b in bodies if (names is None or b.id in names)
                   and (listing is not Listing.OPERATORS or b.kind == OrganisationKind.OPERATOR)), key=lambda b: b.id)


FILTERS: dict[Listing, tuple[str, ...]] = {
    Listing.SITES: ("kind", "city", "origin"), Listing.LOGGERS: ("edition", "city"), Listing.ORGANISATIONS: ("kind",),
    Listing.LIMITS: ("factor", "averaging"), Listing.CHANNELS: ("factor",), Listing.PARKS: ("city",),
    Listing.CAMERAS: ("sees", "origin"),
}


def choices(listing: Listing, found: Iterable[Any]) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter among some records: (value, words)."""
    found = list(found)
    out = {}
    for name in FILTERS.get(listing, ()):
        values = sorted({str(getattr(record, name)) for record in found} - {""})
        out[name] = [(v, factor_name(v) if name == "factor" else shown(KINDS[listing], name, v)) for v in values]
    return out


def kept(found: Iterable[Any], listing: Listing, query: Any, seen: Shown) -> list[Any]:
    """The records that fit a query: `q` in any column, and every filter."""
    wanted = query.get("q", "").strip().casefold()
    asked = {name: query.get(name, "") for name in FILTERS.get(listing, ()) if query.get(name)}
    return [record for record in found
            if all(str(getattr(record, name)) == value for name, value in asked.items())
            and (not wanted or any(wanted in text.casefold() for text in _texts(record, listing, seen)))]


def _texts(record: Any, listing: Listing, seen: Shown) -> Iterable[str]:
    if isinstance(record, Site):
        yield from (record.name, record.name_en, record.city)
        if listing is Listing.LOGGERS:
            yield record.mn
    for column in COLUMNS[listing]:
        if column.cell is not _sites_of:
            yield column.cell(record, seen)
