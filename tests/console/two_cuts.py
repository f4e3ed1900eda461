"""A home in which a value was corrected after it had been published, and a person who reads it."""

from __future__ import annotations

from pathlib import Path

from django.test import Client
from homes import Station, run

from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.verbs import Role
from qingyuan.gateway.committer import now_us
from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.figure import Figure, parse_id

HOUR = "2020-04-01T08:00"
START_US = parse_id(f"x/y/{HOUR}").start_us


def one_station(path: Path) -> Home:
    """S1 sent PM2.5 30 for an hour, then 99 for the same; afterwards it was renamed."""
    station = Station(path)
    station.site("S1", plan=["a34004"], lon=118.8, lat=32.1)
    station.replay(START_US + 5 * 3_600_000_000)
    station.send(station.frame(START_US, {"a34004": "30"}, qn=1))
    station.settle()
    station.send(station.frame(START_US, {"a34004": "99"}, qn=2))
    station.site("S1", plan=["a34004"], lon=118.8, lat=32.1, name_en="Renamed")
    station.close()
    run(station.home)
    return station.home


def versions(home: Home, table: str = "hour") -> list[Figure]:
    """Every version of every figure of a table."""
    return list(rows.figures(Lake(home.path / "lake").read(table, all_versions=True)))


def reader(role: Role = Role.DUTY_OFFICER) -> Client:
    """A browser of a person with a role, reading English."""
    user = User.objects.create_user(username=role.value, password="correct horse battery")
    Grant.objects.create(holder=user, role=role.value)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


AIR = {"a21026": "8", "a21004": "31", "a34002": "61", "a34004": "30", "a05024": "77", "a21005": "0.6"}
HOURS = 5


def whole_city(path: Path) -> tuple[Home, int]:
    """A city with a station, one that is late, a river section and an outlet; the instant between two truths.

    Afterwards S1 sends other values of its last hour (one of them not believable), S2 is heard for the first time,
    the section W1 and the outlet G1 correct their last hour, and S3 is registered.
    """
    station = Station(path)
    station.register("organisation", "E1", {"name": "某厂", "name_en": "A works", "kind": "enterprise"})
    for name in ("S1", "S2"):
        station.site(name, plan=list(AIR), lon=118.8, lat=32.1, name_en=f"Station {name}", in_city_mean=name == "S1")
    station.site("W1", kind="water", st="21", plan=["w01001"], name_en="Section W1")
    station.site("G1", kind="gas", st="31", plan=["a21026"], belongs=["E1"], name_en="Outlet G1")
    station.register("limit", "L1", {"site": "G1", "factor": "a21026", "averaging": "hour", "value": "50",
                                     "unit": "mg/m3", "clause": "GB 13223-2011 table 1"})
    station.replay(START_US + (HOURS + 1) * 3_600_000_000)
    for hour in range(HOURS):
        _hour(station, hour, AIR, "7.2", "20", qn=hour)
    station.settle()
    station.send()
    between_us = now_us()
    station.settle()
    last = HOURS - 1
    _hour(station, last, AIR | {"a34004": "99", "a21004": "9000"}, "8.1", "61", qn=100)
    station.send(*(station.frame(START_US + hour * 3_600_000_000, AIR, name="S2", qn=200 + hour)
                   for hour in range(HOURS)))
    station.site("S3", plan=["a34004"], name_en="Station S3")
    station.close()
    run(station.home)
    return station.home, between_us


def _hour(station: Station, hour: int, air: dict[str, str], ph: str, so2: str, qn: int) -> None:
    start_us = START_US + hour * 3_600_000_000
    station.send(station.frame(start_us, air, qn=qn), station.frame(start_us, {"w01001": ph}, name="W1", qn=qn),
                 station.frame(start_us, {"a21026": so2}, name="G1", qn=qn))
