"""Keep a few child processes running: restart with back-off, orderly stop. Linux sends them SIGTERM if we die."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qingyuan.cli.i18n import _

BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
HEALTHY_S = 60.0       # a child that lived so long begins with the first back-off again
STOP_S = 60.0
POLL_S = 0.1
PR_SET_PDEATHSIG = 1
PRCTL = getattr(ctypes.CDLL(None), "prctl", None)      # Linux only


@dataclass
class Service:
    """One child: its name, its command line, and how it fares."""

    name: str
    command: Sequence[str]
    child: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    due_s: float = 0.0
    failures: int = 0


def verb(*words: str) -> list[str]:
    """Command line of one of our own verbs."""
    return [sys.executable, "-m", "qingyuan.cli.main", *words]


def _end_with_parent() -> None:
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs services until `stop` is called; they are stopped in the order in which they were given."""

    def __init__(self, services: Sequence[Service], logs: Path, say: Callable[[str], None], *,
                 backoff_s: Sequence[float] = BACKOFF_S, stop_s: float = STOP_S) -> None:
        self._services, self._logs, self._say = services, logs, say
        self._backoff, self._stop_s = backoff_s, stop_s
        self._ended = threading.Event()

    def stop(self) -> None:
        """Ask for the end; safe from a signal handler."""
        self._ended.set()

    def run(self, watch: Callable[[], None] = lambda: None) -> bool:
        """Keep all services running until stopped, calling `watch` now and then.

        True if each of them ended within its time when it was told to.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        try:
            while not self._ended.is_set():
                for service in self._services:
                    self._look(service)
                watch()
                self._ended.wait(POLL_S)
        finally:
            clean = [self._end(service) for service in self._services]
        return all(clean)

    def _look(self, service: Service) -> None:
        now = time.monotonic()
        if service.child is None:
            if now >= service.due_s:
                self._start(service)
        elif (code := service.child.poll()) is not None:
            if now - service.started_s >= HEALTHY_S:
                service.failures = 0
            pause = self._backoff[min(service.failures, len(self._backoff) - 1)]
            service.child, service.due_s, service.failures = None, now + pause, service.failures + 1
            self._say(_("{name} ended with code {code}; again in {pause} s, see {file}").format(
                name=service.name, code=code, pause=f"{pause:g}", file=self._log(service)))

    def _start(self, service: Service) -> None:
        with self._log(service).open("ab") as out:
            service.child = subprocess.Popen(service.command, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
                                             start_new_session=True, preexec_fn=_end_with_parent)
        service.started_s = time.monotonic()
        self._say(_("{name} started, process {pid}").format(name=service.name, pid=service.child.pid))

    def _end(self, service: Service) -> bool:
        child = service.child
        if child is None or child.poll() is not None:
            return True
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(self._stop_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            self._say(_("{name} did not stop in time and was killed").format(name=service.name))
            return False
        self._say(_("{name} stopped").format(name=service.name))
        return True

    def _log(self, service: Service) -> Path:
        return self._logs / f"{service.name}.out"
