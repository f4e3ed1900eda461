"""The office ledger."""

import subprocess
import sys
import threading
import time

import pytest

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Keyring, Ledger, office_append, office_quiet, writer_alive

CHILD = """
import sys
from pathlib import Path
from qingyuan.evidence.leaf import Kind
from qingyuan.ledger import Home, Keyring, office_append
home = Home.open(Path(sys.argv[1]))
keyring = Keyring.open(home.path / "keys")
for n in range(40):
    office_append(home, keyring, Kind.RULING, {"key": f"shared/{n}", "n": n})
    office_append(home, keyring, Kind.RULING, {"key": f"{sys.argv[2]}/{n}", "n": n})
"""


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / "home")


@pytest.fixture
def keyring(home):
    return Keyring.open(home.path / "keys")


def payloads(home):
    with Ledger(home.ledger_path("office")) as ledger:
        return [parse(leaf.data).payload for leaf in ledger.leaves()]


def test_an_append_is_durable_and_under_the_checkpoint_when_it_returns(home, keyring):
    assert office_append(home, keyring, Kind.REGISTRY, {"entry": "site", "id": "1151A"}) == 0
    assert office_append(home, keyring, Kind.REGISTRY, {"entry": "site", "id": "1151A"}) == 1
    assert payloads(home) == [{"entry": "site", "id": "1151A"}] * 2
    assert not writer_alive(home.ledger_path("office"))


def test_a_key_makes_an_append_repeatable(home, keyring):
    assert office_append(home, keyring, Kind.RULING, {"key": "a", "n": 1}) == 0
    assert office_append(home, keyring, Kind.RULING, {"key": "b", "n": 2}) == 1
    assert office_append(home, keyring, Kind.RULING, {"key": "a", "n": 3}) == 0
    assert payloads(home) == [{"key": "a", "n": 1}, {"key": "b", "n": 2}]


def test_a_key_that_is_no_text_is_no_key(home, keyring):
    assert [office_append(home, keyring, Kind.RULING, {"key": 7}) for _ in range(2)] == [0, 1]


def test_processes_append_one_at_a_time_and_shared_keys_once(home):
    children = [subprocess.Popen([sys.executable, "-c", CHILD, str(home.path), name]) for name in "ab"]
    assert [child.wait() for child in children] == [0, 0]
    keys = [payload["key"] for payload in payloads(home)]
    assert len(keys) == len(set(keys)) == 120


def test_nobody_appends_while_it_is_quiet(home, keyring):
    done = []

    def work():
        done.append(office_append(home, keyring, Kind.TICK, {"n": 1}))

    thread = threading.Thread(target=work)
    with office_quiet(home):
        thread.start()
        time.sleep(0.1)
        assert done == []
        assert payloads(home) == []
    thread.join()
    assert done == [0]
