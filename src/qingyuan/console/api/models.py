"""Tokens of programs, and how often each was used."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import User

PREFIX = "qy_"
MINUTE_S = 60


class Token(models.Model):
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
    window = models.BigIntegerField(default=0, editable=False)       # minutes since 1970 of the count
    count = models.PositiveIntegerField(default=0, editable=False)

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

    def spend(self) -> bool:
        """Count one use; False if the quota of this minute is used up."""
        now = timezone.now()
        minute = int(now.timestamp()) // MINUTE_S
        same = Token.objects.filter(pk=self.pk, window=minute)
        if same.filter(count__lt=self.a_minute).update(count=F("count") + 1, used_at=now):
            return True
        if same.exists():
            return False
        return bool(Token.objects.filter(pk=self.pk).exclude(window=minute).update(window=minute, count=1, used_at=now)
                    or same.filter(count__lt=self.a_minute).update(count=F("count") + 1, used_at=now))


def digest(key: str) -> str:
    """SHA-256 of a key, hexadecimal; a key has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()
