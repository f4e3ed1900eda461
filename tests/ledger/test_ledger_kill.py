"""kill -9 at any moment: nothing acknowledged is lost, nothing is there twice."""

import random
import signal
import subprocess
import sys
import time

import pytest
from sample_ledger import frame, small_ledger

from qingyuan.evidence.leaf import parse
from qingyuan.ledger import Ledger, LedgerWriter, Settings, verify_home
from qingyuan.ledger.repeats import raw_of

CHILD = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from sample_ledger import append
from qingyuan.ledger import Home, Keyring, LedgerWriter, Settings
home = Home.open(Path(sys.argv[1]))
settings = Settings(segment_bytes=60_000, repeats=100)
writer = LedgerWriter.open(home.ledger_path("gw1"), Keyring.open(home.path / "keys"), home.id, settings)
group = int(sys.argv[3])
while True:
    for _ in range(group):
        append(writer, writer.size)
    print(writer.commit(), flush=True)
    if writer.durable % 5 == 0:
        writer.checkpoint()
"""


@pytest.mark.slow
def test_ten_kills_lose_nothing_acknowledged(tmp_path, request):
    home, keyring = small_ledger(tmp_path / "home", 0)
    folder, chance, acknowledged = home.ledger_path("gw1"), random.Random(20200401), 0
    for number in range(10):
        group = chance.choice([1, 7, 200, 2000])
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(home.path), str(request.config.rootpath / "tests"),
                                  str(group)], stdout=subprocess.PIPE, text=True)
        first = child.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
        child.send_signal(signal.SIGKILL)
        lines = [first, *child.stdout.read().split("\n")[:-1]]
        child.wait()
        assert first, f"round {number}: the child did not start"
        acknowledged = max(acknowledged, max(int(line) for line in lines if line))
        with LedgerWriter.open(folder, keyring, home.id, Settings(segment_bytes=60_000, repeats=100)) as writer:
            assert writer.size >= acknowledged
    report = verify_home(home, keyring)
    assert report.problems == []
    with Ledger(folder) as ledger:
        assert ledger.size >= acknowledged > 20
        for index, stored in enumerate(ledger.leaves()):
            assert raw_of(parse(stored.data).payload, stored.private) == frame(index)[0]
