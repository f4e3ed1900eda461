"""Cities are named in the reader's language on every page that names one; the registry's own text stays as it is."""

import re

import pytest
from django.urls import reverse
from homes import Station, run
from two_cuts import START_US, reader

from qingyuan.console import home
from qingyuan.console.accounts import bounds
from qingyuan.console.accounts.models import User
from qingyuan.console.accounts.verbs import Role
from qingyuan.numerics.time import HOUR_US
from qingyuan.vocabulary.cities import english

pytestmark = pytest.mark.django_db
HAN = re.compile(r">(?![^<]*city:)[^<]*(南京|无锡)[^<]*<")           # a key of a figure is no name
PAGES = ("/", "/map/", "/sites/", "/sections/", "/sites/S1/", "/cuts/?subject=city:南京", "/registry/sites/",
         "/registry/loggers/", "/registry/parks/", "/registry/coordinates/", "/registry/entry/site/S1/",
         "/registry/entry/park/K1/", "/telegrams/S1/", "/figures/aqi.realtime/city:南京/2020-04-01T08:00")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two cities with a station each, a park, and a coordinate that is in doubt; made once."""
    station = Station(tmp_path_factory.mktemp("cities") / "home")
    station.register("park", "K1", {"name": "园", "name_en": "A park", "city": "无锡", "organisations": []})
    for name, city, code in (("S1", "南京", "320100"), ("S2", "无锡", "320200")):
        station.site(name, city=city, city_code=code, plan=["a34004"], name_en=f"Station {name}",
                     province="江苏省",
                     lon=121.5, lat=31.2)
    station.replay(START_US + 3 * HOUR_US)
    for hour in range(2):
        station.send(station.frame(START_US + hour * HOUR_US, {"a34004": "130"}, qn=hour))
    station.settle()
    station.close()
    run(station.home)
    return station.home.path


@pytest.fixture
def cities(made, settings, db):
    """The console looks at that home."""
    settings.QINGYUAN_HOME = made


@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.REGISTRAR])
def test_no_english_page_names_a_city_in_chinese(cities, role):
    client, wrong = reader(role), []
    for address in PAGES:
        answer = client.get(address)
        if answer.status_code != 403:
            assert answer.status_code == 200, address
            wrong += [(address, found[0]) for found in HAN.finditer(answer.content.decode())]
    assert wrong == []


def test_the_listings_of_the_registry_name_and_find_cities_in_both_languages(cities):
    client = reader()
    listed = client.get("/registry/sites/").content.decode()
    assert "Nanjing" in listed
    for text in ("Wuxi", "无锡"):
        page = client.get("/registry/sites/", {"q": text}).content.decode()
        assert "Station S2" in page
        assert "Station S1" not in page
    assert "Station S2" in client.get("/registry/sites/", {"city": "无锡"}).content.decode()
    chinese = client.get("/registry/parks/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "无锡" in chinese
    assert "Wuxi" not in chinese


@pytest.mark.parametrize(("lang", "name"), [("en", "Jiangsu"), ("zh-hans", "江苏省")])
def test_provinces_are_named_in_the_readers_language(cities, lang, name):
    client, other = reader(Role.REGISTRAR), {"Jiangsu": "江苏", "江苏省": "Jiangsu"}[name]
    page = client.get("/registry/entry/site/S1/", headers={"accept-language": lang}).content.decode()
    assert f">{name}</dd>" in page
    assert other not in page
    address = reverse("grant_new", args=[User.objects.get().pseudonym])
    rights = reader(Role.ADMINISTRATOR).get(address, headers={"accept-language": lang}).content.decode()
    assert f'<option value="32">{name}</option>' in rights
    assert other not in rights


def test_the_figures_of_a_publication_name_their_city(cities):
    client = reader()
    found = re.findall(r'href="(/evidence/publications/\d+/)"', client.get("/evidence/publications/").content.decode())
    page = "".join(client.get(address).content.decode() for address in dict.fromkeys(found))
    assert "<td>Nanjing</td>" in page
    assert "<td>city:" not in page


def test_the_preview_of_another_city_names_both(cities):
    client = reader(Role.REGISTRAR)
    form = client.get("/registry/entry/site/S1/change/").content.decode()
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    page = client.post("/registry/entry/site/S1/change/", sent | {"city": "无锡", "step": "preview"}).content.decode()
    assert "What this would change" in page
    assert "Wuxi" in page
    assert HAN.findall(page) == []


def test_territories_are_named_in_the_readers_language(cities):
    from django.utils.translation import override

    with override("en"):
        assert ("3201", "Nanjing") in bounds.territories(home.registry())
    with override("zh-hans"):
        assert ("3201", "南京") in bounds.territories(home.registry())
    assert english("南京") == "Nanjing"
