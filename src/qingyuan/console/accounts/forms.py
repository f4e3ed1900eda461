"""Forms of people, organisations, rights and leave."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts import bounds
from qingyuan.console.accounts.models import Organisation, OrganisationKind, User
from qingyuan.console.accounts.plain import Plain, plain
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role
from qingyuan.console.shell.words import word
from qingyuan.registry import Registry

LANGUAGES = [("", _("as the browser says")), ("zh-hans", "中文"), ("en", "English")]
FIRMS = (OrganisationKind.ENTERPRISE, OrganisationKind.OPERATOR, OrganisationKind.LABORATORY,
         OrganisationKind.INSPECTION)
LONGEST_REASON = 500
GIVEN = [role for role in Role if role is not Role.PUBLIC]


class Instant(forms.DateTimeField):
    """Day and minute of the office's own clock."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=self.input_formats, **kwargs)


class PersonForm(forms.Form):
    """A new person."""

    username = forms.CharField(label=_("user name"), max_length=150, validators=[UnicodeUsernameValidator()],
                               help_text=_("For the log-in: letters, digits and @ . + - _"),
                               widget=forms.TextInput(attrs={"autocomplete": "off"}))
    full_name = Plain(label=_("full name"), max_length=100)
    organisation = forms.ChoiceField(label=_("organisation"), required=False)
    language = forms.ChoiceField(label=_("language"), required=False, choices=LANGUAGES)

    def __init__(self, *args: Any, registry: Registry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._registry = registry
        known = {row.id: bounds.named(row) for row in registry.organisations.values()}
        known |= {row.id: bounds.named(row) for row in Organisation.objects.all()}
        self.fields["organisation"].choices = [("", "–"), *sorted(known.items(), key=lambda pair: pair[1])]

    def clean_username(self) -> str:
        """A user name nobody has, whatever the case of its letters."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("Somebody has this user name already."))
        return name

    def organisation_row(self) -> Organisation | None:
        """The organisation chosen; one that only the registry has gets its row here."""
        key = self.cleaned_data["organisation"]
        if not key:
            return None
        stated = self._registry.organisations.get(key)
        if stated is None:
            return Organisation.objects.get(pk=key)
        kind = stated.kind if stated.kind in OrganisationKind.values else OrganisationKind.AUTHORITY
        return Organisation.objects.get_or_create(pk=key, defaults={
            "name": stated.name, "name_en": stated.name_en, "kind": kind})[0]


class OrganisationForm(forms.ModelForm):
    """A new organisation."""

    class Meta:
        model = Organisation
        fields = ("id", "name", "name_en", "kind")

    def __init__(self, *args: Any, registry: Registry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = registry.organisations
        for name in ("id", "name", "name_en"):
            self.fields[name].validators.append(plain)
        self.fields["id"].help_text = _("Short and lasting, for example the unified social credit code.")

    def clean_id(self) -> str:
        """An id that neither the console nor the registry has."""
        key: str = self.cleaned_data["id"].strip()
        if "/" in key or key.startswith("city:"):
            raise forms.ValidationError(_("An id holds no slash and does not begin with city:."))
        if key in self._taken:
            raise forms.ValidationError(_("An organisation with this id exists already."))
        return key


class GrantForm(forms.Form):
    """A role within bounds."""

    role = forms.ChoiceField(label=_("role"), choices=[("", "–"), *((role.value, ROLE_WORDS[role]) for role in GIVEN)])
    territory = forms.ChoiceField(label=_("territory"), required=False)
    line = forms.ChoiceField(label=_("line"), required=False)
    subject = forms.CharField(label=_("organisation or site"), required=False, max_length=200,
                              widget=forms.TextInput(attrs={"list": "subjects", "autocomplete": "off"}),
                              help_text=_("Its id; empty: all within territory and line."))
    valid_from = Instant(label=_("from"), required=False, help_text=_("Empty: from now on."))
    valid_to = Instant(label=_("until"), required=False, help_text=_("Empty: until it is revoked."))
    reason = Plain(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, registry: Registry, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects = bounds.subjects(registry)
        self.fields["territory"].choices = [("", bounds.EVERYWHERE), *bounds.territories(registry)]
        self.fields["line"].choices = [("", _("every line")), *((kind.value, word(kind)) for kind in bounds.LINES)]

    def clean_subject(self) -> str:
        """The id of an organisation or site that is known."""
        key: str = self.cleaned_data["subject"].strip()
        if key and key not in self.subjects:
            raise forms.ValidationError(_("No organisation and no site has this id."))
        return key

    def given(self) -> dict[str, Any]:
        """What `changes.give` takes beside the role."""
        return {name: self.cleaned_data[name] for name in
                ("territory", "line", "subject", "reason", "valid_from", "valid_to")}


class ReasonForm(forms.Form):
    """Why a right is taken back."""

    reason = Plain(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))


def deputies(person: User) -> QuerySet[User]:
    """People who may be asked to stand in: within a firm its own people, else those who belong to no firm."""
    others = User.objects.filter(is_active=True).exclude(pk=person.pk).select_related("organisation")
    firm = person.organisation is not None and person.organisation.kind in FIRMS
    if firm or person.grants.filter(role__in=(Role.ENTERPRISE, Role.OPERATOR, Role.AGENCY)).exists():
        return others.filter(organisation=person.organisation) if person.organisation else others.none()
    return others.filter(Q(organisation__isnull=True) | ~Q(organisation__kind__in=FIRMS))


class LeaveForm(forms.Form):
    """Who stands in, how long, and why."""

    deputy = forms.ModelChoiceField(label=_("deputy"), queryset=User.objects.none(), to_field_name="username")
    valid_from = Instant(label=_("from"), required=False, help_text=_("Empty: from now on."))
    valid_to = Instant(label=_("until"))
    reason = Plain(label=_("reason"), max_length=LONGEST_REASON)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = deputies(person).order_by("full_name", "username")
