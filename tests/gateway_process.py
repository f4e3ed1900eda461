"""A real gateway in a child process, and a client that counts what was acknowledged."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from qingyuan import hj212
from qingyuan.evidence.leaf import Kind
from qingyuan.hj212 import RawFrame, StreamReader
from qingyuan.ledger import Home, Keyring, office_append
from qingyuan.registry import EntryKind, payload


def new_home(path: Path, tick_s: str = "0.05") -> Home:
    """A home whose belief ticks are short."""
    home = Home.create(path)
    entry = payload(EntryKind.SETTING, "home", {"tick_s": tick_s})
    office_append(home, Keyring.open(path / "keys"), Kind.REGISTRY, entry)
    return home


class Gateway:
    """`qingyuan gateway run` on any free port."""

    def __init__(self, home: Path, *, register: str = "auto", wrapper: tuple[str, ...] = ()) -> None:
        self.home = home
        self._info = home / "run" / "gw1.json"
        self._info.unlink(missing_ok=True)
        self.child = subprocess.Popen(
            [*wrapper, sys.executable, "-m", "qingyuan.cli.main", "gateway", "run", "--home", str(home), "--port", "0",
             "--register", register], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        until = time.monotonic() + 60
        while not self._info.exists():
            assert self.child.poll() is None, self.child.stderr.read() if self.child.stderr else ""
            assert time.monotonic() < until
            time.sleep(0.02)
        info = json.loads(self._info.read_text())
        self.port, self.pid = info["port"], info["pid"]

    def kill(self) -> None:
        """SIGKILL, without warning."""
        os.kill(self.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return self.child.wait(60)


def telegram(number: int, *, mn: str = "KILLTEST0001", password: str = "SECRET-6f1d20aa") -> bytes:
    """A telegram that no other has."""
    head = [("QN", f"20200401{number:09d}"), ("ST", "22"), ("CN", "2061"), ("PW", password), ("MN", mn), ("Flag", "5")]
    return hj212.encode(head, [[("DataTime", "20200401120000")], [("a34004-Avg", str(number)), ("a34004-Flag", "N")]])


class Client:
    """One connection that sends and collects the QN of every answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._reader = StreamReader()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def answers(self, wanted: int, seconds: float = 20.0) -> list[str]:
        """QN of the next answers; fewer if the connection ends or time runs out."""
        found: list[str] = []
        self._socket.settimeout(seconds)
        while len(found) < wanted:
            try:
                data = self._socket.recv(65536)
            except (OSError, TimeoutError):
                break
            if not data:
                break
            found += [hj212.decode(item.raw).qn or "" for item in self._reader.feed(data) if isinstance(item, RawFrame)]
        return found

    def close(self) -> None:
        """Hang up."""
        self._socket.close()
