"""Whoever edits the rights in the database is found by the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qingyuan.console.accounts import changes, integrity
from qingyuan.console.accounts.integrity import WRONG_WORDS, Wrong
from qingyuan.console.accounts.models import Delegation, Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.home import Entries
from qingyuan.console.office.appender import append_waiting
from qingyuan.console.office.models import Outbox
from qingyuan.ledger import Home, Keyring

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path, console):
    home = Home.create(tmp_path / "home")
    admin, one, two = (User.objects.create(username=name) for name in ("admin", "one", "two"))
    changes.give(None, admin, Role.ADMINISTRATOR)
    changes.give(admin, one, Role.REVIEWER, territory="3201")
    changes.lend(one, two, reason="", valid_from=None, valid_to=timezone.now() + timedelta(days=1))
    return home, Keyring.open(home.path / "keys"), one


def check(home: Home) -> integrity.Check:
    return integrity.check(Entries(home).registry(None))


def test_what_waits_and_what_stands_agrees(world):
    home, keyring, _ = world
    assert (check(home).waiting, check(home).differences) == (3, ())
    append_waiting(home, keyring)
    assert (check(home).waiting, check(home).compared, check(home).differences) == (0, 3, ())


def test_each_edit_of_the_database_is_named(world):
    home, keyring, one = world
    append_waiting(home, keyring)
    Grant.objects.filter(holder=one).update(territory="")
    Delegation.objects.all().delete()
    Grant.objects.create(holder=User.objects.create(username="thief"), role="administrator")
    found = {row.wrong: row for row in check(home).differences}
    assert set(found) == {Wrong.DIFFERS, Wrong.NOT_IN_DATABASE, Wrong.NOT_RECORDED}
    assert found[Wrong.DIFFERS].fields == (("territory", "", "3201"),)
    assert found[Wrong.NOT_RECORDED].who.username == "thief"


def test_a_revocation_taken_back_in_the_database_is_found(world):
    home, keyring, one = world
    changes.revoke(User.objects.get(username="admin"), one.grants.get(), "left")
    append_waiting(home, keyring)
    Grant.objects.filter(holder=one).update(revoked_at=None)
    (row,) = check(home).differences
    assert row.wrong is Wrong.DIFFERS
    assert [name for name, *_ in row.fields] == ["revoked_us"]


def test_duties_that_meet_past_the_console_are_found(world):
    home, keyring, _ = world
    append_waiting(home, keyring)
    Grant.objects.create(holder=User.objects.get(username="two"), role="auditor")
    assert {row.wrong for row in check(home).differences} == {Wrong.NOT_RECORDED, Wrong.CLASH}


def test_an_entry_the_ledger_did_not_take_is_named(world):
    home, keyring, one = world
    append_waiting(home, keyring)
    changes.revoke(User.objects.get(username="admin"), one.grants.get(), "left")
    row = Outbox.objects.latest("id")
    row.payload["data"]["from_us"] = None
    row.save()
    append_waiting(home, keyring)
    assert {found.wrong for found in check(home).differences} == {Wrong.REFUSED, Wrong.DIFFERS}


def test_every_kind_of_difference_has_words():
    assert set(WRONG_WORDS) == set(Wrong)


def test_auditors_see_the_differences_by_name(as_role):
    client = as_role(Role.AUDITOR)                               # a grant that no entry of the ledger gave
    page = client.get("/people/check/").content.decode()
    assert "qy-verdict--false" in page
    assert "no entry of the ledger gave it" in page
