"""The gateway's pulse on the home page and on the gateway's own: what came within a minute is what the ledger holds."""

import json
import re

import pytest
from homes import Station, run
from two_cuts import START_US, reader

from qingyuan.console import received
from qingyuan.console.accounts.scope import Right
from qingyuan.console.accounts.verbs import Role
from qingyuan.console.live.pulse import pulse
from qingyuan.console.reading import Reading, scope_of
from qingyuan.console.shell.page import instant_text
from qingyuan.gateway.committer import now_us
from qingyuan.numerics.time import HOUR_US

pytestmark = pytest.mark.django_db
MINUTE_US = 60_000_000


@pytest.fixture
def burst(tmp_path, settings):
    """A home that took five telegrams, one of them twice, and one that was refused; the instant after the second."""
    station = Station(tmp_path / "home")
    station.site("S1", plan=["a34004"])
    station.replay(START_US + 6 * HOUR_US)
    frames = [station.frame(START_US + n * HOUR_US, {"a34004": "30"}, qn=n) for n in range(5)]
    station.send(*frames[:2])
    station.settle()
    station.send()                              # a tick
    middle_us = now_us()
    station.settle()
    station.send(*frames[2:], frames[0], station.frame(START_US, {"a34004": "30"}, name="unknown"))
    station.settle()
    (station.home.path / "run").mkdir(exist_ok=True)
    (station.home.path / "run" / "gw1.status.json").write_text(json.dumps(      # as a gateway writes it afterwards
        {"at_us": now_us(), "telegrams": 5, "rate": 0.0, "rejected": {"unknown_mn": 1}, "last_commit_us": now_us()}))
    station.close()
    run(station.home)
    settings.QINGYUAN_HOME = station.home.path
    return middle_us


def shown(page, label):
    """The number that stands beside a word in a list of facts."""
    found = re.search(rf"<dt>{label}</dt><dd[^>]*>\s*(?:<[^>]*>)*\s*([^<]*)", page)
    return found[1].strip() if found else None


def test_telegrams_of_the_last_minute_are_those_of_the_ledger(burst):
    client = reader()
    assert shown(client.get("/").content.decode(), "Telegrams within the last 60 s") == "5"
    assert shown(client.get("/gateway/").content.decode(), "telegrams within the last 60 s") == "5"


def test_at_an_earlier_instant_it_is_the_minute_before_it_and_what_is_of_now_says_so(burst):
    client = reader()
    page = client.get("/", {"as_of": instant_text(burst)}).content.decode()
    assert shown(page, "Telegrams within the last 60 s") == "2"
    gateway = client.get("/gateway/", {"as_of": instant_text(burst)}).content.decode()
    assert shown(gateway, "telegrams within the last 60 s") == "2"
    assert "known only for now" in page
    assert shown(page, "Lag") is None
    assert "known only for now" not in client.get("/").content.decode()


def test_the_minute_is_a_full_one_and_ends_at_the_instant(burst):
    last_us = pulse(Reading(scope_of((Right(Role.DUTY_OFFICER),)))).last_us
    assert received.within(MINUTE_US, last_us) == 5
    assert received.within(MINUTE_US, last_us + MINUTE_US) == 0
    assert received.within(MINUTE_US, last_us + MINUTE_US - 1) >= 1
    assert received.within(MINUTE_US, burst - MINUTE_US) == 0


def test_a_gateway_that_ended_in_order_does_not_run(burst):
    found = pulse(Reading(scope_of((Right(Role.DUTY_OFFICER),))))
    assert found.running == 0
    assert pulse(Reading(scope_of((Right(Role.DUTY_OFFICER),)), burst)).running == 1
