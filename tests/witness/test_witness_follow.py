"""The witness as a process."""

import json
import shutil
import subprocess
import sys
import threading
import time

import pytest
from sample_ledger import SMALL, append, fill, small_ledger

from qingyuan.evidence.note import parse_checkpoint
from qingyuan.ledger import LedgerWriter, verify_home
from qingyuan.witness import Store, follow

COMMAND = [sys.executable, "-m", "qingyuan.cli.main", "--lang", "en", "witness", "run", "--home"]


def test_it_follows_a_growing_ledger_and_visits_once_more_at_the_end(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(home, Store(tmp_path / "store"), stop, 0.01))
    thread.start()
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        for number in range(5, 300):
            append(writer, number)
            writer.commit()
            if number % 30 == 0:
                writer.checkpoint()
                time.sleep(0.02)
    stop.set()
    thread.join()
    assert parse_checkpoint((home.ledger_path("gw1") / "checkpoint.witnessed").read_text()).size == 300
    assert Store(tmp_path / "store").alarms() == []
    assert verify_home(home, keyring).problems == []


def test_once_says_what_it_did_and_exits_1_when_it_refuses(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    command = [*COMMAND, str(home.path), "--store", str(tmp_path / "store"), "--once"]
    first = subprocess.run(command, capture_output=True, text=True)
    assert (first.returncode, first.stdout.splitlines()) == (
        0, ["co-signed gw1 at 5 leaves", "co-signed office at 0 leaves"])
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.stdout.splitlines() == ["gw1: 5 leaves as before", "office: 0 leaves as before"]
    folder = home.ledger_path("gw1")
    meta = (folder / "meta").read_bytes()
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "meta").write_bytes(meta)
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        fill(writer, 4)
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "REFUSED ledger gw1: shortened: 4 leaves, 5 were seen" in refused.stdout
    assert not (folder / "checkpoint.witnessed").exists()


@pytest.mark.slow
def test_the_process_runs_until_it_is_told_to_stop(tmp_path):
    home, _ = small_ledger(tmp_path / "home", 5)
    child = subprocess.Popen([*COMMAND, str(home.path)])
    until = time.monotonic() + 20
    while not (home.ledger_path("office") / "checkpoint.witnessed").exists() and time.monotonic() < until:
        time.sleep(0.05)
    child.terminate()
    assert child.wait(20) == 0
    events = [json.loads(line)["event"] for line in (home.path / "logs" / "witness.log").read_text().splitlines()]
    assert events[0] == "following"
    assert events[-1] == "stopped"
    assert len(home.witness_keys()) == 1


def test_what_is_no_home_exits_2(tmp_path):
    outcome = subprocess.run([*COMMAND, str(tmp_path), "--once"], capture_output=True, text=True)
    assert outcome.returncode == 2
    assert "is no home" in outcome.stderr
