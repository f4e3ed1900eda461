"""The instant a page of people is seen at, and what was known of rights by then."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from qingyuan.console.accounts.models import InForce
from qingyuan.numerics.time import moment


def instant(request: Any) -> datetime:
    """The instant in the address, or now; our time."""
    us = request.page.as_of_us
    return timezone.now() if us is None else moment(us)


def known(rows: Any, at: datetime) -> InForce:
    """Grants or delegations that had been made by then."""
    found: InForce = rows.filter(Q(made_at__lte=at))
    return found
