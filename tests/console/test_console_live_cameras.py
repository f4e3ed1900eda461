"""Cameras on the page of their site: what is shown, to whom, as of when, and that no path comes from outside."""

import os
import time

import camera_files
import pytest
from django.test import Client
from homes import Station, now_us, run
from two_cuts import START_US, reader

from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.live import cameras
from qingyuan.console.reading import Reading, scope_of
from qingyuan.console.shell.page import instant_text
from qingyuan.numerics.time import HOUR_US

pytestmark = pytest.mark.django_db
MINUTE_US = 60_000_000
TAKEN_US = START_US + 5 * HOUR_US


@pytest.fixture
def made(tmp_path, settings):
    """A home with an outlet in a park and a station elsewhere; each of outlet and park has a camera."""
    station = Station(tmp_path / "home")
    station.register("organisation", "E1", {"name": "某厂", "name_en": "A works", "kind": "enterprise"})
    station.register("organisation", "E2", {"name": "他厂", "name_en": "Another works", "kind": "enterprise"})
    station.register("park", "K1", {"name": "某园", "name_en": "A park", "organisations": ["E1"]})
    station.site("G1", kind="gas", st="31", plan=["a21026"], belongs=["E1", "K1"], name_en="Outlet G1", lon=118.7,
                 lat=32.0)
    station.site("S1", plan=["a34004"])
    station.replay(TAKEN_US + 60 * MINUTE_US)
    station.send(station.frame(START_US, {"a21026": "20"}, name="G1"))
    station.settle()
    station.close()
    run(station.home)
    settings.QINGYUAN_HOME = station.home.path
    camera_files.write(station.home.path, TAKEN_US, "G1", "K1")
    return station.home.path


def works(subject):
    """A browser of a person of an enterprise."""
    user = User.objects.create_user(username=f"of-{subject}", password="correct horse battery")
    Grant.objects.create(holder=user, role=Role.ENTERPRISE.value, subject=subject)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_of_a_site_shows_its_cameras_and_those_of_its_park(made):
    page = reader().get("/sites/G1/").content.decode()
    part = page.partition("<h2>Cameras</h2>")[2].partition("</section>")[0]
    assert part.count("<img") == 4
    for text in ("Outlet G1", "A park", "outlet of the stack", "2020-04-01 13:00:00", "2020-04-01 13:00:05",
                 "SIMULATED", "drawn by the simulator",
                 'src="/sites/G1/cameras/0/"', "118.7, 32.0", "is no part of a proof"):
        assert text in part, text
    assert "alt=" in part
    assert "Cameras" not in reader(Role.EXPERT).get("/sites/S1/").content.decode()


def test_a_picture_is_served_as_what_it_is(made):
    answer = reader().get("/sites/G1/cameras/1/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert "private" in answer["Cache-Control"]
    assert answer.content == camera_files.picture(10)


def test_pictures_are_for_those_who_may_read_the_telegrams_of_the_site(made):
    assert works("E1").get("/sites/G1/cameras/0/").status_code == 200
    assert works("E2").get("/sites/G1/cameras/0/").status_code == 404
    expert = reader(Role.EXPERT)
    assert expert.get("/sites/G1/cameras/0/").status_code in (403, 404)
    assert "Cameras" not in expert.get("/sites/G1/").content.decode()
    assert Client().get("/sites/G1/cameras/0/").status_code == 302
    assert reader().get("/sites/S1/cameras/0/").status_code == 404


def test_a_picture_that_was_not_yet_taken_is_not_shown(made):
    client, then_us = reader(), now_us()
    shown_us = Reading(scope_of((Right(Role.DUTY_OFFICER),)), then_us).data_now_us
    camera_files.write(made, shown_us + 200_000, "G1")
    then = {"as_of": instant_text(then_us)}
    assert client.get("/sites/G1/cameras/0/", then).status_code == 404
    assert "<h2>Cameras</h2>" not in client.get("/sites/G1/", then).content.decode()
    time.sleep(0.25)
    assert client.get("/sites/G1/cameras/0/").status_code == 200
    assert client.get("/sites/G1/cameras/1/").status_code == 404        # five seconds later
    assert "<h2>Cameras</h2>" in client.get("/sites/G1/").content.decode()


@pytest.mark.parametrize("file", [
    "../../keys/home.json", "/etc/hostname", "..", "", "G1-1.png/../G1-1.png", "a\\b.png", "a\0.png", "G1-1.svg",
    ".png", "G1-1.PNG", "index.json", "link.png", 7, None, ["G1-1.png"]])
def test_no_name_in_the_index_leads_elsewhere(made, file):
    folder = made / "province" / "cameras"
    os.symlink(made / "qingyuan.json", folder / "link.png")
    camera_files.put(made, [camera_files.entry("G1", file, (made / "qingyuan.json").read_bytes(), TAKEN_US)])
    client = reader()
    assert client.get("/sites/G1/cameras/0/").status_code == 404
    assert client.get("/sites/G1/").status_code == 200


def test_what_is_no_picture_or_not_the_one_named_is_not_served(made):
    folder, client = made / "province" / "cameras", reader()
    html = b"<script>alert(1)</script>"
    (folder / "x.png").write_bytes(html)
    camera_files.put(made, [camera_files.entry("G1", "x.png", html, TAKEN_US)])
    assert client.get("/sites/G1/cameras/0/").status_code == 404
    camera_files.put(made, [camera_files.entry("G1", "G1-1.png", html, TAKEN_US)])
    assert client.get("/sites/G1/cameras/0/").status_code == 404
    large = camera_files.picture(1) + bytes(cameras.LARGEST)
    (folder / "large.png").write_bytes(large)
    camera_files.put(made, [camera_files.entry("G1", "large.png", large, TAKEN_US)])
    assert client.get("/sites/G1/cameras/0/").status_code == 404


@pytest.mark.parametrize("index", [{}, [1, "x", None, {}], [{"site": "G1"}], "text", [{"site": "G1", "time": "noon"}]])
def test_an_index_of_another_form_shows_no_camera(made, index):
    camera_files.put(made, index)
    assert "<h2>Cameras</h2>" not in reader().get("/sites/G1/").content.decode()
    (made / "province" / "cameras" / "index.json").write_bytes(b"\xff{")
    assert cameras.of_home() == []


def test_every_thing_a_camera_looks_at_has_words(made):
    from qingyuan.console.live.cameras import SEEN, Seen

    assert set(SEEN) == set(Seen)
    assert [one.seen for one in cameras.of_home()] == [Seen.STACK] * 4
