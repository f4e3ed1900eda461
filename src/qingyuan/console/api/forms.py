"""The form of a new token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.plain import Plain
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import VERB_WORDS, Verb
from qingyuan.console.api.models import MOST_A_MINUTE

DAYS, MOST_DAYS = 90, 366
USEFUL = (Verb.READ_FIGURES, Verb.READ_TELEGRAMS, Verb.READ_FLAGS, Verb.EXPORT)


class TokenForm(forms.Form):
    """Name, bounds and life of a token; it never allows more than its owner may do."""

    name = Plain(label=_("what it is for"), max_length=100)
    days = forms.IntegerField(label=_("valid for days"), min_value=1, max_value=MOST_DAYS, initial=DAYS)
    a_minute = forms.IntegerField(label=_("requests a minute"), min_value=1, max_value=MOST_A_MINUTE, initial=60,
                                  help_text=_("All your tokens together have 600 a minute."))
    sites = forms.CharField(label=_("only these sites"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
                            help_text=_("ids with spaces between; empty: all that you may read"))
    verbs = forms.MultipleChoiceField(label=_("only these rights"), required=False,
                                      widget=forms.CheckboxSelectMultiple,
                                      help_text=_("none chosen: all that you have"))

    def __init__(self, scope: Scope, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._scope = scope
        self.fields["verbs"].choices = [(v.value, VERB_WORDS[v]) for v in USEFUL if scope.may(v)]

    def clean_sites(self) -> list[str]:
        """The ids; each must be a site the owner may read."""
        wanted = self.cleaned_data["sites"].split()
        unknown = [name for name in wanted if not self._scope.allows(Verb.READ_FIGURES, name)]
        if unknown:
            raise forms.ValidationError(_("You may read no site of this id: %(name)s"), params={"name": unknown[0]})
        return wanted

    def expires(self) -> Any:
        """When the token ends."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
