"""Instants as people type them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import typer

from qingyuan.cli.i18n import _

CST = timezone(timedelta(hours=8))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017  (one spelling for both zones here)


def instant_us(text: str) -> int:
    """Microseconds since 1970 UTC; a text without a zone is local time (+08:00)."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        what = _("'{text}' is no time; write for example 2020-04-01T14:00").format(text=text)
        raise typer.BadParameter(what) from None
    if when.tzinfo is None:
        when = when.replace(tzinfo=CST)
    return (when - EPOCH) // timedelta(microseconds=1)
