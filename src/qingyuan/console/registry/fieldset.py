"""The fields of each kind of entry as a person reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qingyuan.console.accounts.models import OrganisationKind
from qingyuan.console.shell.words import WORDS, city_name, province_name
from qingyuan.registry import Averaging, CoordinateSystem, EntryKind, HourSource, Origin, Scene, SiteKind
from qingyuan.registry.logger import CRC_VARIANTS, EDITIONS, FORGIVABLE

HOUR_WORDS = {HourSource.SENT: _("hour as sent (2061)"), HourSource.MINUTES: _("mean of the minutes (2051)")}
CRC_WORDS = {"standard": _("as the standard says"), "modbus": _("Modbus"), "modbus_swapped": _("Modbus, bytes swapped"),
             "standard_swapped": _("as the standard says, bytes swapped")}
SCENE_WORDS = {Scene.STACK: _("outlet of a stack"), Scene.OUTFALL: _("waste-water outlet"), Scene.PARK: _("park"),
               Scene.OTHER: _("something else")}
FORGIVEN_WORDS = {"length_in_chars": _("length counted in characters"), "crc_unpadded": _("CRC without leading zeros")}


class Form(StrEnum):
    """How a field is written."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    LIST = "list"
    TABLE = "table"
    DECIMAL = "decimal"
    WHOLE = "whole"
    TRUTH = "truth"
    SHAPE = "shape"


@dataclass(frozen=True)
class Field:
    """One field: its name in the entry, its words, how it is written, and whether figures rest on it."""

    name: str
    words: Any
    form: Form = Form.TEXT
    must: bool = False
    help: Any = ""
    choices: Sequence[tuple[str, Any]] = ()
    default: Any = None
    moves: bool = False


def _members(kind: type[StrEnum], words: dict[Any, Any] | None = None) -> list[tuple[str, Any]]:
    table: Mapping[Any, Any] = words or WORDS
    return [(member.value, table[member]) for member in kind]


_LIST = _("one a line, or with commas")
NAME, NAME_EN = Field("name", _("name"), must=True), Field("name_en", _("English name"))
EDITION = Field("edition", _("edition of HJ 212"), Form.CHOICE, choices=[("", _("as each telegram says")),
                                                                       *((e, f"HJ 212-{e}") for e in EDITIONS)])
CRC = Field("crc", _("CRC variants accepted"), Form.CHOICES, choices=[(v, CRC_WORDS[v]) for v in CRC_VARIANTS])
ALLOW = Field("allow", _("frame faults forgiven"), Form.CHOICES, choices=[(v, FORGIVEN_WORDS[v]) for v in FORGIVABLE])
SITE, FACTOR = Field("site", _("site"), must=True), Field("factor", _("factor"), must=True, help=_("code, as a34004"))
UNIT = Field("unit", _("unit"), help=_("as mg/m3"))
SYSTEM = Field("coordinate_system", _("coordinate system"), Form.CHOICE, choices=_members(CoordinateSystem),
               default="unknown")

FIELDS: dict[EntryKind, tuple[Field, ...]] = {
    EntryKind.ORGANISATION: (
        NAME, NAME_EN,
        Field("kind", _("kind"), Form.CHOICE, choices=[("unknown", _("unknown")), *OrganisationKind.choices],
              default="unknown"),
        Field("belongs", _("belongs to"), Form.LIST, help=_LIST)),
    EntryKind.SITE: (
        NAME, NAME_EN,
        Field("kind", _("kind"), Form.CHOICE, must=True, choices=_members(SiteKind), moves=True),
        Field("st", _("system code"), help=_("HJ 212-2017 table 5: 21 surface water, 22 ambient air, 31 stack, "
                                             "32 waste water")),
        Field("origin", _("origin"), Form.CHOICE, must=True, choices=_members(Origin)),
        Field("city", _("city"), moves=True),
        Field("city_code", _("city code"), help=_("GB/T 2260, four or six digits")),
        Field("province", _("province")),
        Field("lon", _("longitude"), Form.DECIMAL, help=_("degrees east")),
        Field("lat", _("latitude"), Form.DECIMAL, help=_("degrees north")),
        SYSTEM,
        Field("mn", _("MN of the logger"), must=True, moves=True), EDITION, CRC, ALLOW,
        Field("units", _("units sent"), Form.TABLE, help=_("one factor a line, as a34004=ug/m3"), moves=True),
        Field("plan", _("factors monitored"), Form.LIST, help=_LIST, moves=True),
        Field("belongs", _("belongs to"), Form.LIST, help=_("organisations and parks, one a line")),
        Field("hour_source", _("source of the hour"), Form.CHOICE, choices=_members(HourSource, HOUR_WORDS),
              default="sent", moves=True),
        Field("minute_interval_s", _("interval of minute data, s"), Form.WHOLE, default=600, moves=True),
        Field("in_city_mean", _("counts for the city mean"), Form.TRUTH, default=True, moves=True)),
    EntryKind.CHANNEL: (SITE, FACTOR, Field("instrument", _("instrument")), Field("serial", _("serial number")), UNIT),
    EntryKind.PROFILE: (EDITION, CRC, ALLOW),
    EntryKind.PARK: (NAME, NAME_EN, Field("city", _("city")),
                     Field("organisations", _("organisations"), Form.LIST, help=_LIST),
                     Field("outline", _("outline"), Form.SHAPE,
                           help=_("GeoJSON polygon, longitude before latitude, the last corner equal to the first")),
                     SYSTEM),
    EntryKind.CAMERA: (
        Field("place", _("site or park"), must=True, help=_("its number")), Field("name", _("name")), NAME_EN,
        Field("sees", _("looks at"), Form.CHOICE, choices=_members(Scene, SCENE_WORDS), default="other"),
        Field("origin", _("origin"), Form.CHOICE, must=True, choices=_members(Origin))),
    EntryKind.LIMIT: (
        SITE, FACTOR,
        Field("averaging", _("averaging time"), Form.CHOICE, must=True, choices=_members(Averaging)),
        Field("value", _("limit"), must=True, help=_("in digits, as the permit prints it")),
        Field("lower", _("lower limit"), help=_("only where there is one, as for pH")), UNIT,
        Field("clause", _("standard and clause")), Field("permit", _("permit number"))),
}
ENVELOPE = (Field("id", _("number"), must=True),
            Field("valid_from", _("valid from")), Field("valid_to", _("valid until")))
HIDDEN = ("password_check",)                 # stands in the entry and is shown to nobody
NAMES: dict[str, Any] = {field.name: field.words for fields in (*FIELDS.values(), ENVELOPE) for field in fields} | {
    "password_check": _("password of the logger"), "password": _("password of the logger"), "entry": _("kind of entry"),
    "valid_from_us": _("valid from"), "valid_to_us": _("valid until"), "data": _("content")}
KIND_WORDS = {EntryKind.ORGANISATION: _("Organisation"), EntryKind.SITE: _("Site"), EntryKind.CHANNEL: _("Channel"),
              EntryKind.PROFILE: _("Logger profile"), EntryKind.PARK: _("Park"), EntryKind.LIMIT: _("Permit limit"),
              EntryKind.CAMERA: _("Camera")}


def field_of(kind: EntryKind, name: str) -> Field | None:
    """A field of a kind of entry."""
    return next((field for field in FIELDS[kind] if field.name == name), None)


def shown(kind: EntryKind, name: str, value: Any) -> str:
    """A value as a person reads it; an absent one is empty, a secret never shown."""
    if name in HIDDEN:
        return str(_("registered")) if value else ""
    field = field_of(kind, name)
    if value is None and field is not None:
        value = field.default
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if name == "city":
        return city_name(str(value))
    if name == "province":
        return province_name(str(value))
    words = {key: str(text) for key, text in field.choices} if field else {}
    if field is not None and field.form is Form.SHAPE and isinstance(value, dict):
        return _outline(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value))
    if isinstance(value, list | tuple):
        return ", ".join(words.get(item, str(item)) for item in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return words.get(str(value), str(value))


def _outline(value: dict[str, Any]) -> str:
    """An outline as its number of corners."""
    corners = len(value["coordinates"][0]) - 1
    return ngettext("polygon of {count} corner", "polygon of {count} corners", corners).format(count=corners)
