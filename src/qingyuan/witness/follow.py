"""The witness as a process: visit every ledger, again and again."""

from __future__ import annotations

import json
import os
import threading

import structlog

from qingyuan.ledger import Home
from qingyuan.ledger.files import put
from qingyuan.witness.store import Store
from qingyuan.witness.visit import Outcome, visit_all

POLL_S = 0.5


def visit_once(home: Home, store: Store) -> list[Outcome]:
    """Visit every ledger and leave the status for people and pages."""
    outcomes = visit_all(home, store)
    _write_status(home, store, outcomes)
    return outcomes


def follow(home: Home, store: Store, stop: threading.Event, poll_s: float = POLL_S) -> None:
    """Visit until the event is set; one last visit before the end."""
    log = structlog.get_logger("witness")
    log.info("following", vkey=store.vkey)
    alarmed: set[str] = set()
    while True:
        last = stop.is_set()
        outcomes = visit_once(home, store)
        for outcome in outcomes:
            if outcome.cosigned:
                log.debug("cosigned", ledger=outcome.ledger, size=outcome.size)
            if outcome.alarm is not None and str(outcome.alarm) not in alarmed:
                alarmed.add(str(outcome.alarm))
                log.error("alarm", ledger=outcome.ledger, what=outcome.alarm.what.value, detail=outcome.alarm.detail)
        if last:
            break
        stop.wait(poll_s)
    log.info("stopped")


def _write_status(home: Home, store: Store, outcomes: list[Outcome]) -> None:
    status = {"pid": os.getpid(), "vkey": store.vkey, "alarms": len(store.alarms()), "ledgers": {
        outcome.ledger: {"size": outcome.size, "alarm": outcome.alarm and outcome.alarm.what.value}
        for outcome in outcomes}}
    path = home.path / "run" / "witness.status.json"
    path.parent.mkdir(exist_ok=True)
    put(path, json.dumps(status).encode(), mode=0o644, sync=False)
