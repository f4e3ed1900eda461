"""The processes of a demo, started and stopped in order."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.gateway.simulator import Source

START_S, STOP_S = 60.0, 60.0


def sources(data: str, days: int, seed: int, with_province: bool) -> list[Source]:
    """What a demo plays: the chosen stations, and beside them a simulated province over the same hours."""
    from qingyuan.gateway.simulator import choose_source, province

    first = choose_source(data, days=days, seed=seed)
    return [first, province(seed, first.start_us, first.hours)] if with_province else [first]


def keep_truth(home: Path, played: Iterable[Source]) -> None:
    """What a province really emits, and its cameras' pictures, into the home's folder `province`."""
    from qingyuan.gateway.simulator import Province

    for source in played:
        if isinstance(source, Province):
            source.write_pictures(home / "province" / "cameras")
            (home / "province" / "truth.json").write_text(json.dumps(source.truth(), ensure_ascii=False), "utf-8")


class ServiceFailed(RuntimeError):
    """A process of the demo did not start or did not end well."""


class Services:
    """Witness, gateway and pipeline as child processes of a home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._children: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, *verb: str) -> None:
        """Start one verb of the command line in its own process; its output goes to logs/NAME.out."""
        out = (self._home / "logs" / f"{name}.out").open("ab")
        with out:
            child = subprocess.Popen([sys.executable, "-m", "qingyuan.cli.main", *verb], stdout=out, stderr=out,
                                     stdin=subprocess.DEVNULL, start_new_session=True)
        self._children.append((name, child))

    def wait_for(self, file: str) -> dict[str, Any]:
        """Content of a file under run/ as soon as a service has written it."""
        path, until = self._home / "run" / file, time.monotonic() + START_S
        while time.monotonic() < until:
            self.check()
            if path.exists():
                return json.loads(path.read_text("utf-8"))
            time.sleep(0.05)
        raise ServiceFailed(_("no answer from a service within {seconds} s; see {folder}").format(
            seconds=int(START_S), folder=self._home / "logs"))

    def wait_until_open(self, port: int) -> None:
        """Return as soon as something listens at a port of this machine."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            self.check()
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.1)
        raise ServiceFailed(_("no answer from a service within {seconds} s; see {folder}").format(
            seconds=int(START_S), folder=self._home / "logs"))

    def check(self) -> None:
        """Raise ServiceFailed if a process has ended by itself."""
        for name, child in self._children:
            if child.poll() is not None:
                raise ServiceFailed(_("{name} ended with code {code}; see {file}").format(
                    name=name, code=child.returncode, file=self._home / "logs" / f"{name}.out"))

    def stop(self, *names: str) -> None:
        """End some services (or all) by SIGTERM, in the order in which they were started."""
        for name, child in [c for c in self._children if not names or c[0] in names]:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
            self._children.remove((name, child))
