"""A real gateway process: killed, traced, searched for secrets."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from gateway_process import Client, Gateway, new_home, telegram

from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.ledger import Home, Keyring, Ledger, verify_home
from qingyuan.pipeline.follow import run_once

pytestmark = pytest.mark.slow
KILLS = 10


def stored(home: Path) -> Counter[str]:
    opened = Home.open(home)
    ledger = Ledger(opened.ledger_path("gw1"))
    frames = [parse(leaf.data).payload for leaf in ledger.leaves()]
    return Counter(hj212.decode(f.masked).qn or "" for f in frames if isinstance(f, FrameLeaf))


def test_ten_kills_lose_and_double_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    home, draw = new_home(tmp_path / "home").path, random.Random(5)
    acknowledged: set[str] = set()
    unanswered: list[bytes] = []
    number = 0
    for _ in range(KILLS):
        gateway = Gateway(home)
        client = Client(gateway.port)
        killer = threading.Timer(draw.uniform(0.05, 0.5), gateway.kill)
        killer.start()
        try:
            while True:
                batch = unanswered or [telegram(number + i) for i in range(draw.randrange(1, 60))]
                number += 0 if unanswered else len(batch)
                unanswered = list(batch)
                client.send(b"".join(batch))
                answered = client.answers(len(batch))
                acknowledged.update(answered)
                unanswered = [raw for raw in batch if hj212.decode(raw).qn not in acknowledged]
                if len(answered) < len(batch):
                    break
        except OSError:
            pass
        killer.join()
        client.close()
    gateway = Gateway(home)
    client = Client(gateway.port)
    client.send(b"".join(unanswered))
    acknowledged.update(client.answers(len(unanswered)))
    client.close()
    assert gateway.stop() == 0
    found = stored(home)
    assert len(acknowledged) == number > 100
    assert set(found) == acknowledged
    assert max(found.values()) == 1
    assert not verify_home(Home.open(home), Keyring.open(home / "keys")).problems
    assert run_once(Home.open(home)).progress.arrivals == number


def test_leaves_acknowledged_just_before_a_kill_reach_the_pipeline_without_the_gateway(tmp_path: Path) -> None:
    gateway = Gateway(new_home(tmp_path / "home").path)
    client = Client(gateway.port)
    client.send(telegram(1))
    assert len(client.answers(1)) == 1
    client.send(telegram(2))
    assert len(client.answers(1)) == 1
    gateway.kill()
    run_once(Home.open(tmp_path / "home"))
    assert sorted(stored(tmp_path / "home")) == ["20200401000000001", "20200401000000002"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_every_answer_follows_a_sync_that_covers_its_leaf(tmp_path: Path) -> None:
    home, trace = tmp_path / "home", tmp_path / "trace"
    gateway = Gateway(home, wrapper=("strace", "-f", "-y", "-s", "65536", "-xx", "-e",
                                     "trace=write,sendto,sendmsg,fdatasync", "-o", str(trace)))
    client = Client(gateway.port)
    for first in range(0, 60, 6):
        client.send(b"".join(telegram(first + i) for i in range(6)))
        assert len(client.answers(6)) == 6
    client.close()
    gateway.stop()
    written: set[str] = set()
    synced: set[str] = set()
    answered = 0
    for line in trace.read_text("latin-1").splitlines():
        call = re.search(r"(write|sendto|sendmsg|fdatasync)\((\d+)<([^>]*)>", line)
        if call is None:
            continue
        name, _, target = call.groups()
        if name == "fdatasync" and "/gw1/" in _plain(target) and "= 0" in line:
            synced |= written
        data = _bytes(line)
        if name == "write" and _plain(target).endswith(".log"):
            written |= set(re.findall(r"QN=(\d{17});ST=22", data))
        elif b"ST=91" in data.encode("latin-1"):
            for qn in re.findall(r"QN=(\d{17});ST=91", data):
                assert qn in synced, f"{qn} was answered before it was synced"
                answered += 1
    assert answered == 60


def _plain(target: str) -> str:
    return bytes.fromhex(target.replace("\\x", "")).decode() if target.startswith("\\x") else target


def _bytes(line: str) -> str:
    return "".join(bytes.fromhex(text.replace("\\x", "")).decode("latin-1")
                   for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', line))


def test_no_password_is_in_any_dump_tile_log_or_page(tmp_path: Path) -> None:
    home, secret = new_home(tmp_path / "home").path, "SECRET-6f1d20aa"
    gateway = Gateway(home)
    client = Client(gateway.port)
    damaged = bytearray(telegram(2))
    damaged[80] ^= 1
    new_password = hj212.encode([("QN", "20200401000000777"), ("ST", "22"), ("CN", "1072"), ("PW", secret),
                                 ("MN", "KILLTEST0001"), ("Flag", "5")], [[("NewPW", "NEWSECRET-77aa")]])
    client.send(telegram(1) + bytes(damaged) + telegram(3, password="WRONGSECRET-1") + new_password + telegram(4))
    assert client.answers(2, 5.0)
    client.close()
    gateway.stop()
    run_once(Home.open(home))
    dump = subprocess.run([sys.executable, "-m", "qingyuan.cli.main", "evidence", "dump", "--home", str(home)],
                          capture_output=True, check=True).stdout
    opened = b"".join(base64.b64decode(json.loads(line)["bytes"]) for line in dump.splitlines())
    subprocess.run([sys.executable, "-m", "qingyuan.cli.main", "evidence", "tiles", "--home", str(home), "--ledger",
                    "gw1", "--out", str(tmp_path / "tiles")], check=True, capture_output=True)
    public = [path for folder in (home / "logs", home / "run", home / "lake", home / "witness", tmp_path / "tiles")
              for path in folder.rglob("*") if path.is_file()]
    assert len(public) > 5
    everything = dump + opened + b"".join(path.read_bytes() for path in public)
    for word in (secret, "NEWSECRET-77aa", "WRONGSECRET-1"):
        assert word.encode() not in everything, word
    assert b"QN=20200401" in opened


def test_glued_split_and_half_frames_are_read_and_a_bad_one_closes_nothing(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "home")
    client = Client(gateway.port)
    client.send(telegram(1) + telegram(2)[:40])
    assert len(client.answers(1)) == 1
    client.send(telegram(2)[40:] + b"##0099garbage\r\n" + telegram(3) + telegram(4)[:-6] + b"ZZZZ\r\n" + telegram(5))
    assert client.answers(3) == ["20200401000000002", "20200401000000003", "20200401000000005"]
    client.close()
    gateway.stop()
    status = json.loads((tmp_path / "home" / "run" / "gw1.status.json").read_text())
    assert (status["telegrams"], sum(status["rejected"].values())) == (4, 2)


def test_strict_takes_no_stranger(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "home", register="strict")
    client = Client(gateway.port)
    client.send(telegram(1))
    assert client.answers(1, 1.0) == []
    client.close()
    gateway.stop()
    status = json.loads((tmp_path / "home" / "run" / "gw1.status.json").read_text())
    assert (status["telegrams"], status["rejected"]["unknown_mn"]) == (0, 1)
