"""A disk that is full: nothing is acknowledged that is not on it, one sentence says where, and it goes on with room."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_process import Client, Gateway, new_home, telegram

from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.ledger import Home, Keyring, Ledger, verify_home

pytestmark = pytest.mark.slow
SIZE, BATCH = "2m", 40


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)],
                                           capture_output=True).returncode:
        pytest.skip("nobody may mount a small file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, left: int) -> Path:
    """Take all room but `left` bytes."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, file.tell() - left))
    return path


def stored(home: Path) -> Counter[str]:
    ledger = Ledger(Home.open(home).ledger_path("gw1"))
    frames = [parse(leaf.data).payload for leaf in ledger.leaves()]
    return Counter(hj212.decode(f.masked).qn or "" for f in frames if isinstance(f, FrameLeaf))


class Station:
    """Sends telegrams until each is acknowledged."""

    def __init__(self) -> None:
        self.number, self.open = 0, []
        self.acknowledged: Counter[str] = Counter()

    def send(self, port: int, seconds: float = 20.0) -> bool:
        """A batch, or again what had no answer; True if all of it was acknowledged."""
        if not self.open:
            self.open = [telegram(self.number + i) for i in range(BATCH)]
            self.number += BATCH
        try:
            client = Client(port)
            client.send(b"".join(self.open))
            got = client.answers(len(self.open), seconds)
            client.close()
        except OSError:
            return False
        self.acknowledged.update(got)
        self.open = [raw for raw in self.open if hj212.decode(raw).qn not in got]
        return not self.open


def until(true: object, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)


@pytest.mark.parametrize("left", [0, 8_192, 40_960])
def test_a_full_disk_loses_and_doubles_nothing_and_serve_goes_on_when_there_is_room(
        small: Path, tmp_path: Path, left: int) -> None:
    home, said, station = new_home(small / "home", "1").path, tmp_path / "said", Station()
    with said.open("wb") as out:
        served = subprocess.Popen(
            [sys.executable, "-u", "-m", "qingyuan.cli.main", "--lang", "en", "serve", "--home", str(home), "--port",
             "0", "--register", "auto", "--no-console"], stdout=out, stderr=out, start_new_session=True)

    def port() -> int:
        found = re.findall(r"telegrams are taken at 127\.0\.0\.1:(\d+)", said.read_text("utf-8"))
        return int(found[-1]) if found else 0

    try:
        until(port)
        until(lambda: station.send(port()))
        ballast = fill(small, left)
        until(lambda: not station.send(port()))
        until(lambda: "gateway waits and goes on by itself: " in said.read_text("utf-8"))
        for _ in range(5):
            assert not station.send(port(), 2)
            time.sleep(1)
        assert served.poll() is None
        ballast.unlink()
        until(lambda: station.send(port()))
        served.send_signal(signal.SIGTERM)
        assert served.wait(90) == 0, said.read_text("utf-8")
    finally:
        served.kill()
        served.wait()
    lines = said.read_text("utf-8").splitlines()
    waits = [line for line in lines if line.startswith("gateway waits and goes on by itself: ")]
    assert all(str(home) in line and line.endswith("free some space on this disk") for line in waits), waits
    assert len(waits) == len(set(waits))
    assert not [line for line in lines if "cannot go on" in line], lines
    found = stored(home)
    assert set(station.acknowledged) == set(found)
    assert set(found.values()) == {1}
    assert len(found) == station.number > BATCH
    assert not verify_home(Home.open(home), Keyring.open(home / "keys")).problems


def test_a_gateway_of_its_own_ends_with_the_first_failure_in_one_sentence(small: Path) -> None:
    gateway = Gateway(new_home(small / "home", "3600").path, register="strict")
    ballast, client = fill(small, 0), Client(gateway.port)
    client.send(b"".join(telegram(number) for number in range(BATCH)))
    assert client.answers(1, 5) == []
    assert gateway.child.wait(60) == 2
    said = gateway.child.stderr.read().decode()
    assert "gw1.quarantine/0000000000000000.log (No space left on device); nothing more is taken" in said
    assert len(said.splitlines()) == 1
    ballast.unlink()
    assert Gateway(small / "home").stop() == 0
