"""Tokens of programs, and how often each was used.

Two quotas hold over every minute: that of the token, and one of the person for all tokens together, so that nobody asks
more by making more of them.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import User

PREFIX = "qy_"
MINUTE_S = 60
MOST_A_MINUTE = 600              # of one token, and of all tokens of a person together


class Counted(models.Model):
    """Something that may be used so many times in a minute."""

    window = models.BigIntegerField(default=0, editable=False)       # minutes since 1970 of the count
    count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def spend(self, limit: int) -> bool:
        """Count one use; False if `limit` uses of this minute are used up. Two at once are two uses."""
        minute = int(timezone.now().timestamp()) // MINUTE_S
        mine = type(self)._default_manager.filter(pk=self.pk)
        same = mine.filter(window=minute)
        if same.filter(count__lt=limit).update(count=F("count") + 1):
            return True
        if same.exists():
            return False
        return bool(mine.exclude(window=minute).update(window=minute, count=1)
                    or same.filter(count__lt=limit).update(count=F("count") + 1))


class Spent(Counted):
    """What all tokens of a person together have used of this minute."""

    owner = models.OneToOneField(User, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.owner} {self.count}"


class Quota(StrEnum):
    """Whose quota is used up."""

    KEY = "key"
    PERSON = "person"


class Token(Counted):
    """A program's key to what its owner may read, or to a part of it. Only a digest of the key is kept."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False)
    sites = models.JSONField(_("only these sites"), default=list, blank=True)
    verbs = models.JSONField(_("only these rights"), default=list, blank=True)
    a_minute = models.PositiveIntegerField(_("requests a minute"), default=60)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def make(cls, owner: User, name: str, expires_at: Any, **more: Any) -> tuple[Token, str]:
        """A new token and its key, which is shown once."""
        key = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(owner=owner, name=name, expires_at=expires_at, digest=digest(key),
                                  hint=key[:len(PREFIX) + 4], **more), key

    @classmethod
    def find(cls, key: str) -> Token | None:
        """The token of a key that may be used now."""
        now = timezone.now()
        found = cls.objects.select_related("owner").filter(digest=digest(key)).first()
        if found is None or found.revoked_at is not None or found.expires_at <= now:
            return None
        return found if found.owner.is_active and not found.owner.must_change_password else None

    def use(self) -> Quota | None:
        """Count one use; the quota that forbids it, or None."""
        if not self.spend(self.a_minute):
            return Quota.KEY
        if not Spent.objects.get_or_create(owner=self.owner)[0].spend(MOST_A_MINUTE):
            return Quota.PERSON
        Token.objects.filter(pk=self.pk).update(used_at=timezone.now())
        return None


def digest(key: str) -> str:
    """SHA-256 of a key, hexadecimal; a key has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
