"""What follows a log-in and a changed password."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from qingyuan.console.accounts.ending import end_access


@receiver(user_logged_in)
def own_language(request: Any, user: Any, **_rest: Any) -> None:
    """The language a person chose goes with them to every browser."""
    if getattr(user, "language", "") and request is not None:
        request.language_at_login = user.language


@receiver(password_changed)
def own_password(request: Any, user: Any, **_rest: Any) -> None:
    """A password that the person chose need not be changed; what was logged in with the old one is out, but here."""
    end_access(user, keep=request.session.session_key or "")
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=("must_change_password",))
