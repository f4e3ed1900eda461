"""What the registry's forms keep: which leaf a change rests on, and files that wait to be confirmed."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from qingyuan.console.office.models import Outbox

KEPT = timedelta(hours=24)


class Change(models.Model):
    """A change of an entry, with the leaf it rests on: of two made from the same one the second is refused.

    `kind` is a kind of entry and `name` its id, or "mn" and the number of a logger that a site names.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    base = models.BigIntegerField()                      # leaf of the office ledger; -1: there was none
    row = models.ForeignKey(Outbox, models.CASCADE, related_name="registry_changes")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "name", "base"), name="one_change_a_leaf"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.base}"


def _ends() -> object:
    return timezone.now() + KEPT


class ImportDraft(models.Model):
    """A checked file that waits for its confirmation: exactly these payloads are recorded, nothing is read again."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField()                            # one a row of the file, see importing.check
    faults = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(default=_ends)
    applied = models.DateTimeField(null=True)
    last = models.ForeignKey(Outbox, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.file
