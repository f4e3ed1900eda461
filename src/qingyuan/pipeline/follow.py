"""Run a pipeline against the clock: once up to now, or for as long as the process lives."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable

import structlog

from qingyuan.lake import Lake, LakeDamaged
from qingyuan.ledger import Home, Keyring, Ledger, settle_interrupted
from qingyuan.ledger.files import named
from qingyuan.pipeline.alone import alone
from qingyuan.pipeline.besides import remove_leftovers
from qingyuan.pipeline.feed import OFFICE, publications
from qingyuan.pipeline.publication import OfficePublisher
from qingyuan.pipeline.reasons import Reason
from qingyuan.pipeline.run import Pipeline

POLL_S, COMPACT_EVERY_S = 0.2, 600.0


def open_pipeline(home: Home, keyring: Keyring) -> Pipeline:
    """The pipeline of a home over its own lake, publishing into its office ledger.

    Raises LakeDamaged where corrections of a rebuild are on record that the lake does not hold.
    """
    settle_interrupted(home, keyring)
    lake = Lake(home.path / "lake")
    believed_us = max((content["tick_us"] for _, content in publications(Ledger(home.ledger_path(OFFICE)))
                       if content["reason"] == Reason.SOFTWARE), default=0)
    if believed_us > lake.current().tick_us:
        raise LakeDamaged("a rebuild published corrections that the lake does not hold; rebuild it")
    return Pipeline(home, lake, OfficePublisher(home, keyring))


def run_once(home: Home, waiting: Callable[[float], None] = lambda _seconds: None) -> Pipeline:
    """Work off everything the ledgers held when it was called.

    A tick is worked off when it has passed, so this may wait for up to one tick; `waiting` is told the seconds.
    Raises LakeBusy while another pipeline or rebuild is at work.
    """
    with alone(home):
        remove_leftovers(home)
        return _work_off(home, waiting)


def _work_off(home: Home, waiting: Callable[[float], None]) -> Pipeline:
    begun_us = time.time_ns() // 1000
    keyring = Keyring.open(home.path / "keys")
    pipeline = open_pipeline(home, keyring)
    while True:
        _round(home, keyring, pipeline)
        received, tick_us = pipeline.feed.next_received(), pipeline.next_tick()
        if received is None or tick_us is None or received > begun_us:
            Lake(home.path / "lake").compact()
            return pipeline
        left_s = tick_us / 1e6 - time.time()
        if left_s > 0:
            waiting(left_s)
        time.sleep(max(left_s, 0.0) + POLL_S)


def _round(home: Home, keyring: Keyring, pipeline: Pipeline) -> int:
    settle_interrupted(home, keyring)
    closed_us = pipeline.feed.refresh()
    done = pipeline.advance(closed_us)
    write_status(home, pipeline, closed_us)
    return done


def follow(home: Home, stop: threading.Event) -> None:
    """Follow the ledgers until the event is set; one last round before the end. Raises LakeBusy beside another one."""
    with alone(home):
        if gone := remove_leftovers(home):
            structlog.get_logger("pipeline").info("folders of killed rebuilds removed", folders=gone)
        _follow(home, stop)


def _follow(home: Home, stop: threading.Event) -> None:
    log = structlog.get_logger("pipeline")
    keyring = Keyring.open(home.path / "keys")
    pipeline = open_pipeline(home, keyring)
    lake = Lake(home.path / "lake")
    log.info("following", tick=pipeline.progress.tick_us)
    compacted = time.monotonic()
    while True:
        last = stop.is_set()
        if _round(home, keyring, pipeline):
            log.info("tick", figures=pipeline.progress.figures, observations=pipeline.progress.observations)
        if last:
            break
        if time.monotonic() - compacted > COMPACT_EVERY_S:
            lake.compact()
            lake.gc()
            compacted = time.monotonic()
        stop.wait(POLL_S)
    log.info("stopped", tick=pipeline.progress.tick_us)


def write_status(home: Home, pipeline: Pipeline, closed_us: int) -> None:
    """home/run/pipeline.status.json: how far the pipeline is, for people and pages.

    `closed_us` is the data time up to which every period has been worked off; `lag_s` the time from the end of the
    last tick to its commit.
    """
    progress = pipeline.progress
    status = {
        "pid": os.getpid(), "tick_us": progress.tick_us, "data_now_us": progress.data_now_us,
        "ticks": progress.ticks, "arrivals": progress.arrivals, "observations": progress.observations,
        "figures": progress.figures, "flags": progress.flags,
        "unplaced": {reason.value: count for reason, count in sorted(progress.unplaced.items())},
        "closed_us": pipeline.feed.registry.data_now(closed_us),
        "lag_s": progress.lag_s, "worst_lag_s": progress.worst_lag_s,
    }
    path = home.path / "run" / "pipeline.status.json"
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".tmp")
    with named(path):
        fresh.write_text(json.dumps(status), "utf-8")
    fresh.replace(path)
