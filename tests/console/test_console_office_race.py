"""Two appenders of the office outbox at once, in processes of their own, killed between any two steps."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from qingyuan.evidence.leaf import parse
from qingyuan.ledger import Home, Ledger

WORKER = Path(__file__).resolve().parents[1] / "office_process.py"
ROWS, START_S = 12, 60                     # new rows a round
# What each of two appenders dies of, round by round: (step, after so many of them); "-": it lives.
ROUNDS = [(("append", 1), ("append", 7)), (("commit", 1), ("sign", 1)), (("mark", 3), ("mark", 1)),
          (("-", 1), ("-", 1))]
pytestmark = pytest.mark.slow


def run(home: Home, *order: str) -> subprocess.Popen[str]:
    environment = os.environ | {"QINGYUAN_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings",
                                "QINGYUAN_DATABASE_URL": f"sqlite:///{home.path / 'race.sqlite3'}"}
    return subprocess.Popen([sys.executable, str(WORKER), order[0], str(home.path), *order[1:]], env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait(process: subprocess.Popen[str], *codes: int) -> str:
    out, err = process.communicate(timeout=START_S)
    assert process.returncode in codes, err
    return out


def leaves(home: Home) -> list[dict]:
    ledger = Ledger(home.ledger_path("office"))
    return [parse(stored.data).payload for stored in ledger.leaves(0, ledger.size)]


def test_two_appenders_that_are_killed_write_every_row_once(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "home")
    killed = 0
    for number, deaths in enumerate(ROUNDS):
        wait(run(home, "fill", str(number * ROWS), str(ROWS)), 0)
        go = tmp_path / f"go{number}"
        pair = [run(home, "append", step, str(after), str(go)) for step, after in deaths]
        until = time.monotonic() + START_S
        while len(list(tmp_path.glob(f"go{number}.*"))) < len(pair) and time.monotonic() < until:
            time.sleep(0.01)
        go.touch()
        for process in pair:
            wait(process, 0, -signal.SIGKILL)
            killed += process.returncode != 0
        counted = Counter(leaf["id"] for leaf in leaves(home) if leaf.get("entry") == "organisation")
        assert set(counted.values()) <= {1}, number
    assert killed >= 4
    told = json.loads(wait(run(home, "told"), 0))
    written = {leaf["id"]: number for number, leaf in enumerate(leaves(home)) if leaf.get("entry") == "organisation"}
    assert len(written) == ROWS * len(ROUNDS)
    assert told == {name: [leaf, ""] for name, leaf in written.items()}
