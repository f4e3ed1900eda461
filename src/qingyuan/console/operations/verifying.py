"""The background task that reads every ledger again. May run twice: it only reads, and an ended run stays as it is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from qingyuan.console import home
from qingyuan.console.operations.models import VerifyRun
from qingyuan.ledger import Gap, HomeReport, Keyring, KeyringError, LedgerReport, Unchecked, verify_home
from qingyuan.ledger.verify import open_keyring

MOST = 200           # problems kept of one ledger; the command line names all


def start(by: Any) -> tuple[VerifyRun, bool]:
    """Start a verification unless one runs; gives the run and whether it is a new one."""
    with transaction.atomic():
        last = VerifyRun.objects.order_by("-id").first()
        if last is not None and last.running:
            return last, False
        run = VerifyRun.objects.create(by=by, total=len(home.home().ledgers()))
        transaction.on_commit(lambda: verify_everything.enqueue(run.pk))
    run.refresh_from_db()
    return run, True


@task()
def verify_everything(run: int) -> None:
    """Check everything as `qingyuan evidence verify` does, and keep what was found."""
    if not VerifyRun.objects.filter(pk=run, finished_at__isnull=True).exists():
        return
    VerifyRun.objects.filter(pk=run).update(started_at=timezone.now(), lines=[])
    lines: list[dict[str, Any]] = []

    def seen(report: LedgerReport) -> None:
        lines.append(_line(report))
        VerifyRun.objects.filter(pk=run).update(lines=lines)

    keyring, why_not = _keyring()
    try:
        report = verify_home(home.home(), keyring, seen)
    except Exception as error:
        VerifyRun.objects.filter(pk=run).update(finished_at=timezone.now(), failed=str(error)[:500])
        raise
    _finish(run, report, why_not)


def _finish(run: int, report: HomeReport, why_not: Gap | None) -> None:
    VerifyRun.objects.filter(pk=run).update(
        finished_at=timezone.now(), others=[problem.payload() for problem in report.others[:MOST]],
        not_checked=[gap.payload() for gap in (*report.not_checked, *([why_not] if why_not else ()))])


def _keyring() -> tuple[Keyring | None, Gap | None]:
    """The keyring where the worker can open it: then withheld bytes are held against their hashes too."""
    try:
        return open_keyring(home.home())
    except KeyringError as error:
        return None, Gap(Unchecked.KEYRING_SHUT, {"detail": str(error)})


def _line(report: LedgerReport) -> dict[str, Any]:
    return {"ledger": report.ledger, "leaves": report.leaves, "signed": report.signed, "witnessed": report.witnessed,
            "dropped": report.dropped, "opened": report.opened, "live": report.live,
            "problems": [problem.payload() for problem in report.problems[:MOST]],
            "not_checked": [gap.payload() for gap in report.not_checked[:MOST]]}
