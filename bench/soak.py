"""`make soak`: a gateway killed again and again under load; nothing acknowledged lost, nothing doubled.

Kills are drawn from a seed; the outcome goes to docs/soak.md with commit and seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from gateway_process import Client, Gateway, new_home, telegram

from bench.table import commit, machine
from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.ledger import Home, Keyring, Ledger, verify_home
from qingyuan.pipeline.follow import run_once

MOST_BATCH = 80


class Trial:
    """One home, many kills."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.draw = home, random.Random(seed)
        self.acknowledged: set[str] = set()
        self.unanswered: list[bytes] = []
        self.number = 0

    def life(self, *, kill: bool) -> None:
        """Start, load, and kill at a random instant (or stop in order after what was left unanswered)."""
        gateway = Gateway(self.home)
        client = Client(gateway.port)
        if not kill:
            self._send(client, self.unanswered)
            client.close()
            assert gateway.stop() == 0
            return
        killer = threading.Timer(self.draw.uniform(0.02, 0.8), gateway.kill)
        killer.start()
        try:
            while self._send(client, self.unanswered or self._fresh()):
                pass
        except OSError:
            pass
        killer.join()
        client.close()

    def _fresh(self) -> list[bytes]:
        batch = [telegram(self.number + i) for i in range(self.draw.randrange(1, MOST_BATCH))]
        self.number += len(batch)
        return batch

    def _send(self, client: Client, batch: list[bytes]) -> bool:
        self.unanswered = list(batch)
        client.send(b"".join(batch))
        answered = client.answers(len(batch))
        self.acknowledged.update(answered)
        self.unanswered = [raw for raw in batch if hj212.decode(raw).qn not in self.acknowledged]
        return len(answered) == len(batch)

    def outcome(self) -> dict[str, int]:
        """What the ledger holds against what was acknowledged."""
        home = Home.open(self.home)
        frames = [parse(leaf.data).payload for leaf in Ledger(home.ledger_path("gw1")).leaves()]
        found = Counter(hj212.decode(f.masked).qn or "" for f in frames if isinstance(f, FrameLeaf))
        return {"sent": self.number, "acknowledged": len(self.acknowledged),
                "lost": len(self.acknowledged - set(found)), "doubled": sum(n - 1 for n in found.values()),
                "problems": len(verify_home(home, Keyring.open(self.home / "keys")).problems),
                "worked off": run_once(home).progress.arrivals}


def main() -> int:
    """Run the trial and write docs/soak.md; exit 1 if anything was lost or doubled."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=20261124)
    given = options.parse_args()
    begun = time.time()
    with tempfile.TemporaryDirectory() as folder, Progress() as progress:
        trial = Trial(new_home(Path(folder) / "home").path, given.seed)
        for _ in progress.track(range(given.kills), description="kills"):
            trial.life(kill=True)
        trial.life(kill=False)
        found = trial.outcome()
    good = not (found["lost"] or found["doubled"] or found["problems"]) and found["sent"] == found["worked off"]
    lines = [f"| {name} | {value} |" for name, value in found.items()]
    Path("docs/soak.md").write_text(
        "# Soak\n\nMade by `make soak`: a gateway process is sent SIGKILL under load, restarted, and loaded on; at "
        "the end its ledger is held against every answer a client ever got.\n\n"
        f"Kills: {given.kills}. Seed: {given.seed}. Commit: {commit()}. Time: {time.time() - begun:.0f} s.\n"
        f"Machine: {machine()}.\n\n| what | count |\n| --- | ---: |\n" + "\n".join(lines)
        + f"\n\nOutcome: {'nothing lost, nothing doubled' if good else 'FAILED'}. Not tried: power loss.\n", "utf-8")
    print(found)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
