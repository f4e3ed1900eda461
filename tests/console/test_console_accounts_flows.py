"""The forms: an account made, a right previewed and given, revoked; leave; the demonstration's people."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from qingyuan.console.accounts import changes, seed
from qingyuan.console.accounts.bounds import Words, openings, territories
from qingyuan.console.accounts.models import Delegation, Grant, Organisation, User
from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import Role, Verb
from qingyuan.console.office.models import Outbox
from qingyuan.registry import EntryKind, fold, payload

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def seen(page: str) -> str:
    return re.search(r'name="seen" value="(\w+)"', page).group(1)


def test_an_account_is_made_and_its_password_shown_once(as_role):
    client = as_role(Role.ADMINISTRATOR)
    page = client.post("/people/new/", {"username": "wang", "full_name": "王一", "language": "zh-hans"})
    password = re.search(r'id="first">([a-z2-9-]+)<', page.content.decode()).group(1)
    assert "no-store" in page.headers["Cache-Control"]
    made = User.objects.get(username="wang")
    assert made.check_password(password)
    assert made.must_change_password
    assert not made.rights()
    assert password not in client.get(f"/people/{made.pseudonym}/").content.decode()
    assert "already" in client.post("/people/new/", {"username": "WANG", "full_name": "x"}).content.decode()


def test_a_right_is_previewed_then_given(as_role, person):
    client, one = as_role(Role.ADMINISTRATOR), person(None, "one")
    address = f"/people/{one.pseudonym}/grant/"
    form = {"role": "reviewer", "reason": "takes over", "step": "preview"}
    page = client.post(address, form).content.decode()
    assert "What this would open" in page
    assert not one.grants.exists()
    assert page.count("<b>6</b>") >= 3                                # six sites with telegrams, flags, files
    changed = client.post(address, form | {"step": "grant", "seen": seen(page), "line": "water"})
    assert changed.status_code == 200
    assert not one.grants.exists(), "changed after the preview: previewed again"
    done = client.post(address, form | {"step": "grant", "seen": seen(page)})
    assert done.url == f"/people/{one.pseudonym}/"
    (grant,) = one.grants.all()
    assert (grant.role, grant.granted_by.username, grant.reason) == ("reviewer", "administrator", "takes over")
    refused = client.post(address, {"role": "auditor", "reason": "x", "step": "preview"}).content.decode()
    assert "kept apart" in refused
    assert "What this would open" not in refused
    assert "No organisation and no site" in client.post(
        address, form | {"subject": "nowhere"}).content.decode()


def test_nobody_reaches_the_form_for_themselves_or_without_the_right(as_role):
    client = as_role(Role.ADMINISTRATOR)
    me = User.objects.get(username="administrator")
    page = client.post(f"/people/{me.pseudonym}/grant/", {"role": "expert", "reason": "x", "step": "grant"})
    assert "Nobody gives rights to themselves" in page.content.decode()
    auditor = as_role(Role.AUDITOR)
    for address in (f"/people/{me.pseudonym}/grant/", "/people/new/", f"/people/grants/{me.grants.get().key}/revoke/"):
        assert auditor.get(address).status_code == 403
    for address in (f"/people/{me.pseudonym}/active/", f"/people/{me.pseudonym}/password/", "/people/organisations/"):
        assert auditor.post(address, {"id": "x", "name": "x", "kind": "centre"}).status_code == 403


def test_a_right_is_revoked_with_a_reason_and_the_history_tells(as_role, person):
    client, one = as_role(Role.ADMINISTRATOR), person(Role.REVIEWER, "one")
    address = f"/people/grants/{one.grants.get().key}/revoke/"
    assert "What this would close" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 200
    assert one.rights()
    client.post(address, {"reason": "has left"})
    assert not one.rights()
    page = client.get(f"/people/{one.pseudonym}/").content.decode()
    assert "has left" in page
    assert "right revoked" in page


def test_pages_at_two_instants_tell_two_truths(as_role, person):
    client, one = as_role(Role.ADMINISTRATOR), person(Role.REVIEWER, "one")
    Grant.objects.update(made_at=timezone.now() - DAY, valid_from=timezone.now() - DAY)
    before = timezone.now().isoformat().replace("+", "%2B")
    client.post(f"/people/grants/{one.grants.get().key}/revoke/", {"reason": "has left"})
    for address, word in ((f"/people/{one.pseudonym}/", "has left"), ("/people/", ">none<")):
        assert word in client.get(address).content.decode()
        assert word not in client.get(f"{address}?as_of={before}").content.decode()


def test_queries_of_a_person_do_not_grow_with_rights(as_role, person):
    client, counts = as_role(Role.AUDITOR), []
    one = person(None, "one")
    for number in (1, 3, 100):
        while one.grants.count() < number:
            other = User.objects.create(username=f"u{User.objects.count()}")
            Grant.objects.create(holder=one, role="expert", granted_by=other)
            Delegation.objects.create(principal=one, deputy=other, valid_to=timezone.now() + DAY)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/people/{one.pseudonym}/")
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts


def test_an_organisation_is_added_by_an_administrator_and_recorded(as_role):
    client = as_role(Role.ADMINISTRATOR)
    client.post("/people/organisations/", {"id": "c1", "name": "一号中心", "kind": "centre"})
    assert Organisation.objects.get(pk="c1").name == "一号中心"
    assert Outbox.objects.latest("id").payload["id"] == "c1"
    for bad in ("c1", "a/b", "city:x"):
        assert client.post("/people/organisations/", {"id": bad, "name": "x", "kind": "centre"}).status_code == 200
    assert Organisation.objects.count() == 1


def local(when) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%dT%H:%M")


def test_leave_is_set_seen_and_ended_by_those_concerned(as_role, person):
    two = person(None, "two")
    client = as_role(Role.REVIEWER)
    client.post("/people/me/leave/", {"deputy": "two", "valid_to": local(timezone.now() + DAY), "reason": "holiday"})
    stand = Delegation.objects.get()
    assert two.rights()
    other = Client(headers={"accept-language": "en"})
    other.force_login(two, backend="django.contrib.auth.backends.ModelBackend")
    for browser in (client, other, as_role(Role.AUDITOR)):
        address = "/people/me/" if browser in (client, other) else f"/people/{two.pseudonym}/"
        assert "holiday" in browser.get(address).content.decode()
    assert as_role(Role.EXPERT).post(f"/people/leave/{stand.key}/end/").status_code == 404
    other.post(f"/people/leave/{stand.key}/end/")
    assert not two.rights()


def test_leave_that_may_not_be_says_why(as_role, person):
    person(Role.REVIEWER, "two")
    client = as_role(Role.AUDITOR)
    page = client.post("/people/me/leave/", {"deputy": "two", "valid_to": local(timezone.now() + DAY), "reason": "x"})
    assert "kept apart" in page.content.decode()
    assert not Delegation.objects.exists()


def test_a_firm_sees_only_its_own_people_as_deputies(as_role, person):
    firm = Organisation.objects.create(id="E1", name="厂", kind="enterprise")
    User.objects.filter(pk__in=[person(None, "colleague").pk]).update(organisation=firm)
    person(Role.REVIEWER, "official")
    client = as_role(Role.ENTERPRISE)
    assert "official" not in client.get("/people/me/leave/").content.decode()
    User.objects.filter(username="enterprise").update(organisation=firm)
    page = client.get("/people/me/leave/").content.decode()
    assert "official" not in page
    assert "colleague" in page


def test_my_page_says_rights_in_words(as_role):
    page = as_role(Role.REVIEWER, line="air").get("/people/me/").content.decode()
    assert "reviewer" in page
    assert "6 sites" in page
    assert "air" in page


SITES = [(1, payload(EntryKind.SITE, name, {"kind": "air", "city": city, "mn": name, "origin": "measured",
                                            "belongs": own, **({"city_code": code} if code else {})}))
         for name, city, code, own in (("a", "南京", "320100", []), ("b", "南京", "320106", ["E1"]),
                                       ("c", "黄山", "", ["E2"]))]
OWN = [(1, payload(EntryKind.PARK, "K1", {"name": "园区", "organisations": ["E1"]})),
       (1, payload(EntryKind.ORGANISATION, "E1", {"name": "一厂", "kind": "enterprise"}))]


def test_territories_are_codes_where_there_are_and_names_where_there_are_not():
    registry = fold([*SITES, *OWN])
    assert territories(registry) == [("3201", "南京"), ("city:黄山", "黄山"), ("park:K1", "园区")]
    words = Words(registry)
    assert words.bounds(Right(Role.REVIEWER, "city:黄山", "air", "E1")).startswith("黄山 · ")
    assert words.bounds(Right(Role.REVIEWER, "9999")) == "9999"


def test_what_a_right_opens_is_counted():
    registry = fold([*SITES, *OWN])
    with override("en"):
        found = {row.verb: row for row in openings(registry, (), (Right(Role.REVIEWER, "3201"),), Role.REVIEWER)}
        assert (found[Verb.READ_FLAGS].before_text, found[Verb.READ_FLAGS].after_text) == ("no", "2")
        assert (found[Verb.READ_LEDGERS].after_text, found[Verb.READ_LEDGERS].changes) == ("yes", True)


def test_the_demonstration_has_one_person_a_role_with_bounds():
    found = {seat.username: seat for seat in seed.seats(fold([*SITES, *OWN]))}
    assert {seat.role for seat in found.values()} == set(Role) - {Role.PUBLIC}
    assert (found["enterprise"].subject, found["park-manager"].territory) == ("E1", "park:K1")
    assert found["county-station"].territory in ("3201", "city:黄山")
    assert [seat.role for seat in found.values()].count(Role.ADMINISTRATOR) == 2
    bare = {seat.role for seat in seed.seats(fold([]))}
    assert not bare & {Role.ENTERPRISE, Role.PARK_MANAGER, Role.COUNTY_STATION}


def test_the_demonstration_can_be_seeded_again(console):
    first, second = seed.seed_demo(console), seed.seed_demo(console)
    assert all(password for _name, password, _role in first)
    assert [password for _name, password, _role in second] == [""] * len(first)
    assert [(n, r) for n, _p, r in first] == [(n, r) for n, _p, r in second]
    name, password, _role = first[0]
    assert User.objects.get(username=name).check_password(password)
    assert Grant.objects.count() == len(first)
    assert Outbox.objects.filter(payload__entry="grant").count() == len(first)


def test_a_fresh_home_gets_one_administrator(console):
    name, password = seed.ensure_first_administrator()
    one = User.objects.get(username=name)
    assert one.check_password(password)
    assert one.must_change_password
    assert one.rights()[0].role is Role.ADMINISTRATOR
    assert seed.ensure_first_administrator() is None


def test_first_passwords_are_random_and_free_of_signs_that_look_alike():
    found = {changes.first_password() for _ in range(200)}
    assert len(found) == 200
    assert not set("".join(found)) & set("lo01")
