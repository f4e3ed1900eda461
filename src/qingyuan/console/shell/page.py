"""What a request asks for beside its path: who asks, and as of which instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any

from qingyuan.console import home
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role
from qingyuan.console.reading import Reading, scope_of
from qingyuan.numerics.time import CST_OFFSET_S, micros, moment
from qingyuan.registry import Replay

LOCAL = timezone(timedelta(seconds=CST_OFFSET_S))


class BadInstant(ValueError):
    """The text of `as_of` is no instant."""


def instant_us(text: str) -> int:
    """UTC microseconds of an ISO text; without a zone it is local (+08:00).

    Raises BadInstant, also for an instant that has no day in UTC and at +08:00 both.
    """
    try:
        when = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
        us = micros(when if when.tzinfo else when.replace(tzinfo=LOCAL))
        moment(us), moment(us, CST_OFFSET_S)
    except (ValueError, OverflowError):
        raise BadInstant(text) from None
    return us


def instant_text(us: int) -> str:
    """ISO text of an instant at +08:00, as addresses have it: to the microsecond where it is not a whole second."""
    return moment(us, CST_OFFSET_S).isoformat()


def field_text(us: int) -> str:
    """Local date and time as a field of a form holds it: three digits behind the second, what is finer cut off."""
    return moment(us - us % 1000, CST_OFFSET_S).isoformat(timespec="milliseconds")[:23]


def asked_us(query: Mapping[str, str], name: str) -> int | None:
    """The instant of a field, None where it is empty. A field cannot hold microseconds: while it still shows the
    instant that stands beside it as `NAME_exact`, that one is meant. Raises BadInstant.
    """
    text = query.get(name, "")
    if not text:
        return None
    us = instant_us(text)
    if exact := query.get(f"{name}_exact", ""):
        exact_us = instant_us(exact)
        return exact_us if exact_us - exact_us % 1000 == us else us
    return us


class Page:
    """Hangs on the request as `request.page`; everything in it is worked out when first asked for."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self.problem = ""
        self.as_of_us: int | None = None
        try:
            self.as_of_us = asked_us(request.GET, "as_of")
        except BadInstant as error:
            self.problem = str(error)

    @cached_property
    def scope(self) -> Scope:
        """The rights of the person who asks, or of the public."""
        user = self._request.user
        return scope_of(user.rights() if user.is_authenticated else ())

    @cached_property
    def reading(self) -> Reading:
        """The door to the data."""
        return Reading(self.scope, self.as_of_us)

    @property
    def roles(self) -> list[Any]:
        """Words of the roles held, the person's own before those lent to them; that of the public where there is none.
        """
        rights = sorted(self.scope.rights, key=lambda right: bool(right.via))
        held = dict.fromkeys(right.role for right in rights if right.role is not Role.PUBLIC)
        return [ROLE_WORDS[role] for role in held or (Role.PUBLIC,)]

    @property
    def as_of(self) -> str:
        """The instant as it stands in addresses; empty for now."""
        return "" if self.as_of_us is None else instant_text(self.as_of_us)

    @property
    def as_of_field(self) -> str:
        """The instant as its field holds it; empty for now."""
        return "" if self.as_of_us is None else field_text(self.as_of_us)

    @property
    def replay(self) -> Replay | None:
        """The replay profile at the instant."""
        return self.reading.registry.replay

    @property
    def data_now_us(self) -> int:
        """Data time shown."""
        return self.reading.data_now_us

    @property
    def speed(self) -> str:
        """How many times real time the replay runs."""
        return f"{float(self.replay.speed):g}" if self.replay else ""

    def at(self, as_of_us: int | None) -> Reading:
        """The same person's reading as of another instant."""
        return Reading(self.scope, as_of_us)

    @property
    def ready(self) -> bool:
        """False where no home is set."""
        try:
            home.home()
        except Exception:
            return False
        return True
