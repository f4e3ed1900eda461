"""The end of everything a person is logged in with: sessions of browsers and tokens of programs."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.utils import timezone

from qingyuan.console.accounts.models import User


def end_access(person: User, keep: str = "") -> None:
    """End every session but the one with the key `keep`, and every token, for good: who has stolen one of them is out
    when the password changes, and an account that is opened again begins anew.
    """
    for session in UserSession.objects.filter(user=person).exclude(session_key=keep):
        session.end()
    person.tokens.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
