"""The gateway page and the registration of an unknown logger, over a home of its own."""

import json

import homes
import pytest
from django.test import Client
from django.utils import timezone

from qingyuan.console import home as console_home
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.office.appender import append_waiting
from qingyuan.console.office.models import Outbox
from qingyuan.console.operations import recent
from qingyuan.console.operations.gateway import UNTIL_KNOWN
from qingyuan.evidence.leaf import Verdict
from qingyuan.numerics.time import DAY_US, local_day_start

pytestmark = pytest.mark.django_db
NOON_US = local_day_start(1_585_900_800_000_000) + DAY_US // 2
FORM = {"id": "NEW-1", "name": "新站", "kind": "air", "st": "22", "city_code": "320100", "city": "南京",
        "coordinate_system": "WGS84", "lon": "118.8", "lat": "32.06", "origin": "measured", "crc": ["standard"],
        "plan": "a34004"}


@pytest.fixture
def station(tmp_path, settings, db):
    """A small home: S1 is registered, S2 is not; both have sent, S1 once with a wrong password."""
    station = homes.Station(tmp_path / "home")
    station.site("S1", plan=["a34004"])
    station.replay(NOON_US)
    station.send(station.frame(NOON_US, {"a34004": "53.2"}, qn=1))
    station.send(station.frame(NOON_US, {"a34004": "61.5"}, name="S2", qn=2),
                 station.frame(NOON_US + 3_600_000_000, {"a34004": "62.5"}, name="S2", qn=3))
    station.send(station.frame(NOON_US, {"a34004": "1"}, qn=4).replace(b"pw-S1", b"pw-XX"), b"##0010nonsense\r\n")
    wrong = station.frame(NOON_US, {"a34004": "9"}, qn=5)
    station.send(_with(wrong, b"pw-S1", b"other"))
    station.close()
    homes.run(station.home)
    settings.QINGYUAN_HOME = station.home.path
    return station


def _with(frame, old, new):
    from qingyuan import hj212

    return hj212.wrap(frame[6:-6].replace(old, new))


@pytest.fixture
def duty(station):
    """A duty officer of the whole province."""
    from qingyuan.console.accounts.models import Grant, User

    def log_in(role=Role.DUTY_OFFICER, **bounds):
        user = User.objects.create_user(username=f"{role.value}{len(bounds)}", password="correct horse battery")
        Grant.objects.create(holder=user, role=role.value, **bounds)
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


def test_the_page_tells_what_came(duty):
    page = duty().get("/gateway/").content.decode()
    assert "MN-S2" in page
    assert "wrong password" in page
    assert "/gateway/unknown/MN-S2/" in page
    assert "pw-" not in page
    assert "data-poll" in page


def test_a_bounded_operator_sees_only_what_is_his(duty):
    page = duty(Role.OPERATOR, subject="S1").get("/gateway/").content.decode()
    assert "MN-S2" not in page
    assert "MN-S1" in page


def test_as_of_hides_what_came_later(duty):
    page = duty().get("/gateway/?as_of=2001-01-01T00:00:00").content.decode()
    assert "MN-S2" not in page
    assert "data-poll hx-get" not in page


def test_an_unknown_logger_is_registered_and_its_telegrams_are_taken_in(duty, station):
    client = duty()
    assert 'value="a34004"' in client.get("/gateway/unknown/MN-S2/").content.decode()
    preview = client.post("/gateway/unknown/MN-S2/", FORM | {"step": "preview"})
    assert "2 telegrams" in preview.content.decode()
    assert "<dd>measured</dd>" in preview.content.decode()
    assert not Outbox.objects.exists()
    done = client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"})
    assert done.status_code == 302
    assert Outbox.objects.count() == 2
    append_waiting(station.home, station.keyring)
    result = client.get(done.url).content.decode()
    leaves = list(Outbox.objects.values_list("leaf", flat=True))
    assert all(f"/evidence/ledgers/office/{leaf}/" in result for leaf in leaves)
    site = console_home.registry().by_mn["MN-S2"]
    assert (site.id, site.password_check) == ("NEW-1", "")
    assert {row.payload.get("data", {}).get("password") for row in Outbox.objects.all()} == {None}
    homes.run(station.home)
    rows = console_home.lake().read("observation", sites=["NEW-1"]).to_pylist()
    assert len(rows) == 2


def test_registered_telegrams_lead_to_their_observations(duty, station):
    client = duty()
    client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"})
    append_waiting(station.home, station.keyring)
    group = next(one for one in recent.tails()["gw1.quarantine"].refused if one.mn == "MN-S2")
    page = client.get(f"/telegrams/{group.ledger}/{group.leaf}/").content.decode()
    assert "/telegrams/NEW-1/" in page
    assert "taken in since" in page
    assert "taken in since" in client.get("/gateway/").content.decode()


@pytest.mark.parametrize(("change", "text"), [
    ({"id": "S1"}, "already"), ({"id": "a/b"}, "slashes"), ({"lat": ""}, "both coordinates")])
def test_what_cannot_be_entered_is_said(duty, change, text):
    answer = duty().post("/gateway/unknown/MN-S2/", FORM | change | {"step": "enter"})
    assert answer.status_code == 200
    assert text in answer.content.decode()
    assert not Outbox.objects.exists()


def test_a_known_logger_is_not_registered_again(duty):
    client = duty()
    assert client.get("/gateway/unknown/MN-S1/").status_code == 404
    client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"})
    again = client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"}).content.decode()
    assert "on its way" in again
    assert Outbox.objects.count() == 2


@pytest.mark.parametrize(("role", "bounds"), [(Role.AUDITOR, {}), (Role.REGISTRAR, {"territory": "3201"})])
def test_only_those_may_register_who_may_see_all_strangers(duty, role, bounds):
    assert duty(role, **bounds).get("/gateway/unknown/MN-S2/").status_code == 403


def test_every_verdict_has_a_word_and_a_remedy():
    from qingyuan.console.operations.words import KINDS, NOTES, REMEDIES, VERDICTS
    from qingyuan.evidence.leaf import Kind
    from qingyuan.hj212 import Note

    assert set(VERDICTS) == set(Verdict)
    assert set(REMEDIES) == set(Verdict) - {Verdict.ACCEPTED}
    assert set(KINDS) == set(Kind)
    assert set(NOTES) == set(Note)


def test_gaps_are_where_no_tick_is():
    def tick(at, last=False):
        return recent.Tick("gw1", at, at * 1_000_000, at * 1_000_000, 0, 0, last)

    found = recent.gaps([tick(0), tick(60), tick(120, True), tick(1000), tick(1060)], 60_000_000, 1_100_000_000)
    assert [(gap.begin_us, gap.end_us, gap.ordered) for gap in found] == [(120_000_000, 1_000_000_000, True)]
    assert not recent.gaps([tick(0)], 60_000_000, 30_000_000)
    open_end = recent.gaps([tick(0)], 60_000_000, 600_000_000)
    assert [gap.ordered for gap in open_end] == [False]


def test_the_import_file_refuses_to_be_used_unfilled(duty, station):
    from qingyuan.console.operations.gateway import _with_password
    from qingyuan.registry.files import FileError, read_entries

    client = duty()
    client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"})
    text = _with_password(Outbox.objects.order_by("id").first().payload)
    with pytest.raises(FileError):
        read_entries("site.json", text.encode(), station.keyring.password_check)
    filled = json.loads(text)
    filled["entries"][0]["data"]["password"] = "pw-S2"
    entry = read_entries("site.json", json.dumps(filled).encode(), station.keyring.password_check)[0]
    assert entry.payload["data"]["password_check"] == station.keyring.password_check("MN-S2", "pw-S2")


def test_queries_do_not_grow_with_strangers(duty, station, django_assert_max_num_queries):
    client = duty()
    with django_assert_max_num_queries(6):
        client.get("/gateway/")
    from qingyuan.gateway.committer import Committer
    from qingyuan.registry import Register

    more = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    more.work([homes.Parcel(station.peer, b"".join(
        station.frame(NOON_US, {"a34004": "1"}, name=f"X{n}", qn=n) for n in range(120)), False)], 1)
    more.close(0)
    with django_assert_max_num_queries(6):
        page = client.get("/gateway/").content.decode()
    assert page.count('<tr id="q') == 100
    assert "page=2" in page


def test_progress_of_a_registration_is_asked_for_until_it_stands(duty, station):
    client = duty()
    url = client.post("/gateway/unknown/MN-S2/", FORM | {"step": "enter"}).url
    for headers in ({}, {"HX-Request": "true"}):
        assert 'hx-trigger="every 2s"' in client.get(url, headers=headers).content.decode()
    append_waiting(station.home, station.keyring)
    assert 'hx-trigger="every 2s"' in client.get(url).content.decode()             # a gateway may not know it yet
    Outbox.objects.update(appended_at=timezone.now() - UNTIL_KNOWN)
    assert 'hx-trigger="every 2s"' not in client.get(url).content.decode()
    assert duty(Role.REGISTRAR).get(url).status_code == 404


def test_a_clock_is_read_from_a_packet_that_begins_with_qn_or_has_blanks(station):
    sent = recent.tails()["gw1"].sent
    assert {mn: one.qn for mn, one in sent.items()} == {"MN-S1": "20200401000000001"}
    assert recent.MN.search(b"##0044MN=ABC;QN=20200401000000001;CP=&&&&")[1] == b"ABC"
    assert recent.MN.search(b"##0044XMN=ABC;QN=2") is None
