"""The page of two cuts: how its instants are chosen, and that none of them loses a part of a second."""

import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override
from two_cuts import HOUR, one_station, reader, versions

from qingyuan.console import home
from qingyuan.console.live.cuts import differing
from qingyuan.console.shell.page import field_text, instant_text, instant_us

pytestmark = pytest.mark.django_db
KEY = f"hour.PM2.5/S1/{HOUR}"
DAY = {"from": "2020-04-01", "to": "2020-04-01"}


@pytest.fixture
def corrected(tmp_path, settings, db):
    """A browser, and the instants of the first version and of its correction."""
    home = one_station(tmp_path / "home")
    settings.QINGYUAN_HOME = home.path
    first, second = sorted(f.believed_from for f in versions(home) if str(f.key) == KEY)
    return reader(), first, second


def field(page, name):
    """Attributes of an input of the form of two cuts."""
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', page.partition('id="cuts"')[2])
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', unescape(found[0]))) if found else {}


def submitted(page):
    """The form as a browser sends it when nothing was changed."""
    form = page.partition('id="cuts"')[2].partition("</form>")[0]
    names = re.findall(r'<input[^>]* name="([a-z_]+)"', form)
    return {name: field(page, name).get("value", "") for name in names if field(page, name).get("type") != "checkbox"}


def choices(page):
    """Addresses of the quick choices."""
    return [parse_qs(urlsplit(unescape(url)).query) for url in re.findall(r'href="([^"]*[?&;]a=[^"]*)"', page)]


def test_instants_are_chosen_in_fields_of_date_and_time(corrected):
    client, first, _second = corrected
    page = client.get("/cuts/", {"subject": "S1", "a": instant_text(first), **DAY}).content.decode()
    for name in ("a", "b"):
        assert field(page, name)["type"] == "datetime-local"
        assert field(page, name)["step"] == "0.001"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", field(page, "a")["value"])
    assert field(page, "b").get("value", "") == ""


def test_a_form_sent_unchanged_asks_for_the_same_microsecond(corrected):
    client, _first, second = corrected
    page = client.get("/cuts/", {"subject": "S1", "a": instant_text(second - 1), "b": instant_text(second),
                                 **DAY}).content.decode()
    assert ">30</a>" in page
    again = client.get("/cuts/", submitted(page)).content.decode()
    assert ">30</a>" in again
    assert ">99</a>" in again
    assert field(again, "a_exact")["value"] == instant_text(second - 1)


def test_an_instant_that_was_changed_in_the_form_is_taken_as_it_stands(corrected):
    client, first, second = corrected
    page = client.get("/cuts/", {"subject": "S1", "a": instant_text(second - 1), **DAY}).content.decode()
    sent = submitted(page) | {"a": "2019-01-01T00:00"}
    assert "not published yet" in client.get("/cuts/", sent).content.decode()
    assert field_text(first) == instant_text(first)[:23] or first % 1_000_000 == 0
    assert instant_us(field_text(first)) == first - first % 1000


def test_quick_choices_lead_to_both_sides_of_a_correction_to_an_hour_a_day_ago_and_now(corrected):
    client, _first, second = corrected
    page = client.get("/cuts/", {"subject": "S1"}).content.decode()
    found = choices(page)
    sides = [one for one in found if one["a"] == [instant_text(second - 1)]]
    assert sides
    assert all(one["b"] == [instant_text(second)] and one["from"] == ["2020-04-01"] for one in sides)
    now = [instant_us(one["a"][0]) for one in found if "b" not in one]
    assert len(now) == 2
    assert abs(now[0] - now[1] - 23 * 3_600_000_000) < 60_000_000
    assert "before and after the newest correction" in page
    assert "corrected data" in page
    both = client.get("/cuts/", {k: v[0] for k, v in sides[0].items()}).content.decode()
    assert ">30</a>" in both
    assert ">99</a>" in both


def test_a_correction_not_yet_known_at_the_instant_of_the_page_is_no_choice(corrected):
    client, _first, second = corrected
    page = client.get("/cuts/", {"subject": "S1", "as_of": instant_text(second - 1)}).content.decode()
    assert instant_text(second - 1) not in [one["a"][0] for one in choices(page) if "b" in one]
    assert "No figure of this subject has been corrected" in page


def test_one_figure_may_be_asked_for_alone(corrected):
    client, first, second = corrected
    ask = {"a": instant_text(first), "b": instant_text(second), **DAY}
    page = client.get("/cuts/", {"figure": KEY, **ask}).content.decode()
    assert ">30</a>" in page
    assert "the whole subject" in page
    assert client.get("/cuts/", {"figure": "hour.PM2.5/nowhere/2020-04-01T08:00", **ask}).status_code == 404
    assert client.get("/cuts/", {"figure": "no key", **ask}).status_code == 404
    drawer = client.get(f"/figures/{KEY}").content.decode()
    assert "figure=hour.PM2.5" in unescape(drawer)


def test_the_instant_of_a_page_is_chosen_without_losing_a_part_of_a_second(corrected):
    client, _first, second = corrected
    key = f"/figures/{KEY}"
    page = client.get(key, {"as_of": instant_text(second - 1)}).content.decode()
    menu = page.partition("qy-asof--past")[2].partition("</form>")[0]
    sent = {name: unescape(value) for name, value in re.findall(r'name="(as_of\w*)" value="([^"]*)"', menu)}
    assert set(sent) == {"as_of", "as_of_exact"}
    again = client.get(key, sent).content.decode()
    assert '<span class="qy-big qy-num">30<' in again
    assert instant_text(second - 1)[-13:].split("+")[0] in again
    assert "as_of_exact=" not in again
    changed = client.get(key, sent | {"as_of": field_text(second + 1000)}).content.decode()
    assert '<span class="qy-big qy-num">99<' in changed


def test_an_equal_value_on_other_grounds_is_not_marked_as_another_value(corrected):
    _client, first, _second = corrected
    one = next(f for f in versions(home.home()) if f.believed_from == first and str(f.key) == KEY)
    key = (one.start, one.name)
    grounds = replace(one, detail='{"mark": "T"}', version=2)
    same, = differing({key: one}, {key: grounds}, everything=False)
    other, = differing({key: one}, {key: replace(grounds, value="31")}, everything=False)
    assert (same["differs"], same["value"]) == (True, False)
    assert (other["differs"], other["value"]) == (True, True)
    rows = Paginator([same, other], 100).get_page(1)
    request = RequestFactory().get("/cuts/")
    request.page = SimpleNamespace(as_of="", ready=False)
    with override("en"):
        page = render_to_string("live/cuts.html", {"rows": rows, "compared": True, "a_us": first}, request)
    assert page.count("<mark>") == 1
    assert page.count("same value, other grounds") == 1
