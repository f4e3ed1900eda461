"""Home and water sections on both sides of late corrections."""

import re

import pytest
from two_cuts import reader, versions, whole_city

from qingyuan.console.accounts.models import DossierRead, Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import moment

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A home and the instant between its two truths; made once."""
    return whole_city(tmp_path_factory.mktemp("city") / "home")


@pytest.fixture
def city(made, settings, db):
    """The console looks at that home."""
    home, between_us = made
    settings.QINGYUAN_HOME = home.path
    return home, between_us


def part(page, title):
    """A card of a page by its heading; empty where there is none."""
    return next((text.partition("</section>")[0] for text in page.split('<section class="qy-card">')
                 if f"<h2>{title}</h2>" in text), "")


def both(client, address, between_us):
    """A page as of the instant between, and now."""
    answers = [client.get(address, {"as_of": instant_text(between_us)}), client.get(address)]
    assert [answer.status_code for answer in answers] == [200, 200]
    return [answer.content.decode() for answer in answers]


def test_the_cities_on_the_home_page_have_the_index_of_either_cut(city):
    home, between_us = city
    index = sorted((f for f in versions(home, "figure") if f.subject == "city:南京" and f.name == "aqi.realtime"),
                   key=lambda f: (f.start, f.version))[-2:]
    assert [f.version for f in index] == [1, 2]
    assert index[0].value != index[1].value
    pages = both(reader(), "/", between_us)
    assert "Cities now" not in pages[0]
    before, after = (part(page, title) for page, title in zip(pages, ("Cities", "Cities now"), strict=True))
    for page, own, other in ((before, index[0], index[1]), (after, index[1], index[0])):
        assert f">{own.value}</a>" in page
        assert f">{other.value}</a>" not in page


def test_the_worklist_has_what_waited_at_either_cut(city):
    _home, between_us = city
    before, after = (part(page, "Needs you") for page in both(reader(), "/", between_us))
    assert 'id="n-S2"' in before
    assert 'id="n-S3"' not in before
    assert "hour values fail" not in before
    assert 'id="n-S2"' not in after
    assert 'id="n-S3"' in after
    assert "1 hour value fails" in after


def test_an_enterprise_sees_its_outlet_as_it_was_believed(city):
    _home, between_us = city
    user = User.objects.create_user(username="works", password="correct horse battery")
    Grant.objects.create(holder=user, role=Role.ENTERPRISE.value, subject="E1")
    client = reader(Role.EXPERT)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    before, after = (part(page, "Your outlets") for page in both(client, "/", between_us))
    assert ">20</a>" in before
    assert ">61</a>" in after
    assert "of the converted value" in after           # the permit of a stack: not held against the measured value
    assert "over the limit" not in before + after


def test_the_map_of_the_home_page_asks_for_the_instant_too(city):
    _home, between_us = city
    before, after = both(reader(), "/", between_us)
    assert re.search(r'data-sites="/map/sites\.geojson\?as_of=', before)
    assert 'data-sites="/map/sites.geojson"' in after


def test_files_read_after_the_instant_are_not_among_those_read_last(city):
    _home, between_us = city
    officer = User.objects.create_user(username="officer", password="correct horse battery")
    for site, shift in (("G1", -1), ("LATER", 1)):
        row = DossierRead.objects.create(reader=officer, site=site, address="/sites/G1/")
        DossierRead.objects.filter(pk=row.pk).update(at=moment(between_us + shift))
    before, after = (part(page, "Enterprise files read last") for page in both(reader(Role.AUDITOR), "/", between_us))
    assert "<span>G1</span>" in before
    assert "<span>LATER</span>" not in before
    assert "<span>LATER</span>" in after


@pytest.mark.parametrize(("role", "title", "words"), [
    (Role.DUTY_OFFICER, "Needs you", "known only for now"), (Role.ADMINISTRATOR, "Accounts", "as it is now"),
    (Role.AUDITOR, "Ledgers as the witness saw them", "as it is now")])
def test_what_is_known_only_for_now_says_so(city, role, title, words):
    home, between_us = city
    (home.path / "run").mkdir(exist_ok=True)
    (home.path / "run" / "witness.status.json").write_text('{"ledgers": {"gw1": {"size": 7, "alarm": ""}}}')
    before, after = (part(page, title) for page in both(reader(role), "/", between_us))
    assert words in before
    assert after
    assert words not in after


def test_sections_have_the_values_lines_and_ages_of_either_cut(city):
    _home, between_us = city
    before, after = both(reader(), "/sections/", between_us)
    assert "Section W1" in before
    assert ">7.2</a>" in before
    assert ">8.1</a>" not in before
    assert ">8.1</a>" in after
    lines = [re.findall(r'<polyline points="([^"]*)"', page)[0] for page in (before, after)]
    assert len({point.split(",")[1] for point in lines[0].split()}) == 1
    assert len({point.split(",")[1] for point in lines[1].split()}) == 2
