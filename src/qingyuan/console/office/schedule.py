"""What is due now and then. A row for each time something is due keeps two workers from doing it twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from qingyuan.console.office.models import Due

LOST_AFTER = timedelta(hours=1)        # a task that runs longer was lost with its worker
KEPT = timedelta(days=14)


@task()
def tidy() -> None:
    """Remove ended sessions, old results of tasks and old rows of this schedule."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    DBTaskResult.objects.filter(finished_at__lt=now - KEPT).delete()
    Due.objects.filter(at__lt=now - KEPT).delete()


JOBS: dict[str, tuple[int, Any]] = {"tidy": (86_400, tidy)}       # name -> every so many seconds, task


def enqueue_due() -> list[str]:
    """Enqueue every job whose time has come and that nobody enqueued yet; gives their names."""
    found = []
    now = timezone.now()
    for name, (every_s, job) in JOBS.items():
        at = timezone.datetime.fromtimestamp(int(now.timestamp()) // every_s * every_s, tz=now.tzinfo)
        try:
            with transaction.atomic():
                Due.objects.create(name=name, at=at)
                job.enqueue()
        except IntegrityError:
            continue
        found.append(name)
    return found


def take_back() -> int:
    """Let tasks run again that were running when their worker died; all tasks here may run twice."""
    lost = DBTaskResult.objects.filter(status="RUNNING", started_at__lt=timezone.now() - LOST_AFTER)
    return lost.update(status="READY", started_at=None)
