"""Texts that people write about people, rights and tokens: one line means what it looks like."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingyuan.registry.sound import TURNING


def plain(text: str) -> None:
    """Raise ValidationError for a sign that turns the direction of writing: what follows it reads otherwise."""
    if TURNING & set(text):
        raise forms.ValidationError(_("It holds a sign that turns the direction of writing. Take it out."))


class Plain(forms.CharField):
    """A text without such signs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(plain)
