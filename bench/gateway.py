"""Answers of one gateway process over loopback, each after a sync; the floor is an echo server without any of it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench.codec import packet
from bench.table import Row

CONNECTIONS, PACKETS = 200, 60


async def _one(port: int, frames: list[bytes], times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for frame in frames:
        begun = time.monotonic()
        writer.write(frame)
        await reader.readuntil(b"\r\n")
        times.append(time.monotonic() - begun)
    writer.close()


async def _load(port: int) -> tuple[float, list[float]]:
    times: list[float] = []
    plan = [[packet(c * PACKETS + n) for n in range(PACKETS)] for c in range(CONNECTIONS)]
    begun = time.monotonic()
    await asyncio.gather(*(_one(port, frames, times) for frames in plan))
    return CONNECTIONS * PACKETS / (time.monotonic() - begun), sorted(times)


def rows() -> list[Row]:
    """Answers a second and p50, p99 at 200 connections in a closed loop (load generator on the same cores)."""
    floor, _ = _echo()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        child = subprocess.Popen([sys.executable, "-m", "qingyuan.cli.main", "gateway", "run", "--home", str(home),
                                  "--port", "0", "--register", "auto"], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        line = next(text for text in child.stdout if "listening" in text)
        port = int(line.rsplit(":", 1)[1])
        uvloop.run(_load(port))                 # registers the loggers
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with contextlib.ExitStack() as stack:
            stack.callback(child.wait)
            stack.callback(os.kill, child.pid, signal.SIGTERM)
            rate, times = _again(port)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / (2 * CONNECTIONS * PACKETS) * 1e6
    where = f"{CONNECTIONS} connections, closed loop"
    return [Row("gateway, durable answers", rate, "answers/s, wall", "asyncio echo without ledger", floor, where),
            Row("gateway, p50 of an answer", statistics.median(times) * 1e3, "ms"),
            Row("gateway, p99 of an answer", times[int(len(times) * 0.99)] * 1e3, "ms"),
            Row("gateway, CPU a telegram with start", cpu, "µs", note="whole process life, both rounds")]


def _again(port: int) -> tuple[float, list[float]]:
    async def fresh() -> tuple[float, list[float]]:
        times: list[float] = []
        shift = CONNECTIONS * PACKETS
        plan = [[packet(shift + c * PACKETS + n) for n in range(PACKETS)] for c in range(CONNECTIONS)]
        begun = time.monotonic()
        await asyncio.gather(*(_one(port, frames, times) for frames in plan))
        return shift / (time.monotonic() - begun), sorted(times)

    return uvloop.run(fresh())


def _serve(pipe: object) -> None:
    class Echo(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(data)  # type: ignore[attr-defined]

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        await asyncio.sleep(600)

    uvloop.run(run())


def _echo() -> tuple[float, list[float]]:
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    child.start()
    try:
        return uvloop.run(_load(ours.recv()))
    finally:
        child.kill()
