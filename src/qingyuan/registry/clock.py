"""The data clock: which instant of data time an instant of our time stands for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qingyuan.registry.records import Replay


@dataclass(frozen=True)
class DataClock:
    """Replay profiles in the order of their real time; without one data time is our time.

    Before the first profile begins its own line is continued backwards, so the clock does not jump there.
    """

    profiles: tuple[Replay, ...] = ()

    @classmethod
    def of(cls, profiles: Iterable[Replay]) -> DataClock:
        """A clock that runs by the profiles; of two that begin at the same instant the later one counts."""
        by_start = {profile.real_us: profile for profile in profiles}
        return cls(tuple(by_start[at] for at in sorted(by_start)))

    def data_us(self, real_us: int) -> int:
        """Data time at an instant of our time (microseconds, rounded down)."""
        profile = self._at(real_us)
        if profile is None:
            return real_us
        speed = profile.speed
        return profile.data_us + (real_us - profile.real_us) * speed.numerator // speed.denominator

    def real_us(self, data_us: int) -> int:
        """First instant of our time at which data time has reached `data_us` to stay (rounded up)."""
        found: int | None = None
        for profile in reversed(self.profiles):
            steps = (data_us - profile.data_us) * profile.speed.denominator
            real = profile.real_us - (-steps // profile.speed.numerator)
            if found is not None and real >= found:
                return found
            if real > profile.real_us:
                return real
            found = profile.real_us if profile is not self.profiles[0] else real
        return data_us if found is None else found

    def _at(self, real_us: int) -> Replay | None:
        found = self.profiles[0] if self.profiles else None
        for profile in self.profiles:
            if profile.real_us <= real_us:
                found = profile
        return found
