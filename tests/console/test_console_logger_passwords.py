"""A logger's password given in a form: sealed for the worker, plain nowhere, and checked from then on."""

from __future__ import annotations

import re
import time

import homes
import pytest
from django.db import connection
from django.test import Client

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.appender import append_waiting
from qingyuan.console.office.models import Outbox
from qingyuan.console.office.sealing import publish_key
from qingyuan.console.operations import recent, register
from qingyuan.console.registry.known import base_of, versions
from qingyuan.evidence.leaf import FrameLeaf, Verdict, parse
from qingyuan.gateway.committer import CHECKPOINT_US
from qingyuan.gateway.inbox import Parcel
from qingyuan.ledger import Keyring, Ledger
from qingyuan.numerics.time import DAY_US, HOUR_US, local_day_start
from qingyuan.registry import EntryKind

pytestmark = pytest.mark.django_db
NOON_US = local_day_start(1_585_900_800_000_000) + DAY_US // 2
SECRET = "pw-S2"
FORM = {"id": "NEW-1", "name": "新站", "kind": "air", "st": "22", "city_code": "320100", "city": "南京",
        "coordinate_system": "WGS84", "lon": "118.8", "lat": "32.06", "origin": "measured", "crc": ["standard"],
        "plan": "a34004"}
ADMIT = "/gateway/unknown/MN-S2/"


@pytest.fixture
def station(tmp_path, settings, db):
    """A gateway that runs: S1 is registered, S2 is not; S2 has sent twice, a stranger once in its name."""
    station = homes.Station(tmp_path / "home")
    station.site("S1", plan=["a34004"])
    station.replay(NOON_US)
    send(station, 2, 3)
    send(station, 4, password=b"guess")
    publish_key(station.home, station.keyring)
    settings.QINGYUAN_HOME = station.home.path
    yield station
    station.close()


def send(station, *numbers, password=b"pw-S2"):
    """Telegrams of S2, taken by a gateway that looks into the registry only afterwards."""
    from qingyuan import hj212

    frames = [station.frame(NOON_US + n * HOUR_US, {"a34004": "61.5"}, name="S2", qn=n) for n in numbers]
    frames = [hj212.wrap(frame[6:-6].replace(b"pw-S2", password)) for frame in frames]
    station.committer.take([Parcel(station.peer, b"".join(frames), False)], 1)
    time.sleep((CHECKPOINT_US + 10_000) / 1e6)
    station.committer.upkeep()


@pytest.fixture
def client(station):
    """A registrar of the whole province, who may admit too."""
    from qingyuan.console.accounts.models import Grant, User

    user = User.objects.create_user(username="r", password="correct horse battery")
    for role in (Role.REGISTRAR, Role.DUTY_OFFICER):
        Grant.objects.create(holder=user, role=role.value)
    found = Client(headers={"accept-language": "en"})
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def work_off(station):
    return append_waiting(station.home, Keyring.open(station.home.path / "keys"))


def observed(station):
    """How many values of the new site are known once a tick has passed and all is worked off."""
    station.settle()
    station.committer.take([], 1)
    time.sleep(CHECKPOINT_US / 1e6)
    station.committer.upkeep()
    homes.run(station.home)
    return len(console_home.lake().read("observation", sites=["NEW-1"]).to_pylist())


def everything_kept(station):
    """All that database and home hold, as bytes."""
    files = (path for path in station.home.path.rglob("*") if path.is_file() and "quarantine" not in str(path))
    out = [path.read_bytes() for path in files]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            out.append(repr(cursor.fetchall()).encode())
    return b"\n".join(out)


def verdicts(station, ledger):
    with Ledger(station.home.ledger_path(ledger)) as found:
        return [leaf.payload.verdict for leaf in (parse(s.data) for s in found.leaves())
                if isinstance(leaf.payload, FrameLeaf)]


def carried(page):
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    return found[1] if found else ""


def test_a_password_of_a_new_logger_is_checked_from_then_on_and_stands_nowhere(station, client):
    preview = client.post(ADMIT, FORM | {"password": SECRET, "step": "preview"}).content.decode()
    assert SECRET not in preview
    box = carried(preview)
    done = client.post(ADMIT, FORM | {"sealed": box, "step": "enter"})
    assert done.status_code == 302
    assert SECRET.encode() not in everything_kept(station)
    assert work_off(station) == 2
    site = console_home.registry().by_mn["MN-S2"]
    assert site.password_check == station.keyring.password_check("MN-S2", SECRET)
    kept = everything_kept(station)
    assert SECRET.encode() not in kept
    assert box.partition(":")[2].encode() not in kept                  # even sealed it is not kept longer than needed
    page = client.get(done.url).content.decode()
    assert "1 telegram of this logger still lies in quarantine" in page          # the stranger's
    assert observed(station) == 2
    station.committer.roster.refresh()
    send(station, 5)
    send(station, 6, password=b"guess")
    assert verdicts(station, "gw1") == [Verdict.ACCEPTED]
    assert verdicts(station, "gw1.quarantine")[-1] is Verdict.WRONG_PASSWORD


def test_without_a_password_all_is_taken_in_and_the_page_says_so(station, client):
    assert "whatever password they carried" in client.post(ADMIT, FORM | {"step": "preview"}).content.decode()
    client.post(ADMIT, FORM | {"step": "enter"})
    work_off(station)
    assert console_home.registry().by_mn["MN-S2"].password_check == ""
    assert observed(station) == 3


def test_what_comes_before_the_gateway_knows_the_logger_is_shown_and_taken_in_by_a_second_click(station, client):
    client.post(ADMIT, FORM | {"password": SECRET, "step": "preview"})
    send(station, 5)                                              # between the preview and the entry
    done = client.post(ADMIT, FORM | {"password": SECRET, "step": "enter"})
    send(station, 6)                                              # between the entry and the worker
    work_off(station)
    send(station, 7)                                              # before the gateway takes it up
    reading = client.get("/gateway/").wsgi_request.page.at(None)
    assert register.left(reading, recent.tails(), "MN-S2") == 2   # the last one and the stranger's
    assert "Take in what still waits" in client.get(done.url).content.decode()
    assert "/gateway/waiting/MN-S2/" in client.get("/gateway/").content.decode()
    again = client.post("/gateway/waiting/MN-S2/")
    work_off(station)
    assert register.left(client.get("/gateway/").wsgi_request.page.at(None), recent.tails(), "MN-S2") == 1
    assert client.get(again.url).status_code == 200
    assert observed(station) == 5


def test_only_who_may_admit_the_site_takes_in_the_rest(station, client):
    assert client.post("/gateway/waiting/MN-S2/").status_code == 404          # nobody knows it yet
    assert client.get("/gateway/waiting/MN-S1/").status_code == 405
    client.post(ADMIT, FORM | {"step": "enter"})
    work_off(station)
    from qingyuan.console.accounts.models import Grant, User

    other = User.objects.create_user(username="o", password="correct horse battery")
    Grant.objects.create(holder=other, role=Role.DUTY_OFFICER.value, territory="city:苏州")
    elsewhere = Client()
    elsewhere.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert elsewhere.post("/gateway/waiting/MN-S2/").status_code == 404


def registry_form(name, **changes):
    found = versions(EntryKind.SITE, name)
    of = found[-1]
    return {"name": name, "kind": "air", "st": "22", "city": "南京", "mn": of.data["mn"], "origin": "simulated",
            "plan": "a34004", "coordinate_system": "unknown", "hour_source": "sent", "minute_interval_s": "600",
            "in_city_mean": "on", "base": base_of(found), "of": of.leaf, **changes}


def test_a_password_is_changed_on_the_page_of_the_site(station, client):
    address = "/registry/entry/site/S1/change/"
    assert "registered" in client.get("/registry/entry/site/S1/").content.decode()
    page = client.post(address, registry_form("S1", password="new-S1!", step="preview")).content.decode()
    assert "new-S1!" not in page
    assert "nothing would change" not in page
    back = client.post(address, registry_form("S1", sealed=carried(page), step="edit")).content.decode()
    assert "it is kept sealed" in back
    client.post(address, registry_form("S1", sealed=carried(back), step="confirm"))
    work_off(station)
    assert console_home.registry().sites["S1"].password_check == station.keyring.password_check("MN-S1", "new-S1!")
    assert b"new-S1!" not in everything_kept(station)
    client.post(address, registry_form("S1", city="苏州", step="confirm"))         # it stays where none is given
    work_off(station)
    assert console_home.registry().sites["S1"].password_check == station.keyring.password_check("MN-S1", "new-S1!")


def test_a_password_sealed_for_one_logger_is_not_taken_for_another(station, client):
    address = "/registry/entry/site/S1/change/"
    page = client.post(address, registry_form("S1", password="new", step="preview")).content.decode()
    box = carried(page)
    asked = registry_form("S1", sealed=box, mn="MN-OTHER", step="confirm")
    assert "give it anew" in client.post(address, asked).content.decode()
    forged = client.post(address, asked | {"sealed": "MN-OTHER:" + box.partition(":")[2]}, follow=True)
    assert forged.status_code == 200
    work_off(station)
    row = Outbox.objects.get()
    assert "password: could not be opened" in row.refused
    assert "sealed" not in row.payload
    assert console_home.registry().sites["S1"].mn == "MN-S1"


@pytest.mark.parametrize("wrong", ["has blank", "a;b", "a&b", "密码", "x" * 65])
def test_what_no_packet_can_carry_is_no_password(station, client, wrong):
    page = client.post(ADMIT, FORM | {"password": wrong, "step": "preview"}).content.decode()
    assert "qy-wrong" in page
    assert wrong not in page
    assert not Outbox.objects.exists()


def test_without_a_worker_there_is_no_key_and_the_form_says_what_to_do(station, client):
    (station.home.path / "run" / "box.json").unlink()
    page = client.post(ADMIT, FORM | {"password": SECRET, "step": "preview"}).content.decode()
    assert "Start it by: qingyuan serve" in page
    (station.home.path / "run" / "box.json").write_text('{"key": "AAAA"}')
    page = client.post(ADMIT, FORM | {"password": SECRET, "step": "preview"}).content.decode()
    assert "Start it by: qingyuan serve" in page
