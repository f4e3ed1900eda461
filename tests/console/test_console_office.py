"""A change of the console reaches the office ledger once, whatever is killed on the way."""

from __future__ import annotations

import pytest
from django.db import transaction

from qingyuan.console.office import appender
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


def site(name: str, mn: str) -> dict:
    return payload(EntryKind.SITE, name, {"name": name, "kind": "air", "origin": "measured", "mn": mn})


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_within_rows_that_belong_together_takes_all_of_them_in_the_end(home, step):
    keyring = Keyring.open(home.path / "keys")
    for entries in ([site("a", "M"), site("b", "N")], [site("a", "N"), site("b", "M")]):
        with transaction.atomic():
            for one in entries:
                record(Kind.REGISTRY, one, None, together="x" * 32)

        def die(done: str) -> None:
            if done == step:
                raise Killed

        with pytest.raises(Killed):
            append_waiting(home, keyring, die)
        append_waiting(home, keyring)
    assert [(leaf["id"], leaf["data"]["mn"]) for leaf in leaves(home)] == [
        ("a", "M"), ("b", "N"), ("a", "N"), ("b", "M")]
    assert not Outbox.objects.exclude(refused="").exists()


def test_of_rows_that_belong_together_none_is_taken_where_one_is_refused(home):
    keyring = Keyring.open(home.path / "keys")
    with transaction.atomic():
        record(Kind.REGISTRY, site("a", "M"), None)
        for one in (site("c", "C"), site("b", "M")):
            record(Kind.REGISTRY, one, None, together="x" * 32)
        record(Kind.REGISTRY, site("d", "D"), None)
    assert append_waiting(home, keyring) == 2
    assert [leaf["id"] for leaf in leaves(home)] == ["a", "d"]
    assert [row.refused.partition(";")[0] for row in Outbox.objects.order_by("id")[1:3]] == [
        "site b: field mn: is also the MN of site a"] * 2


def test_rows_that_belong_together_are_more_than_a_batch(home, monkeypatch):
    monkeypatch.setattr(appender, "BATCH", 2)
    with transaction.atomic():
        for number in range(5):
            record(Kind.REGISTRY, site(f"s{number}", f"M{number}"), None, together="x" * 32)
    assert append_waiting(home, Keyring.open(home.path / "keys")) == 5
