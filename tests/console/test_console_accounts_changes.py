"""Rights given, revoked and lent: what is refused, and that each change is recorded in its transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qingyuan.console.accounts import changes
from qingyuan.console.accounts.changes import Refused
from qingyuan.console.accounts.history import Happened, events
from qingyuan.console.accounts.models import Delegation, Grant, Organisation, State, User
from qingyuan.console.accounts.verbs import INCOMPATIBLE, Role, Verb
from qingyuan.console.office.models import Outbox
from qingyuan.registry import parse

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BOUNDS = {Role.ENTERPRISE: {"subject": "E1"}, Role.PARK_MANAGER: {"territory": "park:K1"},
          Role.COUNTY_STATION: {"territory": "3201"}}


@pytest.fixture
def people(console):
    admin, one, two = (User.objects.create(username=name) for name in ("admin", "one", "two"))
    changes.give(None, admin, Role.ADMINISTRATOR)
    return admin, one, two


def give(by, holder, role, **more):
    return changes.give(by, holder, role, **(BOUNDS.get(role, {}) | more))


def test_a_right_given_is_in_force_and_recorded_without_personal_data(people):
    admin, one, _ = people
    grant = give(admin, one, Role.REVIEWER, territory="3201", reason="Wang takes over")
    assert grant.state(timezone.now()) is State.IN_FORCE
    assert [right.role for right in one.rights()] == [Role.REVIEWER]
    row = Outbox.objects.latest("id")
    assert row.by == admin.pseudonym
    assert parse(row.payload).record.holder == str(one.pseudonym)
    assert not {"Wang", "one"} & set(str(row.payload).replace("'", " ").split())


@pytest.mark.parametrize("pair", sorted(map(tuple, map(sorted, INCOMPATIBLE))))
def test_every_incompatible_pair_is_refused_either_way(people, pair):
    admin, one, two = people
    for person, (first, second) in zip((one, two), (pair, pair[::-1]), strict=True):
        give(admin, person, Role(first))
        with pytest.raises(Refused):
            give(admin, person, Role(second))
        assert person.grants.count() == 1


def test_incompatible_roles_may_follow_each_other(people):
    admin, one, _ = people
    now = timezone.now()
    give(admin, one, Role.REVIEWER, valid_to=now + DAY)
    give(admin, one, Role.AUDITOR, valid_from=now + DAY)
    assert {g.state(timezone.now()) for g in one.grants.all()} == {State.IN_FORCE, State.TO_COME}
    assert {g.state(now + 2 * DAY) for g in one.grants.all()} == {State.ENDED, State.IN_FORCE}


def test_nobody_gives_rights_to_themselves(people):
    admin, *_ = people
    with pytest.raises(Refused):
        give(admin, admin, Role.EXPERT)


@pytest.mark.parametrize(("role", "bounds"), [
    (Role.ENTERPRISE, {"subject": ""}), (Role.PARK_MANAGER, {"territory": "3201"}),
    (Role.COUNTY_STATION, {"territory": "park:K1"}), (Role.COUNTY_STATION, {"territory": ""}),
    (Role.ADMINISTRATOR, {"territory": "3201"}), (Role.PUBLIC, {}),
])
def test_roles_are_bound_as_they_must_be(people, role, bounds):
    admin, one, _ = people
    with pytest.raises(Refused):
        give(admin, one, role, **bounds)
    assert not one.grants.exists()


def test_a_right_is_never_given_for_the_past_nor_backwards(people):
    admin, one, _ = people
    begun = give(admin, one, Role.EXPERT, valid_from=timezone.now() - 9 * DAY)
    assert begun.valid_from > timezone.now() - DAY
    with pytest.raises(Refused):
        give(admin, one, Role.REVIEWER, valid_to=timezone.now() - DAY)


def test_a_closed_account_gets_no_right_and_lends_none(people):
    admin, one, two = people
    give(admin, one, Role.REVIEWER)
    changes.lend(one, two, reason="", valid_from=None, valid_to=timezone.now() + DAY)
    assert two.rights()
    changes.set_active(admin, one, False)
    assert not two.rights()
    with pytest.raises(Refused):
        give(admin, one, Role.EXPERT)


def test_a_revoked_right_is_recorded_and_ends(people):
    admin, one, _ = people
    grant = give(admin, one, Role.REVIEWER, reason="begin")
    changes.revoke(admin, grant, "left")
    assert not one.rights()
    assert parse(Outbox.objects.latest("id").payload).record.revoked_us is not None
    with pytest.raises(Refused):
        changes.revoke(admin, grant, "again")
    found = events([grant], [], timezone.now())
    assert [(e.what, e.reason) for e in found] == [(Happened.REVOKED, "left"), (Happened.GIVEN, "begin")]


def test_the_last_administrator_stays(people):
    admin, one, _ = people
    other = User.objects.create(username="other")
    with pytest.raises(Refused):
        changes.revoke(one, admin.grants.get(), "x")
    with pytest.raises(Refused):
        changes.set_active(one, admin, False)
    give(admin, other, Role.ADMINISTRATOR, valid_to=timezone.now() + DAY)     # who ends does not count
    with pytest.raises(Refused):
        changes.revoke(other, admin.grants.get(), "x")
    give(admin, one, Role.ADMINISTRATOR)
    changes.revoke(one, admin.grants.get(), "x")
    assert not admin.rights()


def test_nobody_closes_their_own_account_or_renews_their_own_password(people):
    admin, *_ = people
    with pytest.raises(Refused):
        changes.set_active(admin, admin, False)
    with pytest.raises(Refused):
        changes.renew_password(admin, admin)


def test_a_deputy_has_the_rights_until_the_end_and_not_the_right_to_grant(people):
    admin, one, two = people
    give(admin, one, Role.REVIEWER, territory="3201")
    now = timezone.now()
    stand = changes.lend(one, two, reason="leave", valid_from=None, valid_to=now + DAY)
    (right,) = two.rights()
    assert (right.role, right.territory, right.via) == (Role.REVIEWER, "3201", str(one.pseudonym))
    assert not two.rights(now + DAY)
    assert stand.state(now + DAY) is State.ENDED
    with pytest.raises(Refused):
        changes.lend(admin, two, reason="", valid_from=None, valid_to=now + DAY)       # nothing but GRANT to lend
    assert all(Verb.GRANT not in right.verbs for right in two.rights())


def test_lent_rights_are_not_lent_on(people):
    admin, one, two = people
    three = User.objects.create(username="three")
    give(admin, one, Role.REVIEWER)
    give(admin, two, Role.EXPERT)
    until = timezone.now() + DAY
    changes.lend(one, two, reason="", valid_from=None, valid_to=until)
    changes.lend(two, three, reason="", valid_from=None, valid_to=until)
    assert [right.role for right in three.rights()] == [Role.EXPERT]


def test_duties_kept_apart_do_not_meet_in_a_deputy(people):
    admin, one, two = people
    give(admin, one, Role.AUDITOR)
    give(admin, two, Role.REVIEWER, valid_to=timezone.now() + 5 * DAY)
    until = timezone.now() + DAY
    with pytest.raises(Refused):
        changes.lend(one, two, reason="", valid_from=None, valid_to=until)
    changes.lend(one, two, reason="", valid_from=timezone.now() + 6 * DAY, valid_to=timezone.now() + 9 * DAY)
    with pytest.raises(Refused):
        give(admin, two, Role.OPERATOR)                           # would meet the lent audit from day 6 on
    three = User.objects.create(username="three")
    give(admin, three, Role.OPERATOR)
    with pytest.raises(Refused):
        changes.lend(one, three, reason="", valid_from=None, valid_to=until)


def test_a_right_given_to_somebody_on_leave_must_suit_the_deputy(people):
    admin, one, two = people
    give(admin, one, Role.EXPERT)
    give(admin, two, Role.REVIEWER)
    changes.lend(one, two, reason="", valid_from=None, valid_to=timezone.now() + DAY)
    with pytest.raises(Refused):
        give(admin, one, Role.AUDITOR)
    give(admin, one, Role.AUDITOR, valid_from=timezone.now() + 2 * DAY)


def test_two_people_on_leave_do_not_meet_in_one_deputy(people):
    admin, one, two = people
    three = User.objects.create(username="three")
    give(admin, one, Role.AUDITOR)
    give(admin, two, Role.REVIEWER)
    until = timezone.now() + DAY
    changes.lend(one, three, reason="", valid_from=None, valid_to=until)
    with pytest.raises(Refused):
        changes.lend(two, three, reason="", valid_from=None, valid_to=until)


def test_a_delegation_ends_early_and_is_recorded(people):
    admin, one, two = people
    give(admin, one, Role.REVIEWER)
    stand = changes.lend(one, two, reason="", valid_from=None, valid_to=timezone.now() + DAY)
    changes.end(two, stand)
    assert not two.rights()
    assert parse(Outbox.objects.latest("id").payload).record.revoked_us is not None
    with pytest.raises(Refused):
        changes.end(two, stand)
    assert [e.what for e in events([], [stand], timezone.now())] == [Happened.ENDED, Happened.LENT]


def test_what_cannot_be_recorded_is_not_done(people, monkeypatch):
    admin, one, two = people
    give(admin, one, Role.REVIEWER)

    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(changes, "record", broken)
    for change in (lambda: give(admin, two, Role.EXPERT), lambda: changes.revoke(admin, one.grants.get(), "x"),
                   lambda: changes.lend(one, two, reason="", valid_from=None, valid_to=timezone.now() + DAY),
                   lambda: changes.add_organisation(admin, id="o", name="O", name_en="", kind="centre")):
        with pytest.raises(RuntimeError):
            change()
    assert Grant.objects.filter(revoked_at__isnull=True).count() == 2
    assert not Delegation.objects.exists()
    assert not Organisation.objects.exists()


def test_an_organisation_is_recorded_once(people):
    admin, *_ = people
    changes.add_organisation(admin, id="o1", name="一号", name_en="", kind="centre")
    assert parse(Outbox.objects.latest("id").payload).record.name == "一号"
    with pytest.raises(Refused):
        changes.add_organisation(admin, id="o1", name="二号", name_en="", kind="centre")
