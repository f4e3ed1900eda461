"""The sockets of the gateway: connections only collect bytes, one batch at a time goes to the ledger's thread.

Answers are written in the loop, after the batch is durable, all of one connection in one write. A connection that
is in a batch is not queued twice, so frames keep their order.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from qingyuan.gateway.committer import Committer, now_us
from qingyuan.gateway.inbox import Parcel, Peer
from qingyuan.ledger import LedgerError
from qingyuan.ledger.files import named

BATCH, GATHER_S, FEW, IDLE_ROUND_S, STATUS_S = 2000, 0.002, 200, 0.05, 1.0
PAUSE_BYTES, UNREAD_BYTES = 262_144, 1_048_576


class Connection(asyncio.Protocol):
    """One logger's connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.transport: Any = None
        self.peer = Peer("", 0, 0)
        self.pending: list[bytes] = []
        self.waiting = 0
        self.closed = False
        self.heard_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept, unless there are too many."""
        self.transport = transport
        address = transport.get_extra_info("peername") or ("", 0)
        local = transport.get_extra_info("sockname") or ("", 0)
        self.peer = Peer(address[0], address[1], local[1])
        self.heard_s = self._server.loop.time()
        self._server.opened(self)

    def data_received(self, data: bytes) -> None:
        """Keep bytes for the next batch; a sender that is faster than the disk has to wait."""
        self.pending.append(data)
        self.waiting += len(data)
        self.heard_s = self._server.loop.time()
        self._server.queue(self)
        if self.waiting > PAUSE_BYTES:
            self.transport.pause_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        """What is left is judged as it is."""
        self.closed = True
        self._server.lost(self)

    def take(self) -> Parcel:
        """The bytes that came since the last batch."""
        data, self.pending = b"".join(self.pending), []
        if self.waiting > PAUSE_BYTES and not self.closed and not self._server.stopping:
            self.transport.resume_reading()
        self.waiting = 0
        return Parcel(self.peer, data, self.closed)


class Server:
    """One listening gateway."""

    def __init__(self, committer: Committer, run: Path, name: str) -> None:
        self._committer, self._run, self._name = committer, run, name
        self._connections: set[Connection] = set()
        self._queue: dict[Connection, None] = {}
        self._by_peer: dict[Peer, Connection] = {}
        self._ready, self._stop = asyncio.Event(), asyncio.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._log = structlog.get_logger("gateway")
        self.loop = asyncio.get_running_loop()
        self._status_s, self._telegrams = 0.0, 0
        self._told = dict(committer.counters.rejected)

    @property
    def stopping(self) -> bool:
        """True once it was told to stop."""
        return self._stop.is_set()

    async def serve(self, listener: asyncio.Server, listening: Callable[[str, int], None]) -> None:
        """Listen at a bound port until told to stop; ends with the last tick and everything signed."""
        await listener.start_serving()
        where = listener.sockets[0].getsockname()
        _put(self._run / f"{self._name}.json", {"pid": os.getpid(), "host": where[0], "port": where[1],
                                                "ledger": self._committer.ledger})
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self._stop.set)
        gc.freeze()
        listening(where[0], where[1])
        self._log.info("listening", host=where[0], port=where[1], ledger=self._committer.ledger)
        try:
            while not self._stop.is_set():
                await self._round()
            listener.close()
            for connection in self._connections:
                if connection.transport.is_reading():
                    connection.transport.pause_reading()
            while self._queue:
                await self._batch()
        except (LedgerError, OSError) as error:
            self._log.critical("ledger failed; nothing more is acknowledged", reason=str(error))
            with suppress(LedgerError, OSError):        # of the failures the first one is told
                await self._let_go(listener)
            raise
        except BaseException:
            await self._let_go(listener)
            raise
        await self._let_go(listener)
        self._log.info("stopped", **self._committer.counters.payload())

    async def _let_go(self, listener: asyncio.Server) -> None:
        listener.close()
        count = len(self._connections)
        self._log.info("stopping", connections=count)
        for connection in list(self._connections):
            connection.transport.close()
        try:
            await self.loop.run_in_executor(self._thread, self._committer.close, count)
        finally:
            self._write_status()
            self._thread.shutdown()

    async def _round(self) -> None:
        if not self._queue:
            self._ready.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), IDLE_ROUND_S)
        if 0 < len(self._queue) < FEW:
            await asyncio.sleep(GATHER_S)
        await self._batch()
        if self.loop.time() - self._status_s >= STATUS_S:
            self._idle_out()
            self._write_status()

    async def _batch(self) -> None:
        chosen: list[Connection] = []
        while self._queue and len(chosen) < BATCH:
            connection = next(iter(self._queue))
            del self._queue[connection]
            chosen.append(connection)
        parcels = [connection.take() for connection in chosen]
        answers = await self.loop.run_in_executor(self._thread, self._committer.take, parcels, len(self._connections))
        for peer, data in answers:
            asked = self._by_peer.get(peer)
            if asked is None or asked.transport.is_closing():
                continue
            asked.transport.write(data)
            if asked.transport.get_write_buffer_size() > UNREAD_BYTES:      # it asks and never reads
                self._committer.counters.deaf += 1
                asked.transport.abort()
        await self.loop.run_in_executor(self._thread, self._committer.upkeep)

    def opened(self, connection: Connection) -> None:
        """A new connection, refused beyond the limit of the registry."""
        counters = self._committer.counters
        counters.connections += 1
        if len(self._connections) >= self._committer.roster.registry.max_connections:
            counters.refused += 1
            connection.transport.abort()
            return
        self._connections.add(connection)
        self._by_peer[connection.peer] = connection

    def queue(self, connection: Connection) -> None:
        """A connection has bytes for the next batch."""
        self._queue[connection] = None
        self._ready.set()

    def lost(self, connection: Connection) -> None:
        """A connection ended; what it left is judged."""
        self._connections.discard(connection)
        self._by_peer.pop(connection.peer, None)
        self.queue(connection)

    def _idle_out(self) -> None:
        oldest = self.loop.time() - self._committer.roster.registry.idle_s
        for connection in [c for c in self._connections if c.heard_s < oldest]:
            self._committer.counters.idle += 1
            connection.transport.close()

    def _write_status(self) -> None:
        counters = self._committer.counters
        passed = max(1e-6, self.loop.time() - self._status_s) if self._status_s else STATUS_S
        with suppress(OSError):         # news for people; what stops the gateway is a ledger that takes no more
            self._put_status(passed)
        self._status_s, self._telegrams = self.loop.time(), counters.telegrams
        if counters.rejected != self._told:
            self._told = dict(counters.rejected)
            self._log.warning("rejected", **self._told)

    def _put_status(self, passed: float) -> None:
        counters = self._committer.counters
        _put(self._run / f"{self._name}.status.json", {
            "at_us": now_us(), "pid": os.getpid(), "connections": len(self._connections),
            "telegrams": counters.telegrams, "repeats": counters.repeats, "answers": counters.answers,
            "registered": counters.registered, "rejected": counters.rejected, "beyond_quota": counters.beyond_quota,
            "rate": round((counters.telegrams - self._telegrams) / passed, 1),
            "last_commit_us": self._committer.committed_us, "ledger": self._committer.ledger,
            "office_size": self._committer.roster.office_size})


def _put(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".tmp")
    with named(path):
        fresh.write_text(json.dumps(content), "utf-8")
    fresh.replace(path)
