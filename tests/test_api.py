"""The Python interface on a small home."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pytest
from sample_lake import HOUR_US, T0, figure, fill, flag, observation, plain

import qingyuan
from qingyuan.api import NoInstant, UnknownFactor, ZoneMissing
from qingyuan.evidence.leaf import Kind
from qingyuan.lake import Lake
from qingyuan.ledger import Home, HomeError, Keyring, office_append

SITE = {"name": "草场门", "name_en": "Caochangmen", "kind": "air", "city": "南京", "province": "江苏", "lon": 118.749,
        "lat": 32.057, "coordinate_system": "WGS84", "mn": "32010000001151A000000001", "edition": "2017",
        "origin": "measured", "plan": ["a34004"]}


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("api") / "home"
    home = Home.create(path)
    keyring = Keyring.open(home.path / "keys")
    office_append(home, keyring, Kind.REGISTRY, {
        "entry": "site", "id": "1151A", "valid_from_us": None, "valid_to_us": None, "data": SITE})
    lake = Lake(path / "lake")
    fill(lake, "hour", [figure(), figure("city:南京", value="50"), figure(start=T0 + HOUR_US, value="60"),
                        figure(name="hour.CO", factor="a21005", value="12", scale=1)])
    fill(lake, "hour", [figure(value="54", believed=T0 + 3 * HOUR_US, version=2, reason="late-data"),
                        figure(start=T0 + 2 * HOUR_US, value="7", believed=T0 + 3 * HOUR_US)
                        | {"value": "", "mantissa": None, "scale": None}])
    fill(lake, "day", [figure(name="day.PM2.5", value="55", span_s=86400)])
    fill(lake, "figure", [figure(name=f"aqi.{kind}", factor="", value="75") for kind in ("realtime", "daily")])
    fill(lake, "observation", [observation(leaf=4), observation(kind="minute", leaf=5), observation("1152A", leaf=6)])
    fill(lake, "flag", [flag(), flag(what="rate", level=4)])
    fill(lake, "flag", [flag(level=1, believed=T0 + 5 * HOUR_US)])
    return path


@pytest.fixture
def p(path):
    return qingyuan.open(path)


def test_open_names_what_is_no_home(tmp_path, path):
    with pytest.raises(HomeError, match="no home"):
        qingyuan.open(tmp_path)
    assert repr(qingyuan.open(str(path))) == f"<qingyuan home {path}>"


def test_hours_by_site_factor_and_time(p):
    rows = p.hours(site="1151A", factor="PM2.5", start="2020-04-01", end="2020-04-01T02:00")
    assert plain(rows, "subject", "value", "number", "version") == [
        ("1151A", "54", 54.0, 2), ("1151A", "60", 60.0, 1)]
    assert plain(p.hours(site=["city:南京"], factor=["a34004", "CO"]), "value") == [("50",)]
    assert plain(p.hours(factor="CO"), "number") == [(1.2,)]
    assert plain(p.hours(start="2020-04-01T02:00:00+08:00"), "value", "number") == [("", None)]


def test_instants_carry_their_zone(p):
    rows = p.hours()
    assert {str(f.type) for f in rows.schema if pa.types.is_timestamp(f.type)} == {"timestamp[us, tz=+08:00]"}
    assert rows.column("start")[0].as_py() == datetime(2020, 4, 1, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize("as_of", [
    "2020-04-01T02:59:59+08:00", "2020-03-31T18:59:59Z", datetime(2020, 3, 31, 18, 59, 59, tzinfo=UTC)])
def test_as_of_gives_what_was_believed_then(p, as_of):
    assert plain(p.hours(site="1151A", factor="PM2.5", end="2020-04-01T01:00", as_of=as_of), "value") == [("53",)]


def test_all_versions(p):
    rows = p.hours(site="1151A", factor="PM2.5", end="2020-04-01T01:00", all_versions=True)
    assert plain(rows, "value", "version", "reason") == [("53", 1, "first"), ("54", 2, "late-data")]


def test_days_and_figures(p):
    assert plain(p.days(site="1151A", factor="PM2.5"), "name", "value") == [("day.PM2.5", "55")]
    assert plain(p.figures(), "name") == [("aqi.daily",), ("aqi.realtime",)]
    assert plain(p.figures(name="aqi.daily", site="1151A"), "value") == [("75",)]
    assert plain(p.figures(name=["day.PM2.5", "aqi.daily", "aqi.realtime", "day.SO2"]), "name") == [
        ("day.PM2.5",), ("aqi.daily",), ("aqi.realtime",)]
    assert len(p.figures(name=[])) == 0


def test_observations_show_ledger_and_leaf(p):
    assert plain(p.observations(site="1151A"), "kind", "ledger", "leaf") == [
        ("hour", "telegram-1", 4), ("minute", "telegram-1", 5)]
    assert plain(p.observations(kind="hour"), "site", "leaf") == [("1151A", 4), ("1152A", 6)]
    assert len(p.observations(as_of="2020-04-01T00:59:59+08:00")) == 0


def test_flags_that_hold(p):
    assert plain(p.flags(), "what", "level") == [("rate", 4)]
    assert plain(p.flags(as_of="2020-04-01T02:00:00+08:00"), "what", "level") == [("range", 3), ("rate", 4)]
    assert len(p.flags(what="range")) == 0
    assert len(p.flags(all_versions=True)) == 3


def test_sites_of_the_registry(p):
    row, = p.sites().to_pylist()
    assert row == {"id": "1151A", "name": "草场门", "name_en": "Caochangmen", "kind": "air", "city": "南京",
                   "province": "江苏", "lon": 118.749, "lat": 32.057, "coordinate_system": "WGS84",
                   "origin": "measured", "plan": ["a34004"]}
    assert len(p.sites(as_of="2020-01-01T00:00:00Z")) == 0


def test_what_is_no_instant_or_no_factor_is_said(p):
    with pytest.raises(ZoneMissing, match=r"has no zone; write for example 2020-04-01T15:00:00\+08:00"):
        p.hours(as_of="2020-04-01T15:00:00")
    with pytest.raises(ZoneMissing):
        p.figures(as_of=datetime(2020, 4, 1))
    for bad in ("yesterday", 5):
        with pytest.raises(NoInstant, match="no instant"):
            p.hours(start=bad)
    with pytest.raises(UnknownFactor, match=r"'PM25'.*a34004"):
        p.hours(factor="PM25")
    assert len(p.hours(factor="x99999")) == 0


def test_explain_names_what_is_not_there(p):
    from qingyuan.pipeline.explain import NoSuchFigure
    from qingyuan.pipeline.figure import BadFigureId

    with pytest.raises(BadFigureId, match="NAME/SUBJECT/START"):
        p.explain("aqi")
    with pytest.raises(NoSuchFigure):
        p.explain("aqi.realtime/none/2020-04-01T00:00")
    with pytest.raises(ZoneMissing):
        p.explain("aqi.realtime/none/2020-04-01T00:00", as_of="2020-04-01T00:00")


def test_explain_leads_to_telegrams(demo_home):
    p = qingyuan.open(demo_home)
    row = p.figures(name="aqi.realtime").to_pylist()[0]
    figure = f"aqi.realtime/{row['subject']}/{row['start']:%Y-%m-%dT%H:%M}"
    found = p.explain(figure)
    assert (found.figure.value, found.steps[-1]["out"]) == (row["value"], row["value"])
    assert {step["op"] for step in found.steps} >= {"telegram", "iaqi", "max"}
    assert p.explain(figure, as_of=row["believed_from"]).figure == found.figure
