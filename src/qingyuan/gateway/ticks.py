"""When a tick leaf is due: at every multiple of the tick since 1970, once each, the missed ones not afterwards."""

from __future__ import annotations


class Ticks:
    """The next boundary, for a tick length that the registry may change."""

    def __init__(self, now_us: int, tick_us: int) -> None:
        self._tick_us = tick_us
        self.next_us = now_us // tick_us * tick_us + tick_us

    def set_length(self, now_us: int, tick_us: int) -> None:
        """Go by another tick length from the next boundary on."""
        if tick_us != self._tick_us:
            self._tick_us = tick_us
            self.next_us = now_us // tick_us * tick_us + tick_us

    def due(self, now_us: int) -> int | None:
        """The newest boundary that has passed since the last call, or None. Strictly passed: the leaf's own receive
        time lies behind the boundary.
        """
        if now_us <= self.next_us:
            return None
        boundary = (now_us - 1) // self._tick_us * self._tick_us
        self.next_us = boundary + self._tick_us
        return boundary
