"""The background of the console: the appender of the outbox, tasks from the database, and what is due now and then."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections
from django_tasks_db.management.commands.db_worker import Worker

from qingyuan.console.office.appender import append_waiting
from qingyuan.console.office.schedule import enqueue_due, take_back
from qingyuan.console.office.sealing import publish_key
from qingyuan.ledger import Home, Keyring

log = logging.getLogger("qingyuan.worker")
APPEND_S, SCHEDULE_S, TASK_S, STOP_S = 0.25, 30.0, 0.5, 30.0


def work(home: Home, keyring: Keyring, stop: threading.Event) -> None:
    """Run until stopped."""
    publish_key(home, keyring)
    take_back()
    tasks = Worker(queue_names=["*"], interval=TASK_S, batch=False, backend_name="default", startup_delay=False,
                   max_tasks=None, worker_id=f"worker-{threading.get_ident()}", excluded_queue_names=[])
    thread = threading.Thread(target=_tasks, args=(tasks, stop), name="tasks", daemon=True)
    thread.start()
    due_s = 0.0
    while not stop.is_set():
        close_old_connections()
        try:
            while append_waiting(home, keyring):
                pass
            if time.monotonic() >= due_s:
                due_s = time.monotonic() + SCHEDULE_S
                enqueue_due()
        except Exception:
            log.exception("the background met a fault; it goes on")
            stop.wait(5.0)
        stop.wait(APPEND_S)
    tasks.running = False
    thread.join(STOP_S)


def _tasks(worker: Worker, stop: threading.Event) -> None:
    while not stop.is_set() and worker.running:
        try:
            worker.run()
        except Exception:
            log.exception("the task loop met a fault; it goes on")
            stop.wait(5.0)
