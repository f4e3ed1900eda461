"""Accounts: people, their organisations, what they were granted, who stands in for them, which files they read."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    AUTHORITY = "authority", _("authority")
    CENTRE = "centre", _("monitoring centre")
    STATION = "station", _("county station")
    ENTERPRISE = "enterprise", _("enterprise")
    PARK = "park", _("park administration")
    OPERATOR = "operator", _("operator")
    LABORATORY = "laboratory", _("laboratory")
    INSPECTION = "inspection", _("vehicle-inspection agency")


class Organisation(models.Model):
    """An organisation people belong to; the same id stands in the registry."""

    id = models.CharField(_("id"), max_length=100, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A person. `pseudonym` is the only thing of a person that ever goes into a ledger."""

    pseudonym = models.UUIDField(_("pseudonym"), default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people",
                                     verbose_name=_("organisation"))
    full_name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    must_change_password = models.BooleanField(_("must change the password"), default=False)

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.full_name or self.username

    def rights(self, at: Any = None) -> tuple[Right, ...]:
        """Rights in force at an instant (default: now), those of people this one stands in for included."""
        at = at or timezone.now()
        absent = self.standing_in.in_force(at).filter(principal__is_active=True).values("principal")
        found = Grant.objects.in_force(at).filter(Q(holder=self) | Q(holder__in=absent)).select_related("holder")
        return tuple(grant.right("" if grant.holder_id == self.pk else str(grant.holder.pseudonym))
                     for grant in found if grant.holder_id == self.pk or grant.delegable)


class InForce(models.QuerySet):
    """Rows that hold over an interval and can be taken back."""

    def in_force(self, at: Any) -> InForce:
        """Those in force at an instant."""
        return self.filter(Q(valid_from__lte=at), Q(valid_to__isnull=True) | Q(valid_to__gt=at),
                           Q(revoked_at__isnull=True) | Q(revoked_at__gt=at))

    def overlapping(self, begin: Any, end: Any = None) -> InForce:
        """Those in force at some instant of [begin, end); None: for ever."""
        found = self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=begin),
                            Q(revoked_at__isnull=True) | Q(revoked_at__gt=begin))
        return found if end is None else found.filter(valid_from__lt=end)


class State(StrEnum):
    """How a right stands at an instant."""

    IN_FORCE = "in-force"
    TO_COME = "to-come"
    ENDED = "ended"
    REVOKED = "revoked"

    @property
    def label(self) -> Any:
        """The state in the reader's language."""
        return STATE_WORDS[self]


STATE_WORDS = {State.IN_FORCE: _("in force"), State.TO_COME: _("to come"), State.ENDED: _("ended"),
               State.REVOKED: _("revoked")}


class Timed(models.Model):
    """What holds over an interval and can be taken back."""

    class Meta:
        abstract = True

    def state(self, at: Any) -> State:
        """How it stands at an instant."""
        if self.revoked_at is not None and self.revoked_at <= at:
            return State.REVOKED
        if self.valid_from > at:
            return State.TO_COME
        return State.ENDED if self.valid_to is not None and self.valid_to <= at else State.IN_FORCE


class Grant(Timed):
    """A role given to a person within a territory, a line and a subject."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    holder = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("holder"))
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, w) for r, w in ROLE_WORDS.items()
                                                               if r is not Role.PUBLIC])
    territory = models.CharField(_("territory"), max_length=100, blank=True)
    line = models.CharField(_("line"), max_length=20, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    valid_from = models.DateTimeField(_("from"), default=timezone.now)
    valid_to = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("granted by"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    revoke_reason = models.CharField(_("reason"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = InForce.as_manager()

    class Meta:
        ordering = ("holder", "role", "valid_from")
        indexes = (models.Index(fields=("holder", "valid_from")),)

    def __str__(self) -> str:
        return f"{self.holder} {self.role}"

    @property
    def delegable(self) -> bool:
        """The right to grant rights is never lent."""
        return self.role != Role.ADMINISTRATOR

    def right(self, via: str = "") -> Right:
        """The grant as a right."""
        return Right(Role(self.role), self.territory, self.line, self.subject, via)


class Delegation(Timed):
    """Someone stands in for a person on leave, with that person's rights, for a time."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    principal = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name=_("on leave"))
    deputy = models.ForeignKey(User, models.PROTECT, related_name="standing_in", verbose_name=_("deputy"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    valid_from = models.DateTimeField(_("from"), default=timezone.now)
    valid_to = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = InForce.as_manager()

    class Meta:
        ordering = ("-valid_from",)

    def __str__(self) -> str:
        return f"{self.deputy} / {self.principal}"


class DossierRead(models.Model):
    """Someone read the file of an enterprise."""

    reader = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("reader"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    site = models.CharField(_("site"), max_length=200)
    address = models.CharField(_("page"), max_length=500)

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("site", "at")),)
