"""A logger that nobody knows is registered and what it sent before is taken in: two kinds of entry, one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.office import password
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.record import ask_admission, mark
from qingyuan.console.office.sealing import stand_in
from qingyuan.console.operations.opened import admitted
from qingyuan.console.operations.opened import ledger as opened_ledger
from qingyuan.console.operations.recent import Refused, Tail
from qingyuan.console.operations.words import VARIANTS
from qingyuan.console.reading import NoSuchThing, Reading
from qingyuan.console.registry import changing
from qingyuan.console.registry.known import NEVER
from qingyuan.console.shell.words import WORDS
from qingyuan.evidence.leaf import CrcVariant, FrameLeaf, Verdict, parse
from qingyuan.gateway.roster import KIND_OF_ST
from qingyuan.hj212 import Telegram, Variant, decode
from qingyuan.registry import CoordinateSystem, EntryError, EntryKind, Origin, SiteKind, payload
from qingyuan.registry import parse as parse_entry
from qingyuan.registry.logger import CRC_VARIANTS, EDITIONS
from qingyuan.vocabulary import factors, regions

NAMES = {CrcVariant.STANDARD: "standard", CrcVariant.MODBUS: "modbus", CrcVariant.MODBUS_SWAPPED: "modbus_swapped",
         CrcVariant.STANDARD_SWAPPED: "standard_swapped"}
Choices = Iterable[tuple[str, Any]]


def _members(kind: Any, *without: Any) -> Choices:
    return [(str(member), WORDS[member]) for member in kind if member not in without]


class RegisterForm(forms.Form):
    """What the registry keeps of a new site. After `is_valid` its entry is in `entry`, its password sealed in `box`."""

    id = forms.CharField(label=_("id of the site"), max_length=64, help_text=_("Figures are named by it; it stays."))
    name = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("kind"), choices=lambda: _members(SiteKind))
    st = forms.CharField(label=_("system code"), max_length=2, required=False)
    city = forms.CharField(label=_("city"), max_length=100, required=False)
    city_code = forms.CharField(label=_("city code"), max_length=12, required=False,
                                help_text=_("Six digits of GB/T 2260; rights of a city go by it."))
    province = forms.CharField(label=_("province"), max_length=100, required=False)
    lon = forms.FloatField(label=_("longitude, degrees"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("latitude, degrees"), required=False, min_value=-90, max_value=90)
    coordinate_system = forms.ChoiceField(label=_("coordinate system"), choices=lambda: _members(CoordinateSystem))
    origin = forms.ChoiceField(label=_("origin"), choices=lambda: _members(Origin, Origin.UNSTATED))
    edition = forms.ChoiceField(label=_("edition of HJ 212"), required=False,
                                choices=lambda: [("", _("as each telegram says")), *((e, e) for e in EDITIONS)])
    crc = forms.MultipleChoiceField(
        label=_("CRC variants accepted"), widget=forms.CheckboxSelectMultiple,
        choices=[(name, format_lazy("{} ({})", VARIANTS[Variant(name)], name)) for name in CRC_VARIANTS])
    plan = forms.CharField(label=_("factors expected"), max_length=2000, required=False,
                           help_text=_("Codes with blanks between; silence is watched by them."))

    def __init__(self, *args: Any, mn: str, reading: Reading, **more: Any) -> None:
        super().__init__(*args, label_suffix="", **more)
        self._mn, self._reading, self.box = mn, reading, ""
        self.fields[password.NAME] = password.control()
        self.entry: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Build the entry and check that it may be made."""
        cleaned = super().clean() or {}
        if (cleaned.get("lon") is None) != (cleaned.get("lat") is None):
            self.add_error("lat", _("Give both coordinates or none."))
        if self.errors:
            return cleaned
        plan = [factors.canonical(code) for code in cleaned["plan"].replace(",", " ").split()]
        data = {name: value for name, value in cleaned.items()
                if name not in ("id", "plan", password.NAME) and value not in ("", None)}
        if box := password.box_of(self, self._mn):
            self.box, data["password_check"] = box, stand_in(box)
        if self.errors:
            return cleaned
        try:
            self.entry = payload(EntryKind.SITE, cleaned["id"], {**data, "mn": self._mn, "plan": plan})
        except EntryError as error:
            self.add_error(error.field if error.field in self.fields else None, _("This cannot be entered so."))
            return cleaned
        self._check(parse_entry(self.entry).record)
        return cleaned

    @property
    def carried(self) -> str:
        """What carries a sealed password from the preview to the confirmation."""
        return password.carried(self._mn, self.box)

    def said(self) -> list[tuple[Any, str]]:
        """What was filled in, in words: label and value, empty ones left out."""
        out = []
        for field in (field for field in self if field.name != password.NAME):
            value = self.cleaned_data.get(field.name)
            words = dict(getattr(field.field, "choices", ()))
            shown = [str(words.get(one, one)) for one in (value if isinstance(value, list) else [value])]
            if value not in ("", None):
                out.append((field.label, " · ".join(shown)))
        return out

    def clean_id(self) -> str:
        """The id: no slash and no colon, for addresses are made of it."""
        name = str(self.cleaned_data["id"]).strip()
        if any(c in "/:" or ord(c) < 0x20 for c in name):
            raise forms.ValidationError(_("Leave out slashes and colons."))
        return name

    def _check(self, site: Any) -> None:
        registry, scope = self._reading.registry, self._reading.scope
        if site.id in registry.sites:
            self.add_error("id", _("There is a site of this id already; choose another."))
        known = registry.by_mn.get(self._mn)
        if known is not None and not known.registered_itself:
            self.add_error(None, _("This MN has been registered meanwhile."))
        if not any(Verb.ADMIT in right.verbs and right.covers(site, registry) for right in scope.rights):
            self.add_error("city_code", _("Your right to register does not cover such a site: see kind and city code."))


@dataclass(frozen=True)
class Waiting:
    """What a logger has sent that would be taken in: from leaf to before leaf of a quarantine ledger."""

    ledger: str
    from_leaf: int
    to_leaf: int
    count: int
    first_us: int
    last_us: int


def waiting(tails: dict[str, Tail], mn: str) -> list[Waiting]:
    """What lies in quarantine of an unknown logger, one line a ledger."""
    found = []
    for name, tail in sorted(tails.items()):
        own = [one for one in tail.refused if one.mn == mn and one.verdict is Verdict.UNKNOWN_MN]
        if own:
            found.append(Waiting(name, own[0].leaf, own[-1].leaf + 1, len(own), own[0].received_us,
                                 own[-1].received_us))
    return found


def newest(tails: dict[str, Tail], mn: str) -> Refused | None:
    """The newest frame of an unknown logger."""
    own = [one for tail in tails.values() for one in tail.refused
           if one.mn == mn and one.verdict is Verdict.UNKNOWN_MN]
    return max(own, key=lambda one: one.received_us, default=None)


def suggested(sample: Refused) -> tuple[dict[str, Any], Telegram]:
    """What the form begins with, from the newest frame of the logger; and that frame."""
    with opened_ledger(sample.ledger) as reader:
        frame = parse(reader.leaf(sample.leaf).data).payload
    assert isinstance(frame, FrameLeaf)
    telegram = decode(frame.masked)
    st = telegram.st or ""
    variant = NAMES.get(frame.crc_variant, "standard")
    edition = telegram.flag.version if telegram.flag and telegram.flag.version in EDITIONS else ""
    region = next((r for r in regions.all_regions().values() if r.code[:4] == sample.mn[:4]), None)
    return {
        "id": sample.mn, "name": "", "kind": str(KIND_OF_ST.get(st, SiteKind.UNKNOWN)), "st": st, "edition": edition,
        "crc": sorted({"standard", variant}), "origin": str(Origin.MEASURED),
        "coordinate_system": str(CoordinateSystem.UNKNOWN), "plan": " ".join(sorted(telegram.factors)),
        "city": region.name_zh if region else "", "city_code": region.code if region else "",
        "province": region.province_zh if region else "",
    }, telegram


def left(reading: Reading, tails: dict[str, Tail], mn: str) -> int:
    """How many telegrams of a registered logger lie in quarantine still, refused only because nobody knew it."""
    return sum(1 for name, tail in tails.items() for one in tail.refused
               if one.mn == mn and one.verdict is Verdict.UNKNOWN_MN and not admitted(reading, name, one.leaf, mn))


def enter(form: RegisterForm, mn: str, by: Any) -> list[Outbox]:
    """Record the site and the wish that what it has sent be taken in, all or none. Raises Conflict, EntryError."""
    together = mark()
    with transaction.atomic():
        rows = changing.apply([(form.entry, NEVER)], by, together=together, sealed=(form.box,))
        return [*rows, ask_admission(form.entry["id"], mn, by, together=together)]


def take_in(reading: Reading, mn: str, by: Any) -> Outbox:
    """Record the wish that what lies in quarantine still of a registered logger be taken in. Raises NoSuchThing where
    there is no such logger, or the person may not admit it.
    """
    site = reading.registry.by_mn.get(mn)
    if site is None or site.registered_itself or site.id not in reading.scope.sites(Verb.ADMIT):
        raise NoSuchThing(mn)
    with transaction.atomic():
        return ask_admission(site.id, mn, by)
