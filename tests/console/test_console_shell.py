"""Every page: log-in first, both languages, the instant in the address."""

import pytest
from django.test import Client

from qingyuan.console.accounts.verbs import Role

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_log_in(console):
    answer = Client().get("/sites/")
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=/sites/")


def test_the_list_shows_the_sites_of_the_home(as_role):
    page = as_role(Role.DUTY_OFFICER).get("/sites/").content.decode()
    assert page.count("<tr>") == 1 + 6
    assert "data-drawer" in page


@pytest.mark.parametrize(("lang", "text"), [("en", 'lang="en"'), ("zh-hans", 'lang="zh-Hans"')])
def test_the_language_is_the_readers(as_role, lang, text):
    assert text in as_role(Role.DUTY_OFFICER, lang=lang).get("/").content.decode()


def test_a_text_that_is_no_instant_is_named(as_role):
    answer = as_role(Role.DUTY_OFFICER).get("/sites/?as_of=yesterday")
    assert answer.status_code == 400
    assert "yesterday" in answer.content.decode()


def test_a_missing_right_is_named(as_role):
    answer = as_role(Role.ADMINISTRATOR).get("/sites/")
    assert answer.status_code == 200                      # figures of public stations are everybody's
