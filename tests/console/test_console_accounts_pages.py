"""Pages of people: who may open them, that they come in both languages, and that a list asks no more for more rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qingyuan.console.accounts.models import DossierRead, Grant, Organisation, User
from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db
LISTS = ("/people/", "/people/organisations/", "/people/access/", "/people/check/", "/people/log/")
OWN = ("/people/me/", "/people/me/leave/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/")


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
@pytest.mark.parametrize("address", LISTS + OWN)
def test_an_auditor_sees_the_lists_in_both_languages(as_role, address, lang):
    answer = as_role(Role.AUDITOR, lang).get(address)
    assert answer.status_code == 200
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("address", [*LISTS, "/people/new/"])
@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.REGISTRAR, Role.ENTERPRISE])
def test_others_do_not_see_the_lists(as_role, address, role):
    assert as_role(role).get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("address", OWN)
def test_everybody_has_an_own_account(as_role, address):
    assert as_role(None).get(address).status_code == 200


@pytest.mark.parametrize("address", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"])
def test_there_is_no_sign_up_and_no_reset_by_mail(console, address):
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("address", [*LISTS, "/people/me/"])
def test_queries_do_not_grow_with_the_rows(as_role, address):
    client = as_role(Role.AUDITOR)
    counts = []
    for number in (1, 3, 100):
        while User.objects.count() < number + 1:
            name = f"p{User.objects.count()}"
            home = Organisation.objects.create(id=f"o-{name}", name=name, kind="centre")
            one = User.objects.create(username=name, organisation=home)
            Grant.objects.create(holder=one, role="reviewer")
            DossierRead.objects.create(reader=one, site="S", address="/x/")
        client.get(address)
        with CaptureQueriesContext(connection, ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 20
