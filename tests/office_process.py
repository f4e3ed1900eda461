"""One process of the console's office for tests: `fill HOME FIRST N`, `append HOME STEP AFTER GO`, `told HOME`.

An appender waits for the file GO, so that several begin at once, and kills itself without a word after a step was done
so many times.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def main(order: str, home_path: str, *more: str) -> None:
    """Do one order in the process that was started for it."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home, Keyring

    home = Home.open(Path(home_path))
    prepare.use(home)
    from django.db import transaction

    from qingyuan.console.office.appender import append_waiting
    from qingyuan.console.office.models import Outbox
    from qingyuan.console.office.record import record
    from qingyuan.evidence.leaf import Kind
    from qingyuan.registry import EntryKind, payload

    if order == "fill":
        prepare.migrate()
        with transaction.atomic():
            for number in range(int(more[0]), int(more[0]) + int(more[1])):
                record(Kind.REGISTRY, payload(EntryKind.ORGANISATION, f"o-{number}",
                                              {"name": f"O{number}", "kind": "enterprise"}), None)
    elif order == "append":
        step, after, go = more[0], int(more[1]), Path(more[2])
        done = 0

        def die(name: str) -> None:
            nonlocal done
            done += name == step
            if done == after:
                os.kill(os.getpid(), signal.SIGKILL)

        go.with_suffix(f".{os.getpid()}").touch()
        while not go.exists():
            time.sleep(0.002)
        append_waiting(home, Keyring.open(home.path / "keys"), die)
    else:
        print(json.dumps({row.payload["id"]: [row.leaf, row.refused] for row in Outbox.objects.all()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
