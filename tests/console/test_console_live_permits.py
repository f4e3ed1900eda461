"""A permit's limit is drawn on the series of its own averaging time, while it holds, in the unit of the figures."""

from __future__ import annotations

import json
import re

import homes
import pytest
from django.test import Client

from qingyuan.console.accounts.models import Grant
from qingyuan.console.accounts.verbs import Role
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.simulator import province
from qingyuan.gateway.simulator.source import Station
from qingyuan.ledger import office_append
from qingyuan.numerics.time import DAY_US, HOUR_US, local_day_start
from qingyuan.registry import EntryKind, payload

pytestmark = pytest.mark.django_db
DAY = local_day_start(1_736_899_200_000_000)            # 2025-01-15 +08:00
YEAR_US = 365 * DAY_US


@pytest.fixture
def client(django_user_model):
    user = django_user_model.objects.create_user(username="duty", password="correct horse battery")
    Grant.objects.create(holder=user, role=Role.DUTY_OFFICER.value)
    found = Client()
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def home_of(tmp_path, settings, entries):
    station = homes.Station(tmp_path / "home")
    for entry in entries:
        office_append(station.home, station.keyring, Kind.REGISTRY, entry)
    station.replay(DAY + 12 * HOUR_US)
    station.close()
    homes.run(station.home)
    settings.QINGYUAN_HOME = station.home.path


def air(source):
    return [station.id for station in source.stations if station.kind == "air"]


def limits(client, site, factor, mean, **more):
    found = json.loads(client.get(f"/sites/{site}/chart/", {"factor": factor, "mean": mean, **more}).content)
    return [(one["value"], one["averaging"], one["unit"]) for one in found.get("limits", [])]


def test_outlets_of_the_province_are_drawn_beside_their_permits(tmp_path, settings, client):
    source = province(1, hours=1)

    def registered(station: Station) -> dict:
        return payload(EntryKind.SITE, station.id, source.registry_data(station, lambda *_: ""))

    home_of(tmp_path, settings, [*source.entries, *map(registered, source.stations)])
    truth = {one["site"]: one for one in source.truth()["sources"]}
    for site, factor, mean, averaging, table, unit in (
            ("P1-G01", "a21026", "hour", "1h", "limit_mg_m3", "mg/m³"),
            ("P1-W01", "w01018", "day", "24h", "limit_mg_l", "mg/L")):
        assert limits(client, site, factor, mean) == [(truth[site][table][factor], averaging, unit)]
    for site, offered in (("P1-G01", ["hour", "raw"]), (next(iter(air(source))), ["hour", "day", "raw"])):
        page = client.get(f"/sites/{site}/", {"mean": "day"}).content.decode()
        assert re.findall(r'<option value="(hour|day|raw)"', page) == offered
        assert ('value="day" selected' in page) == ("day" in offered)
        for other in {"hour", "day", "raw"} - {mean}:
            assert limits(client, site, factor, other) == []


def test_a_limit_is_drawn_while_it_holds_and_in_the_unit_of_the_figures(tmp_path, settings, client):
    data = {"site": "G", "factor": "a21026", "averaging": "hour", "value": "50", "unit": "mg/m3", "permit": "P"}
    home_of(tmp_path, settings, [
        payload(EntryKind.SITE, "G", {"name": "G", "kind": "gas", "st": "31", "mn": "G", "origin": "simulated",
                                      "belongs": ["E"], "plan": ["a21026", "a21002"]}),
        payload(EntryKind.LIMIT, "L", data, valid_to_us=DAY - YEAR_US),
        payload(EntryKind.LIMIT, "L", data | {"value": "35000", "unit": "ug/m3"}, valid_from_us=DAY - YEAR_US,
                valid_to_us=DAY),
        payload(EntryKind.LIMIT, "M", data | {"factor": "a21002", "unit": "ppm"})])
    assert limits(client, "G", "a21026", "hour") == []                                  # it ended this morning
    for day, value in (("2025-01-14", 35.0), ("2023-01-14", 50.0)):
        found = limits(client, "G", "a21026", "hour", **{"from": day, "to": day})
        assert found == [(value, "1h", "mg/m³")]
    assert limits(client, "G", "a21002", "hour") == []                                  # no unit leads from ppm
