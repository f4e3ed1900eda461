"""What a part of a packet means, in words: names of codes, units, marks, times with the period they speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qingyuan.console.operations.anatomy import Part, PartKind
from qingyuan.console.operations.words import DEVICE_STATES, EXCHANGES, FIELDS, HEADS, SUFFIXES
from qingyuan.console.shell.words import chinese, factor_name
from qingyuan.hj212 import COMMANDS, Telegram, kind_of, numeric
from qingyuan.hj212.words import CLOCKS, HEADER, TIMES
from qingyuan.hj212.words import FIELDS as KNOWN_FIELDS
from qingyuan.hj212.words import SUFFIXES as KNOWN_SUFFIXES
from qingyuan.numerics.time import iso_local, parse_cst
from qingyuan.registry import Site
from qingyuan.vocabulary import factors, marks, systems, units

SPANS_S = {"2061": 3600, "2031": 86_400}
MINUTE = "2051"
DEVICE = re.compile(r"SB([0-9]{1,3})", re.IGNORECASE)
CONCENTRATIONS = ("Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax")


@dataclass(frozen=True)
class Meaning:
    """what: the name in words; says: the value in words; unit: printed unit of a number."""

    what: Any = ""
    says: Any = ""
    unit: str = ""


def named(item: Any) -> str:
    """Name of a dictionary entry in the reader's language."""
    return item.name_zh if chinese() else item.name_en


def known_factor(code: str) -> factors.Factor | None:
    """A factor by its code as written, else by the code in small letters."""
    return factors.factor(code) or factors.factor(code.lower())


def meaning(part: Part, telegram: Telegram, site: Site | None) -> Meaning:
    """What a part means."""
    match part.kind:
        case PartKind.START:
            return Meaning(_("begin of a packet"))
        case PartKind.LENGTH:
            return Meaning(_("length of the data segment, bytes"))
        case PartKind.HEAD:
            return _head(part, telegram, site)
        case PartKind.OPENING:
            return Meaning(_("begin of the data area"))
        case PartKind.FIELD:
            return _field(part, telegram, site)
        case PartKind.FACTOR:
            return _factor(part, telegram, site)
        case PartKind.CLOSING:
            return Meaning(_("end of the data area and segment"))
        case PartKind.CRC:
            return Meaning(_("CRC, hexadecimal"))
        case PartKind.TAIL:
            return Meaning(_("end of the packet"))
        case PartKind.REST:
            return Meaning(_("further parts, not shown one by one"))
        case PartKind.ODD:
            return Meaning(_("no name=value; nothing is read here"))


def _head(part: Part, telegram: Telegram, site: Site | None) -> Meaning:
    name = HEADER.folded.get(part.name.lower(), part.name)
    return Meaning(HEADS.get(name, _("no name of the standard")), _head_value(name, part.value, telegram, site))


def _head_value(name: str, value: str, telegram: Telegram, site: Site | None) -> Any:
    if name == "QN":
        return _moment(value)
    if name == "ST":
        system = systems.system(value)
        return named(system) if system else _("no code of table 5")
    if name == "CN":
        command = COMMANDS.get(value)
        words = EXCHANGES[kind_of(value)]
        return f"{named(command)} · {words}" if command else _("no command of table 9")
    if name == "PW":
        return _("withheld")
    if name == "MN":
        return _("registered as {site}").format(site=site.name) if site else ""
    if name == "Flag":
        return _flag(telegram)
    return {"0": _("no"), "1": _("yes")}.get(value, "") if name == "RF" else ""


def _flag(telegram: Telegram) -> str:
    flag = telegram.flag
    if flag is None:
        return _("not readable")
    said = [_("edition of {year}").format(year=flag.version) if flag.version != "unknown" else _("unknown edition"),
            _("in parts") if flag.split else _("whole"),
            _("asks for an answer") if flag.ack else _("asks for no answer")]
    return " · ".join(said)


def _field(part: Part, telegram: Telegram, site: Site | None) -> Meaning:
    name = part.name if part.name in KNOWN_FIELDS else KNOWN_FIELDS.folded.get(part.name.lower(), "")
    if not name:
        return Meaning(_("no name of the standard"))
    if name == "DataTime":
        return Meaning(FIELDS[name], _period(part.value, telegram.cn or "", site))
    if name in TIMES:
        return Meaning(FIELDS[name], _moment(part.value))
    if name in CLOCKS:
        return Meaning(FIELDS[name], f"{part.value[:2]}:{part.value[2:4]}:{part.value[4:6]}")
    if name == "PolId":
        return Meaning(FIELDS[name], factor_name(part.value))
    return Meaning(FIELDS[name], _("withheld") if name in ("NewPW", "NewSK") else "")


def _factor(part: Part, telegram: Telegram, site: Site | None) -> Meaning:
    suffix = KNOWN_SUFFIXES.folded.get(part.suffix.lower(), part.suffix)
    device = DEVICE.fullmatch(part.code)
    if device is not None:
        return _device(device[1], suffix, part.value)
    known = known_factor(part.code)
    what = f"{factor_name(known.code) if known else _('unknown factor')} · {SUFFIXES.get(suffix, _('unknown value'))}"
    if suffix == "Flag":
        mark = marks.all_marks().get(part.value)
        if mark is None:
            unknown = _("no mark of table 8; such a value does not count")
            return Meaning(what, unknown if part.value else _("no mark"))
        counts = _("counts") if mark.counts else _("does not count")
        return Meaning(what, f"{named(mark)} · {counts}")
    if suffix in TIMES:
        return Meaning(what, _moment(part.value))
    if suffix not in KNOWN_SUFFIXES.numbers:
        return Meaning(what)
    if numeric(part.value) is None:
        return Meaning(what, _("no number, so no value"))
    return Meaning(what, "", _unit(part.code, suffix, site))


def _device(number: str, suffix: str, value: str) -> Meaning:
    """A treatment device (HJ 212-2017 table 9, SBxxx): its state, or its running hours of the day."""
    what = f"{_('treatment device {number}').format(number=number)} · {SUFFIXES.get(suffix, _('unknown value'))}"
    if suffix == "RS":
        return Meaning(what, DEVICE_STATES.get(value, _("no state of the standard")))
    return Meaning(what, "", "h" if suffix == "RT" and numeric(value) is not None else "")


def _unit(code: str, suffix: str, site: Site | None) -> str:
    """Unit of a value: as the site is registered, else the unit the factor is published in."""
    known = known_factor(code)
    if known is None or (suffix not in CONCENTRATIONS and suffix != "Cou"):
        return ""
    if suffix == "Cou":
        return units.label(known.mass_unit) if known.mass_unit else ""
    return units.label(site.unit(known.code) if site else known.unit)


def _moment(text: str) -> str:
    at_us = parse_cst(text)
    if at_us is None:
        return _("no time")
    milliseconds = at_us % 1_000_000 // 1000
    return iso_local(at_us)[:19].replace("T", " ") + (f".{milliseconds:03}" if milliseconds else "")


def _period(text: str, cn: str, site: Site | None) -> str:
    """DataTime as the period it begins (HJ 212-2017, notes to C.16 to C.18), or as the instant."""
    start = parse_cst(text)
    if start is None:
        return _("no time")
    span_s = SPANS_S.get(cn) or (site.minute_interval_s if site and cn == MINUTE else 0)
    if not span_s:
        begins = _("{time}, begin of the period") if cn == MINUTE else "{time}"
        return begins.format(time=_moment(text))
    begin, end = iso_local(start), iso_local(start + span_s * 1_000_000)
    if span_s == SPANS_S["2031"]:
        return _("{day}, the whole day").format(day=begin[:10])
    return f"{begin[:10]} {begin[11:16]}–{end[11:16] if end[:10] == begin[:10] else '24:00'}"
