"""Verifications of the ledgers that people started here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

LOST_AFTER = timedelta(hours=6)


class Runs(models.QuerySet):
    """Verifications."""

    def known(self, as_of: datetime | None) -> Runs:
        """Those that had ended by an instant; None: all there are."""
        return self if as_of is None else self.filter(finished_at__lte=as_of)


class VerifyRun(models.Model):
    """One verification of everything: who started it, when, and what it found, ledger by ledger.

    lines: one object a ledger (name, leaves, signed, witnessed, dropped, opened, live, problems, not_checked).
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list)
    others: Any = models.JSONField(default=list)             # problems of no ledger
    not_checked = models.JSONField(default=list)
    total = models.PositiveIntegerField(default=0)           # ledgers to check
    failed = models.CharField(max_length=500, blank=True)    # why it could not be ended

    objects = Runs.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"verification {self.pk}"

    @property
    def running(self) -> bool:
        """True until it ended; one whose worker was lost counts as ended after six hours."""
        return self.finished_at is None and timezone.now() - self.asked_at < LOST_AFTER

    @property
    def problems(self) -> int:
        """How many problems were found."""
        return sum(len(line["problems"]) for line in self.lines) + len(self.others)

    @property
    def unchecked(self) -> int:
        """How many things could not be checked."""
        return sum(len(line["not_checked"]) for line in self.lines) + len(self.not_checked)
