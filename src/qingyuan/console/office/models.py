"""Changes made in the console, waiting for their leaf in the office ledger."""

from __future__ import annotations

import uuid

from django.db import models


class Outbox(models.Model):
    """One entry of the office ledger. It is written in the transaction of the change that it records."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    by = models.UUIDField(null=True)                     # pseudonym of the person
    at = models.DateTimeField(auto_now_add=True)
    leaf = models.BigIntegerField(null=True)             # number in the office ledger, once it stands there
    appended_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("leaf", "id")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def waiting(self) -> bool:
        """True until the ledger holds it."""
        return self.leaf is None and not self.refused


class Due(models.Model):
    """A time at which something was due, once."""

    name = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "at"), name="once"),)
