"""A home in which a value was corrected after it had been published, and a person who reads it."""

from __future__ import annotations

from pathlib import Path

from django.test import Client
from homes import Station, run

from qingyuan.console.accounts.models import Grant, User
from qingyuan.console.accounts.verbs import Role
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
