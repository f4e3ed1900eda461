"""Many loggers in one process: each connects, sends in time, waits for the answer, sends again if none comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from qingyuan.gateway.simulator.provision import pace
from qingyuan.gateway.simulator.source import Source
from qingyuan.gateway.simulator.telegrams import Telegram, telegrams
from qingyuan.hj212 import RawFrame, StreamReader, decode

TIMEOUT_S, RETRIES = 10.0, 3         # HJ 212-2017 table 1, for mobile networks
PROGRESS_S, PAUSE_S = 0.2, 0.05


@dataclass
class Report:
    """What a fleet did."""

    sent: int = 0
    acknowledged: int = 0
    resent: int = 0
    given_up: int = 0
    worst_s: float = 0.0
    errors: list[str] = field(default_factory=list)


class Logger:
    """One logger with one connection."""

    def __init__(self, host: str, port: int, report: Report) -> None:
        self._where, self._report = (host, port), report
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._reader = StreamReader()

    async def send(self, telegram: Telegram) -> bool:
        """Send a telegram until it is answered or given up; True if it was answered or no answer is awaited."""
        asked = decode(telegram.frame)
        for attempt in range(1 + RETRIES):
            begun = time.monotonic()
            try:
                streams = self._streams or await self._connect()
                await self._write(streams[1], telegram)
                self._report.sent += not attempt
                self._report.resent += bool(attempt)
                if not telegram.answered:
                    return True
                await asyncio.wait_for(self._answer(streams[0], asked.qn, asked.mn), TIMEOUT_S)
            except (OSError, TimeoutError, EOFError) as error:
                self.close()
                if attempt == RETRIES:
                    self._report.errors.append(f"{type(error).__name__}: {error}")
                    break
                await asyncio.sleep(0.2 * 2**attempt)
                continue
            self._report.acknowledged += 1
            self._report.worst_s = max(self._report.worst_s, time.monotonic() - begun)
            return True
        self._report.given_up += 1
        return False

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._streams = await asyncio.open_connection(*self._where)
        self._reader = StreamReader()
        return self._streams

    @staticmethod
    async def _write(stream: asyncio.StreamWriter, telegram: Telegram) -> None:
        half = len(telegram.frame) // 2 if telegram.halves else len(telegram.frame)
        stream.write(telegram.frame[:half])
        await stream.drain()
        if telegram.halves:
            await asyncio.sleep(PAUSE_S)
            stream.write(telegram.frame[half:])

    async def _answer(self, stream: asyncio.StreamReader, qn: str | None, mn: str | None) -> None:
        while True:
            data = await stream.read(4096)
            if not data:
                raise EOFError("the platform closed the connection")
            for item in self._reader.feed(data):
                if isinstance(item, RawFrame):
                    answer = decode(item.raw)
                    if answer.cn in ("9013", "9014") and (answer.qn, answer.mn) == (qn, mn):
                        return

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def send_all(host: str, port: int, frames: Iterable[Telegram], due_s: Callable[[Telegram], float],
                   progress: Callable[[int], None] | None = None) -> Report:
    """Send telegrams in order, each logger's own one after the other; `due_s` gives the wall clock of each.

    An error that `progress` raises ends the fleet and is raised here.
    """
    report = Report()
    queues: dict[str, asyncio.Queue[Telegram | None]] = {}

    async def serve(queue: asyncio.Queue[Telegram | None]) -> None:
        logger = Logger(host, port, report)
        while (telegram := await queue.get()) is not None:
            await logger.send(telegram)
        logger.close()

    async def tell() -> None:
        while progress is not None:
            progress(report.acknowledged)
            await asyncio.sleep(PROGRESS_S)

    teller = asyncio.create_task(tell())
    tasks = []
    for telegram in frames:
        wait = due_s(telegram) - time.time()
        if wait > 0:
            await asyncio.sleep(wait)
        elif report.sent % 64 == 0:
            await asyncio.sleep(0)
        if teller.done() and teller.exception() is not None:
            break
        queue = queues.get(telegram.mn)
        if queue is None:
            queue = queues[telegram.mn] = asyncio.Queue()
            tasks.append(asyncio.create_task(serve(queue)))
        queue.put_nowait(telegram)
    for queue in queues.values():
        queue.put_nowait(None)
    sending = asyncio.gather(*tasks)
    both: list[asyncio.Future[Any]] = [sending, teller]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED if progress else asyncio.ALL_COMPLETED)
    if not sending.done():
        sending.cancel()
    teller.cancel()
    ended = await asyncio.gather(sending, teller, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error
    if progress is not None:
        progress(report.acknowledged)
    return report


def replay(host: str, port: int, source: Source, *also: Source, real_us: int, speed: float, seed: int = 1,
           then: tuple[int, float] | None = None, progress: Callable[[int], None] | None = None) -> Report:
    """Replay a source, and others with it, at its `pace`."""
    clock = pace(source, real_us, speed, then)

    def due_s(telegram: Telegram) -> float:
        return clock.real_us(telegram.send_at_us) / 1e6

    return asyncio.run(send_all(host, port, telegrams(source, *also, seed=seed), due_s, progress))
