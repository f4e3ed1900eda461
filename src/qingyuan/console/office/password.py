"""The password of a logger in a form: sealed while the form is checked, carried on sealed, never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qingyuan.console import home
from qingyuan.console.office.sealing import NoBoxKey, is_box, seal

NAME, CARRIED = "password", "sealed"          # the control, and the hidden field that carries "MN:box" on


def control() -> forms.CharField:
    """The control; it is empty each time it is shown."""
    return forms.CharField(
        label=_("password of the logger"), required=False, max_length=64, strip=False,
        widget=forms.PasswordInput({"class": "form-control", "autocomplete": "new-password"}),
        help_text=_("As the logger sends it. It is sealed at once and opened only where the keyring is; the ledger "
                    "keeps a keyed hash. Empty: the password stays as it is."))


def box_of(form: forms.Form, mn: str) -> str:
    """The sealed password a form gives for an MN, empty where it gives none; what is wrong is added to the form."""
    password = str(form.data.get(NAME, ""))
    if password:
        try:
            return seal(home.home(), mn, password)
        except NoBoxKey:
            form.add_error(NAME, _("No password can be taken now: the worker has not run here since it can open "
                                   "them. Start it by: qingyuan serve --home DIR."))
        except ValueError:
            form.add_error(NAME, _("Write 1 to 64 visible characters of ASCII, without ; and &."))
        return ""
    carried, _colon, box = str(form.data.get(CARRIED, "")).partition(":")
    if not box:
        return ""
    if carried != mn or not is_box(box):
        form.add_error(NAME, _("The MN was changed after the password was given; give it anew."))
        return ""
    return box


def carried(mn: Any, box: str) -> str:
    """What the hidden field carries on."""
    return f"{mn}:{box}" if box else ""
