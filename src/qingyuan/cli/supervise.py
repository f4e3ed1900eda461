"""Keep a few child processes running: restart with back-off and a limit, orderly stop. On Linux they stop if we die."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qingyuan.cli.i18n import _
from qingyuan.cli.main import COULD_NOT, TRY_AGAIN
from qingyuan.cli.served import environment, heard, offer

BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
LIMIT = 10             # ends in a row, none after a healthy life: about seven minutes with the pauses above
WAITS_S = (1.0, 2.0, 5.0, 15.0)      # between looks whether a lock is free or a disk has room again
SETTLED_S = 35.0       # a child that lived so long has got what it waited for: longer than any lock is waited for
HEALTHY_S = 60.0       # a child that lived so long begins with the first back-off again
STOP_S = 60.0
POLL_S = 0.1
PR_SET_PDEATHSIG = 1
PRCTL = getattr(ctypes.CDLL(None), "prctl", None)      # Linux only


@dataclass
class Service:
    """One child: its name, command line and what it finds in the environment beside ours, and how it fares.

    Without a `needed` one the others are stopped too; without another they go on.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    needed: bool = True
    child: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    due_s: float = 0.0
    failures: int = 0
    given_up: bool = False
    said_from: int = 0     # size of its output file when it was started last
    ears: int = -1         # our end of the pipe for its last words
    waits: int = 0         # ends in a row because something had to be waited for
    waited_for: set[str] = field(default_factory=set)      # what was said of that


def verb(*words: str) -> list[str]:
    """Command line of one of our own verbs."""
    return [sys.executable, "-m", "qingyuan.cli.main", *words]


def _end_with_parent() -> None:
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Runs services until `stop` is called; they are stopped in the order in which they were given.

    A child that ends with code 2 cannot go on without a person and is not started again; nor is one that has ended
    `limit` times in a row. One that ends with code 75 is started again for as long as it takes; what it waits for is
    said once.
    """

    def __init__(self, services: Sequence[Service], logs: Path, say: Callable[[str], None], *,
                 backoff_s: Sequence[float] = BACKOFF_S, stop_s: float = STOP_S, limit: int = LIMIT,
                 waits_s: Sequence[float] = WAITS_S, settled_s: float = SETTLED_S) -> None:
        self._services, self._logs, self._say = services, logs, say
        self._backoff, self._stop_s, self._limit = backoff_s, stop_s, limit
        self._waits, self._settled_s = waits_s, settled_s
        self._ended = threading.Event()
        self.failed = ""

    def stop(self) -> None:
        """Ask for the end; safe from a signal handler."""
        self._ended.set()

    def run(self, watch: Callable[[], None] = lambda: None) -> bool:
        """Keep all services running until stopped, calling `watch` now and then.

        True if each of them ended within its time when it was told to, and none was given up. If it ended because a
        needed service was given up, or the last one, `failed` says in one sentence which and why.
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
            for service in self._services:
                self._hang_up(service)
        return all(clean) and not any(service.given_up for service in self._services)

    def _look(self, service: Service) -> None:
        if service.given_up or self._ended.is_set():
            return
        now = time.monotonic()
        if service.child is None:
            if now >= service.due_s:
                self._start(service)
        elif (code := service.child.poll()) is None:
            if service.waits and now - service.started_s >= self._settled_s:
                service.waits = 0
                service.waited_for.clear()
                self._say(_("{name} goes on, process {pid}").format(name=service.name, pid=service.child.pid))
        else:
            words = self._hang_up(service)
            if code in (COULD_NOT, TRY_AGAIN):
                words = words or self._last_words(service)
            if code == TRY_AGAIN:
                self._wait(service, words, now)
            else:
                self._ended_with(code, service, words, now)

    def _wait(self, service: Service, why: str, now: float) -> None:
        """What the child needs is held by another process, or there is no room: later it will go."""
        pause = self._waits[min(service.waits, len(self._waits) - 1)]
        service.child, service.due_s, service.waits = None, now + pause, service.waits + 1
        if why not in service.waited_for:
            service.waited_for.add(why)
            self._say(_("{name} waits and goes on by itself: {why}").format(name=service.name, why=why))

    def _ended_with(self, code: int, service: Service, words: str, now: float) -> None:
        if now - service.started_s >= HEALTHY_S:
            service.failures = 0
        pause = self._backoff[min(service.failures, len(self._backoff) - 1)]
        service.child, service.due_s, service.failures, service.waits = None, now + pause, service.failures + 1, 0
        service.waited_for.clear()
        if code == COULD_NOT:
            self._give_up(service, words)
        elif service.failures >= self._limit:
            self._give_up(service, _("it ended {count} times in a row; see {file}").format(
                count=service.failures, file=self._log(service)))
        else:
            self._say(_("{name} ended with code {code}; again in {pause} s, see {file}").format(
                name=service.name, code=code, pause=f"{pause:g}", file=self._log(service)))

    def _give_up(self, service: Service, why: str) -> None:
        service.given_up = True
        what = _("{name} cannot go on: {why}").format(name=service.name, why=why)
        if service.needed or all(one.given_up for one in self._services):
            self.failed = what
            self._ended.set()
        else:
            self._say(_("{what}; the others go on without it").format(what=what))

    def _last_words(self, service: Service) -> str:
        """The last line that the child wrote: our verbs end with what is wrong and what to do."""
        with self._log(service).open("rb") as out:
            out.seek(service.said_from)
            lines = [line.strip() for line in out.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1] if lines else _("see {file}").format(file=self._log(service))

    def _start(self, service: Service) -> None:
        service.ears, mouth = offer()
        try:
            with self._log(service).open("ab") as out:
                service.said_from = out.tell()
                service.child = subprocess.Popen(
                    service.command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, pass_fds=(mouth,),
                    env={**os.environ, **environment(mouth), **service.environment}, start_new_session=True,
                    preexec_fn=_end_with_parent)
        finally:
            os.close(mouth)
        service.started_s = time.monotonic()
        if not service.waits:
            self._say(_("{name} started, process {pid}").format(name=service.name, pid=service.child.pid))

    def _hang_up(self, service: Service) -> str:
        """Close the pipe of a child that has ended; what it said there."""
        if service.ears < 0:
            return ""
        said = heard(service.ears)
        os.close(service.ears)
        service.ears = -1
        return said

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
