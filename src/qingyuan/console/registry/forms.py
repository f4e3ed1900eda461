"""The form of an entry: fields by kind of entry, checked by the registry itself."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from qingyuan.console.office import password
from qingyuan.console.office.sealing import stand_in
from qingyuan.console.registry.faults import sentence
from qingyuan.console.registry.fieldset import ENVELOPE, FIELDS, HIDDEN, Field, Form
from qingyuan.console.registry.known import Version
from qingyuan.console.shell.page import BadInstant, instant_us
from qingyuan.numerics.time import CST_OFFSET_S, iso_local
from qingyuan.registry import EntryError, EntryKind, payload

CST = timezone(timedelta(seconds=CST_OFFSET_S))
SEPARATORS = re.compile(r"[\n,，、;；|]+")
ROWS = 4


class BadTable(ValueError):
    """A line of a table is not `name=value`."""


class BadShape(ValueError):
    """An outline is no JSON."""


def _control(field: Field) -> forms.Field:
    """The control of a field."""
    common: dict[str, Any] = {"label": field.words, "required": field.must, "help_text": field.help}
    box = {"class": "form-control"}
    if field.form is Form.CHOICE:
        choices = list(field.choices)
        if not field.must and field.default is None and "" not in dict(choices):
            choices = [("", "–"), *choices]
        return forms.ChoiceField(choices=choices, widget=forms.Select({"class": "form-select"}), **common)
    if field.form is Form.CHOICES:
        return forms.MultipleChoiceField(choices=field.choices, widget=forms.CheckboxSelectMultiple(), **common)
    if field.form is Form.TRUTH:
        return forms.BooleanField(widget=forms.CheckboxInput({"class": "form-check-input"}), **common)
    if field.form is Form.WHOLE:
        return forms.IntegerField(widget=forms.NumberInput(box), **common)
    if field.form in (Form.LIST, Form.TABLE, Form.SHAPE):
        return forms.CharField(widget=forms.Textarea(box | {"rows": ROWS}), **common)
    return forms.CharField(widget=forms.TextInput(box), max_length=500, **common)


def written(field: Field, value: Any) -> Any:
    """A value of an entry as it stands in its control."""
    if value is None:
        return field.default if field.default is not None else [] if field.form is Form.CHOICES else ""
    if field.form is Form.LIST:
        return "\n".join(value)
    if field.form is Form.TABLE:
        return "\n".join(f"{key}={value[key]}" for key in sorted(value))
    if field.form is Form.SHAPE:
        return json.dumps(value)
    return value


def read(field: Field, value: Any) -> Any:
    """What a control holds as a value of an entry; None where it is left out. Raises ValueError."""
    if field.form is Form.TRUTH:
        return bool(value)
    if value in (None, "", [], ()):
        return None
    if field.form is Form.LIST:
        return [part.strip() for part in SEPARATORS.split(value) if part.strip()]
    if field.form is Form.TABLE:
        pairs = [part.split("=", 1) for part in SEPARATORS.split(value) if part.strip()]
        if any(len(pair) != 2 or not pair[0].strip() or not pair[1].strip() for pair in pairs):
            raise BadTable
        return {key.strip(): text.strip() for key, text in pairs}
    if field.form is Form.SHAPE:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise BadShape from None
    if field.form is Form.DECIMAL:
        return float(value)
    return value.strip() if isinstance(value, str) else value


def local_text(us: int | None) -> str:
    """An instant as the form writes it, local time (+08:00); seconds only where there are any."""
    if us is None:
        return ""
    text = iso_local(us).partition("+")[0]
    return text.removesuffix(":00") if text.count(":") == 2 else text


class EntryForm(forms.Form):
    """One entry. After `is_valid` the checked payload is in `payload`."""

    def __init__(self, kind: EntryKind, base: Version | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.base = kind, base
        self.payload: dict[str, Any] = {}
        if base is None:
            self.fields["id"] = _control(ENVELOPE[0])
        for field in FIELDS[kind]:
            self.fields[field.name] = _control(field)
            self.initial.setdefault(field.name, written(field, base.data.get(field.name) if base else None))
        self.box = self._for_mn = ""          # password of the logger, sealed, and the MN it is sealed for
        if kind is EntryKind.SITE:
            self.fields[password.NAME] = password.control()
        for instant in ENVELOPE[1:]:
            self.fields[instant.name] = forms.CharField(
                label=instant.words, required=False, widget=forms.DateTimeInput(
                    {"class": "form-control", "type": "datetime-local", "step": "1"}))

    @property
    def name(self) -> str:
        """Number of the entry."""
        return self.base.entry.id if self.base else str(self.cleaned_data.get("id", "")).strip()

    def clean(self) -> dict[str, Any]:
        """Read the controls and let the registry check the entry."""
        found = super().clean() or {}
        data: dict[str, Any] = {}
        for field in FIELDS[self.kind]:
            if field.name not in found:
                continue
            try:
                value = read(field, found[field.name])
            except BadTable:
                self.add_error(field.name, _("write one a line, as a34004=ug/m3"))
            except BadShape:
                self.add_error(field.name, _("write a polygon in GeoJSON"))
            except ValueError:
                self.add_error(field.name, _("{value} is not a number").format(value=found[field.name]))
            else:
                if value is not None:
                    data[field.name] = value
        self._keep_secret(data)
        if self.kind is EntryKind.SITE:
            self._for_mn = str(data.get("mn", ""))
            if box := password.box_of(self, self._for_mn):
                self.box, data["password_check"] = box, stand_in(box)
        instants = [self._instant(found, field) for field in ("valid_from", "valid_to")]
        if not self.errors:
            try:
                self.payload = payload(self.kind, self.name, data, valid_from_us=instants[0], valid_to_us=instants[1])
            except EntryError as error:
                where = error.field.removesuffix("_us")
                self.add_error(where if where in self.fields else None, sentence(error))
        return found

    @property
    def carried(self) -> str:
        """What carries a sealed password from the preview to the confirmation."""
        return password.carried(self._for_mn, self.box)

    @property
    def secret_lost(self) -> bool:
        """True if the logger's password falls away because another MN was written."""
        return bool(self.base and any(self.base.data.get(name) for name in HIDDEN)
                    and not any(self.payload["data"].get(name) for name in HIDDEN))

    def _keep_secret(self, data: dict[str, Any]) -> None:
        """The password of a logger stays as long as its MN does: its keyed hash is made from both."""
        if self.base and data.get("mn") == self.base.data.get("mn"):
            data.update({name: self.base.data[name] for name in HIDDEN if self.base.data.get(name)})

    def _instant(self, found: dict[str, Any], field: str) -> int | None:
        text = str(found.get(field) or "")
        if not text:
            return None
        try:
            return instant_us(text)
        except BadInstant:
            self.add_error(field, _("{value} is no time").format(value=text))
            return None


def kept(payload: dict[str, Any]) -> str:
    """A checked payload as a hidden field carries it from the preview to the confirmation."""
    return json.dumps(payload, ensure_ascii=False, sort_keys=True)
