"""Seals full segments beside the writer, one after the other, in a thread that dies with the process unharmed."""

from __future__ import annotations

import queue
import threading

from qingyuan.ledger.seal import seal_segment
from qingyuan.ledger.segment import Segment


class Sealer:
    """Takes full segments; the thread lives only while there are some."""

    def __init__(self, ledger: str, origin: str) -> None:
        self._ledger, self._origin = ledger, origin
        self._queue: queue.SimpleQueue[tuple[Segment, int] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.failed: list[Exception] = []       # the logs stay; `verify` names what is wrong with them

    def give(self, segment: Segment, count: int) -> None:
        """Queue a full segment of `count` leaves."""
        self._queue.put((segment, count))
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"seal-{self._ledger}", daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Wait until everything given is sealed."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                seal_segment(item[0], self._ledger, self._origin, item[1])
            except Exception as error:
                self.failed.append(error)
