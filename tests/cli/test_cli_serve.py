"""Everything in one command: it takes telegrams, survives the death of a part, and stops in order."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from qingyuan.cli.main import run
from qingyuan.ledger import Home, Keyring
from qingyuan.ledger.meta import FILE as META
from qingyuan.ledger.succession import open_or_succeed

VERB = [sys.executable, "-u", "-m", "qingyuan.cli.main", "--lang", "en"]


class Served:
    """`qingyuan serve` on any free port, its output collected."""

    def __init__(self, home: Path, *more: str) -> None:
        self._out = home.with_suffix(".said")
        with self._out.open("wb") as out:
            self.child = subprocess.Popen([*VERB, "serve", "--home", str(home), "--port", "0", "--register", "auto",
                                           *(more or ("--no-console",))], stdout=out, stderr=out,
                                          start_new_session=True)

    def text(self) -> str:
        """All it has said."""
        return self._out.read_text("utf-8")

    def said(self, pattern: str, count: int = 1, seconds: float = 60.0) -> list[str]:
        """Groups of the lines that match, as soon as there are so many."""
        until = time.monotonic() + seconds
        while len(found := re.findall(pattern, self._out.read_text("utf-8"))) < count:
            assert self.child.poll() is None, self._out.read_text("utf-8")
            assert time.monotonic() < until, self._out.read_text("utf-8")
            time.sleep(0.05)
        return found


def answered(address: str, seconds: float = 60.0) -> str:
    """A page of the console, as soon as it answers."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as page:
                return page.read().decode()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.2)


def send(port: str, seed: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*VERB, "simulate", "--to", f"127.0.0.1:{port}", "--stations", "2", "--hours", "3", "--seed",
                           str(seed), "--json"], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_serve_takes_telegrams_restarts_a_killed_part_and_stops_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    served = Served(home)
    try:
        assert send(served.said(r"taken at 127\.0\.0\.1:(\d+)")[0], 1).returncode == 0
        os.kill(int(served.said(r"gateway started, process (\d+)")[0]), signal.SIGKILL)
        served.said(r"gateway ended with code -9; again in 1 s")
        assert send(served.said(r"taken at 127\.0\.0\.1:(\d+)", 2)[1], 2).returncode == 0
        served.child.send_signal(signal.SIGTERM)
        assert served.child.wait(180) == 0
    finally:
        if served.child.poll() is None:
            served.child.kill()
            served.child.wait()
    shown = home.with_suffix(".said").read_text("utf-8")
    assert re.findall(r"(\w+) stopped", shown) == ["gateway", "pipeline", "witness"]
    assert run(["evidence", "verify", "--home", str(home)]) == 0
    for name in re.findall(r"process (\d+)", shown):
        assert not Path(f"/proc/{name}").exists()


def test_a_folder_of_something_else_does_not_become_a_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("dear reader", "utf-8")
    assert run(["--lang", "en", "serve", "--home", str(tmp_path)]) == 2
    assert "no home" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


def serve(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*VERB, "serve", "--home", str(home), "--port", str(port), "--no-console"],
                          capture_output=True, text=True,
                          timeout=60, check=False)


def test_a_port_in_use_ends_serve_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = serve(tmp_path / "home", port)
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [f"cannot listen at 127.0.0.1:{port}: Address already in use; "
                                         "another process uses this port; choose another with --port"]
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("which", ["--port", "--console-port"])
def test_nothing_is_started_over_a_home_while_a_port_is_in_use(tmp_path: Path, which: str) -> None:
    home = Home.create(tmp_path / "home")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        free = "--console-port" if which == "--port" else "--port"
        ended = subprocess.run([*VERB, "serve", "--home", str(home.path), which, str(port), free, "0"],
                               capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (f"cannot listen at 127.0.0.1:{port}: Address already in use; another process uses this "
                            f"port; choose another with {which}\n")
    assert sorted(path.name for path in (home.path / "ledgers").iterdir()) == ["office"]


@pytest.mark.slow
def test_a_home_is_served_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = Served(home)
    try:
        first.said(r"taken at 127\.0\.0\.1:(\d+)")
        ended = serve(home, 0)
        assert ended.returncode == 2
        assert ended.stdout == ""
        assert ended.stderr.splitlines() == [f"{home} is served already, by process {first.child.pid}; "
                                             "stop that process first, or give another folder with --home"]
        first.child.send_signal(signal.SIGTERM)
        assert first.child.wait(180) == 0
    finally:
        if first.child.poll() is None:
            first.child.kill()
            first.child.wait()


@pytest.mark.slow
def test_a_gateway_that_cannot_go_on_ends_serve_with_its_reason(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with open_or_succeed(home, Keyring.open(home.path / "keys"), "gw1") as writer:
        meta = writer.path / META
    meta.write_bytes(meta.read_bytes().replace(b"gw1", b"gw2"))
    ended = serve(home.path, 0)
    assert ended.returncode == 2
    assert ended.stdout.count("gateway started") == 1
    assert f"gateway cannot go on: {meta}: offset 0: checksum does not match" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_gateway_waits_for_the_lock_of_another_writer_and_then_goes_on(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    with open_or_succeed(home, Keyring.open(home.path / "keys"), "gw1"):
        served = Served(home.path)
        try:
            waits = served.said("gateway waits and goes on by itself: (.*)")
        except AssertionError:
            served.child.kill()
            raise
    try:
        assert served.said(r"taken at 127\.0\.0\.1:(\d+)")
        assert waits == ["gw1: another writer holds the lock; stop the process that writes it, or wait for it to end"]
        assert served.text().count("gateway waits") == 1
        served.child.send_signal(signal.SIGTERM)
        assert served.child.wait(180) == 0
    finally:
        served.child.kill()
        served.child.wait()


@pytest.mark.slow
def test_serve_opens_the_console_and_names_the_first_administrator_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for first in (True, False):
        served = Served(home, "--console-port", "0")
        try:
            port = served.said(r"console answers at http://127\.0\.0\.1:(\d+)/")[0]
            page = answered(f"http://127.0.0.1:{port}/accounts/login/")
            assert "csrfmiddlewaretoken" in page
            assert ("first administrator: admin, password " in served.text()) is first
        finally:
            served.child.send_signal(signal.SIGTERM)
            assert served.child.wait(180) == 0
