"""Every page: log-in first, both languages, the instant in the address."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.translation import override

from qingyuan.console import shell
from qingyuan.console.accounts.models import Delegation, Grant, User
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


def turned(number, count, address="/?q=a&page=1", key=None):
    """The links between pages of a list of `count` rows, a hundred a page, as page `number` of it shows them."""
    request = RequestFactory().get(address)
    request.page = SimpleNamespace(as_of="2026-01-01T08:00:00.000001+08:00", ready=False)
    rows = Paginator(range(count), 100).get_page(number)
    with override("en"):
        return " ".join(render_to_string("shell/_pager.html", {"rows": rows} | ({"key": key} if key else {}),
                                         request).split())


def test_one_template_turns_the_pages_of_every_list():
    folder = Path(shell.__file__).parents[1] / "templates"
    assert [path.parent.name for path in folder.rglob("_pager.html")] == ["shell"]
    assert turned(1, 100) == ""
    middle = turned(2, 250)
    assert "page 2 of 3, 250 rows" in middle
    kept = "as_of=2026-01-01T08%3A00%3A00.000001%2B08%3A00"
    assert f'rel="prev" href="/?q=a&amp;{kept}&amp;page=1"' in middle
    assert f'rel="next" href="/?q=a&amp;{kept}&amp;page=3"' in middle
    assert 'rel="next"' not in turned(3, 250)
    assert "silent=2" in turned(1, 250, key="silent")
    assert "page=1&" in turned(1, 250, key="silent")


def menu(page: str) -> str:
    """The text of the user menu's button."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('class="qy-top__button qy-who"')[1].partition("</summary>")[0]
                           .partition(">")[2]).split())


@pytest.mark.parametrize(("lang", "words"), [("en", "duty-officer duty officer"), ("zh-hans", "duty-officer 值班员")])
def test_the_persons_role_stands_beside_the_name(as_role, lang, words):
    assert menu(as_role(Role.DUTY_OFFICER, lang=lang).get("/").content.decode()) == words


def test_a_person_who_is_called_by_the_role_is_named_once(as_role):
    client = as_role(Role.DUTY_OFFICER, lang="zh-hans")
    User.objects.update(full_name="值班员")
    page = client.get("/").content.decode()
    assert menu(page) == "值班员"
    assert "qy-who__all" not in page
    assert menu(client.get("/?lang=en").content.decode()) == "值班员 duty officer"
    Grant.objects.create(holder=User.objects.get(), role=Role.REVIEWER.value)
    page = client.get("/?lang=zh-hans").content.decode()
    assert menu(page) == "值班员 +1"
    assert '<li class="qy-who__all">值班员、审核员</li>' in page


def test_of_several_roles_the_first_own_one_is_named_and_all_are_in_the_menu(as_role, person):
    client, two = as_role(Role.REVIEWER), person(Role.INSPECTOR, "two")
    Grant.objects.create(holder=User.objects.get(username="reviewer"), role=Role.TRACING_ANALYST.value)
    now = timezone.now()
    Delegation.objects.create(principal=two, deputy=User.objects.get(username="reviewer"), valid_from=now,
                              valid_to=now + timedelta(days=1))
    page = client.get("/").content.decode()
    assert menu(page) == "reviewer +2"          # called as the role is
    assert "reviewer, tracing analyst, inspector" in page
    assert menu(as_role(None).get("/").content.decode()) == "nobody public"
