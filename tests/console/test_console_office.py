"""A change of the console reaches the office ledger once, whatever is killed on the way."""

from __future__ import annotations

import pytest
from django.db import transaction

from qingyuan.console.office.appender import append_waiting
from qingyuan.console.office.models import Due, Outbox
from qingyuan.console.office.record import NotInTransaction, record
from qingyuan.console.office.schedule import JOBS, enqueue_due
from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Keyring, Ledger
from qingyuan.registry import EntryError, EntryKind, payload

pytestmark = pytest.mark.django_db
STEPS = ("append", "commit", "sign", "mark")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def home(tmp_path) -> Home:
    return Home.create(tmp_path / "home")


def entry(name: str) -> dict:
    return payload(EntryKind.ORGANISATION, name, {"name": name.upper(), "kind": "enterprise"})


def leaves(home: Home) -> list[dict]:
    ledger = Ledger(home.ledger_path("office"))
    return [parse(stored.data).payload for stored in ledger.leaves(0, ledger.size)]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [1, 2])
def test_a_kill_after_any_step_neither_loses_nor_doubles(home, step, after):
    keyring = Keyring.open(home.path / "keys")
    with transaction.atomic():
        for name in ("a", "b"):
            record(Kind.REGISTRY, entry(name), None)
    count = 0

    def die(done: str) -> None:
        nonlocal count
        count += done == step
        if count == after:
            raise Killed

    try:
        append_waiting(home, keyring, die)
    except Killed:
        append_waiting(home, keyring)
    assert append_waiting(home, keyring) == 0
    found = [leaf["id"] for leaf in leaves(home) if leaf.get("entry") == "organisation"]
    assert found == ["a", "b"]
    rows = {row.payload["id"]: row.leaf for row in Outbox.objects.all()}
    assert {name: leaves(home)[leaf]["id"] for name, leaf in rows.items()} == {"a": "a", "b": "b"}


def test_a_change_that_is_rolled_back_leaves_nothing(home):
    with transaction.atomic():
        record(Kind.REGISTRY, entry("a"), None)
        transaction.set_rollback(True)
    assert Outbox.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_is_recorded_only_in_its_transaction():
    with pytest.raises(NotInTransaction):
        record(Kind.REGISTRY, entry("a"), None)


def test_what_is_no_entry_is_refused_before_it_is_kept():
    with pytest.raises(EntryError), transaction.atomic():
        record(Kind.REGISTRY, entry("a") | {"entry": "moon"}, None)


def test_a_row_that_cannot_be_taken_does_not_hold_up_the_others(home):
    Outbox.objects.create(kind="registry", payload={"entry": "moon"})
    Outbox.objects.create(kind="registry", payload=entry("a"))
    assert append_waiting(home, Keyring.open(home.path / "keys")) == 1
    bad, good = Outbox.objects.all()
    assert "moon" in bad.refused
    assert not bad.waiting
    assert good.leaf is not None


def test_what_is_due_is_enqueued_once():
    assert enqueue_due() == list(JOBS)
    assert enqueue_due() == []
    assert Due.objects.count() == len(JOBS)
