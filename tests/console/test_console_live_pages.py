"""Home, map, list and station page: who sees what, and how many questions it costs."""

import json
import re

import pytest
from django.test import Client

from qingyuan.console.accounts.models import DossierRead
from qingyuan.console.accounts.verbs import Role, Verb
from qingyuan.console.reading import Reading, scope_of

pytestmark = pytest.mark.django_db
PAGES = ("/", "/map/", "/sites/", "/sections/", "/cuts/")


@pytest.fixture
def reading(console):
    """Everything, as the duty officer of the whole province reads it."""
    from qingyuan.console.accounts.scope import Right

    return Reading(scope_of((Right(Role.DUTY_OFFICER),)))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_every_page_opens_for_every_role(as_role, role, lang):
    client = as_role(role, lang=lang)
    for address in PAGES:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "<main" in answer.content.decode()


def test_the_list_is_searched_filtered_and_ordered(as_role, reading):
    client = as_role(Role.DUTY_OFFICER)
    one = reading.sites()[0]
    found = client.get("/sites/", {"q": one.mn}).content.decode()
    assert found.count("<tr id=") == 1
    assert one.id in found
    assert "No site fits" in client.get("/sites/?q=nowhere").content.decode()


def test_the_map_has_the_sites_of_the_list_with_their_grade(as_role, reading):
    client = as_role(Role.DUTY_OFFICER)
    data = json.loads(client.get("/map/sites.geojson").content)
    assert {f["properties"]["id"] for f in data["features"]} == {s.id for s in reading.sites() if s.lon is not None}
    one = data["features"][0]["properties"]
    assert one["grade"] in range(1, 7)
    assert one["origin"] == "simulated"
    assert "AQI" in one["text"]
    graded = json.loads(client.get(f"/map/sites.geojson?grade={one['grade']}").content)
    assert all(f["properties"]["grade"] == one["grade"] for f in graded["features"])


def test_the_list_beside_the_map_holds_what_lies_in_a_box(as_role, reading):
    client = as_role(Role.DUTY_OFFICER)
    one = next(site for site in reading.sites() if site.lon is not None)
    box = f"{one.lon - 0.01},{one.lat - 0.01},{one.lon + 0.01},{one.lat + 0.01}"
    near = {site.id for site in reading.sites() if site.lon is not None
            and abs(site.lon - one.lon) <= 0.01 and abs(site.lat - one.lat) <= 0.01}

    def listed(asked):
        return set(re.findall(r'<li data-site="([^"]+)"', client.get("/map/", {"box": asked}).content.decode()))

    assert listed(box) == near
    assert len(near) < len(reading.sites())
    assert listed("0,0,1,1") == set()
    everything = listed("")
    assert listed("1,2,3") == listed("a,b,c,d") == everything > near


def test_a_factor_chosen_on_the_map_is_what_is_shown(as_role):
    data = json.loads(as_role(Role.DUTY_OFFICER).get("/map/sites.geojson?factor=a34004").content)
    assert data["features"]
    assert all(f["properties"]["text"].startswith("PM2.5 ") for f in data["features"])


def test_the_station_page_shows_hours_each_with_a_drawer(as_role, reading):
    site = reading.sites()[0]
    page = as_role(Role.DUTY_OFFICER).get(f"/sites/{site.id}/").content.decode()
    assert page.count("qy-chart") >= 6
    assert f'href="/figures/hour.PM2.5/{site.id}/' in page
    assert "qy-telegram" in page


def test_telegrams_are_for_those_who_may_read_them(as_role, reading):
    site = reading.sites()[0]
    page = as_role(Role.EXPERT).get(f"/sites/{site.id}/").content.decode()
    assert "qy-telegram" not in page
    assert f'href="/figures/hour.PM2.5/{site.id}/' in page


def test_an_unknown_site_is_a_page_that_says_so(as_role):
    assert as_role(Role.DUTY_OFFICER).get("/sites/nowhere/").status_code == 404


def test_the_chart_is_a_grid_with_the_published_values(as_role, reading):
    site = reading.sites()[0]
    client = as_role(Role.DUTY_OFFICER)
    chart = json.loads(client.get(f"/sites/{site.id}/chart/?factor=a05024&span=24h").content)
    own = chart["series"][0]
    assert len(own["v"]) == 24
    figures = {f.start // 1_000_000: float(f.value) for f in reading.figures("hour", [site.id], names=["hour.O3"])
               if f.valid}
    for number, value in enumerate(own["v"]):
        at = own["t0"] + number * own["step_s"]
        if own["state"][number] in (0, 1):
            assert figures[at] == value
    assert [limit["averaging"] for limit in chart["limits"]] == ["1h"]
    assert chart["limits"][0]["value"] == 200


def test_no_limit_of_another_averaging_time_is_given(as_role, reading):
    site = reading.sites()[0]
    client = as_role(Role.DUTY_OFFICER)
    assert json.loads(client.get(f"/sites/{site.id}/chart/?factor=a34004").content)["limits"] == []
    days = json.loads(client.get(f"/sites/{site.id}/chart/?factor=a34004&mean=day").content)
    assert [limit["averaging"] for limit in days["limits"]] == ["24h"]


def test_what_is_sent_below_the_hour_needs_the_right_to_read_telegrams(as_role, reading):
    site = reading.sites()[0]
    assert as_role(Role.EXPERT).get(f"/sites/{site.id}/chart/?factor=a34004&mean=raw").status_code == 403


def test_a_file_has_a_line_a_figure_with_stage_and_provenance(as_role, reading):
    site = reading.sites()[0]
    answer = as_role(Role.DUTY_OFFICER).get(f"/sites/{site.id}/figures.csv?f=a34004")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("from,to,site")
    assert len(lines) == 25
    assert all(f"hour.PM2.5/{site.id}/" in line and "provisional" in line for line in lines[1:])
    assert as_role(Role.EXPERT).get(f"/sites/{site.id}/figures.csv").status_code == 403


def test_a_stretch_that_is_none_is_named(as_role, reading):
    site = reading.sites()[0]
    page = as_role(Role.DUTY_OFFICER).get(f"/sites/{site.id}/?from=yesterday").content.decode()
    assert "yesterday" in page


def test_an_office_that_opens_an_enterprises_file_is_written_down_and_permit_limits_are_drawn(
        tmp_path, settings, db, django_user_model):
    from homes import Station, run

    station = Station(tmp_path / "home")
    station.register("organisation", "E1", {"name": "某厂", "name_en": "A works", "kind": "enterprise"})
    station.site("S1", kind="gas", st="31", belongs=["E1"], plan=["a21026", "a21002"])
    station.site("S2")
    station.register("limit", "L1", {"site": "S1", "factor": "a21026", "averaging": "hour", "value": "50",
                                     "unit": "mg/m3", "clause": "GB 13223-2011 table 1"})
    station.close()
    run(station.home)
    settings.QINGYUAN_HOME = station.home.path
    from qingyuan.console.accounts.models import Grant

    for name, role, bounds in (("duty", Role.DUTY_OFFICER, {}), ("works", Role.ENTERPRISE, {"subject": "E1"})):
        user = django_user_model.objects.create_user(username=name, password="correct horse battery")
        Grant.objects.create(holder=user, role=role.value, **bounds)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/sites/S1/").status_code == 200
        client.get("/sites/S2/")
    own = json.loads(client.get("/sites/S1/chart/?factor=a21026").content)
    assert [(one["value"], one["averaging"], one["unit"]) for one in own["limits"]] == [(50.0, "1h", "mg/m³")]
    for address in ("/sites/S1/chart/?factor=a21026&mean=day", "/sites/S1/chart/?factor=a21002"):
        found = json.loads(client.get(address).content)
        assert "limits" not in found
        assert found["note"]
    assert list(DossierRead.objects.values_list("reader__username", "site")) == [("duty", "S1")]


def test_home_names_silent_sites_until_something_is_heard(tmp_path, settings, db):
    from homes import Station, run

    from qingyuan.console.accounts.scope import Right
    from qingyuan.console.live.silence import silence
    from qingyuan.numerics.time import HOUR_US
    from qingyuan.pipeline.figure import parse_id

    start_us = parse_id("x/y/2020-04-01T08:00").start_us
    station = Station(tmp_path / "home")
    for name in ("S1", "S2", "S3"):
        station.site(name, plan=["a34004", "a21026"])
    station.replay(start_us + 6 * HOUR_US, "1")
    station.settle()
    for hour in range(5):
        station.send(station.frame(start_us + hour * HOUR_US, {"a34004": "30", "a21026": "9"}, name="S1", qn=hour))
    station.send(station.frame(start_us, {"a34004": "30"}, name="S2"))
    station.settle()
    station.close()
    run(station.home)
    settings.QINGYUAN_HOME = station.home.path
    found = silence(Reading(scope_of((Right(Role.DUTY_OFFICER),))))
    assert [(row.site.id, row.factors, row.whole) for row in found] == [
        ("S3", ("a34004", "a21026"), True), ("S2", ("a34004", "a21026"), True)]
    assert found[1].since_us == start_us + HOUR_US
    assert silence(Reading(scope_of(()))) == []


def test_home_is_by_duty(as_role):
    parts = {role: as_role(role).get("/").content.decode() for role in (
        Role.DUTY_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR, Role.ENTERPRISE)}
    assert "Gateways running" in parts[Role.DUTY_OFFICER]
    assert "Ledgers as the witness saw them" not in parts[Role.DUTY_OFFICER]
    assert "Enterprise files read last" in parts[Role.AUDITOR]
    assert "Accounts" in parts[Role.ADMINISTRATOR]
    assert "Needs you" not in parts[Role.ADMINISTRATOR]
    assert "Your outlets" in parts[Role.ENTERPRISE]
    assert all("Cities now" in text for text in parts.values())


def test_a_script_gets_only_the_part_that_is_refreshed(as_role):
    part = as_role(Role.DUTY_OFFICER).get("/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "qy-rows" in part


def test_the_map_of_an_earlier_hour_shows_that_hour(as_role, reading):
    client = as_role(Role.DUTY_OFFICER)
    hour = min(f.start for f in reading.figures("figure", names=["aqi.realtime"]) if f.valid) // 1_000_000
    then = json.loads(client.get(f"/map/sites.geojson?at={hour}").content)["features"]
    at_us = hour * 1_000_000
    values = {f.subject: float(f.value) for f in reading.figures("figure", names=["aqi.realtime"], start_us=at_us,
                                                                end_us=at_us + 1) if f.valid}
    assert {f["properties"]["id"]: f["properties"]["value"] for f in then if "value" in f["properties"]} == {
        name: value for name, value in values.items() if not name.startswith("city:")}


def test_cities_are_named_in_the_readers_language(as_role, reading):
    city = reading.sites()[0].city
    assert f">{city}<" in as_role(Role.DUTY_OFFICER, lang="zh-hans").get("/").content.decode()
    page = as_role(Role.AUDITOR).get("/").content.decode()
    assert city not in page.partition("Cities now")[2].partition("</table>")[0]


def test_the_number_of_questions_does_not_grow_with_the_rows(as_role, django_assert_max_num_queries):
    client = as_role(Role.DUTY_OFFICER)
    client.get("/sites/")
    for address in ("/sites/", "/sites/?q=none", "/", "/map/", "/sections/"):
        with django_assert_max_num_queries(8):
            client.get(address)


def test_every_watch_has_a_word_and_every_verb_of_the_pages_is_known():
    from qingyuan.console.live.watch import WATCH_WORDS, Watch

    assert set(WATCH_WORDS) == set(Watch)
    assert Verb.READ_FIGURES in Verb


def test_the_number_of_people_counts_each_once(person):
    from qingyuan.console.accounts.models import Grant
    from qingyuan.console.live.start import people

    one = person(Role.REVIEWER)
    Grant.objects.create(holder=one, role=Role.EXPERT.value)
    person(None, "idle")
    assert people() == {"accounts": 2, "holding": 1}


def test_flags_of_the_period_stand_on_the_station_page_for_those_who_may_read_them(as_role, reading):
    site = sorted({flag.site for flag in reading.flags()})[0]
    address = f"/sites/{site}/?span=7d"
    assert "What the tests say" in as_role(Role.DUTY_OFFICER).get(address).content.decode()
    assert "What the tests say" not in as_role(Role.ENTERPRISE).get(address).content.decode()


def test_every_filter_of_a_station_has_its_name_above_it(as_role, reading):
    page = as_role(Role.DUTY_OFFICER).get(f"/sites/{reading.sites()[0].id}/").content.decode()
    form = page.partition('<form class="qy-filters"')[2].partition("</form>")[0]
    labels = re.findall(r"<label>([^<]*)<select[^>]*>(.*?)</select>", form, re.S)
    assert len(labels) == form.count("<select") == 4
    assert all(name.strip() for name, _ in labels)
    for name, options in labels[1:]:
        assert re.findall(r"<option[^>]*>([^<]*)</option>", options) == ["shown", "hidden"], name


@pytest.mark.parametrize(("names", "short"), [
    (["Simulated Park, boundary station 4", "Simulated Park, boundary station 1"],
     ["station 4", "station 1"]),
    (["模拟滨江化工园区边界4号站", "模拟滨江化工园区边界1号站"], ["4号站", "1号站"]),
    (["南京模拟1号空气站", "南京模拟2号空气站"], ["1号空气站", "2号空气站"]),
    (["山西路", "山西北路"], ["山西路", "山西北路"]), (["迈皋桥", "草场门"], ["迈皋桥", "草场门"]),
    (["Simulated Nanjing air station 1", "Simulated Nanjing air station 12"], ["station 1", "station 12"]),
    (["Station 1", "Station 1"], ["Station 1", "Station 1"]),
    (["某园", "某园边界4号站"], ["某园", "某园边界4号站"])])
def test_lines_of_a_chart_are_named_by_what_tells_them_apart(names, short):
    from qingyuan.console.live.charts import shorter

    assert shorter(names) == short
