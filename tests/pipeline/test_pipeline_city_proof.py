"""A city's figures rest on several stations; their proofs hold, and a station counted twice does not."""

from __future__ import annotations

import json

import pytest
from homes import Station, run
from sample_bundle import sealed

from qingyuan.evidence import verify_bundle
from qingyuan.numerics.time import HOUR_US, parse_cst
from qingyuan.pipeline.explain import explain, write_bundle

HOUR = parse_cst("20200401000000")
SIX = ("a21026", "a21004", "a21005", "a05024", "a34002", "a34004")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    station = Station(tmp_path_factory.mktemp("city") / "home")
    for name in ("S1", "S2", "S3"):
        station.site(name)
    station.replay(HOUR + 2 * HOUR_US)
    for number, name in enumerate(("S1", "S2", "S3")):
        values = {code: ("0.7" if code == "a21005" else str(30 + 7 * number + at)) for at, code in enumerate(SIX)}
        station.send(station.frame(HOUR, values, name=name, qn=number))
    station.settle()
    station.close()
    run(station.home)
    return station.home


@pytest.mark.parametrize("figure", ["hour.PM2.5", "aqi.realtime"])
def test_a_figure_of_several_stations_checks(city, figure):
    bundle = write_bundle(city, explain(city, f"{figure}/city:南京/2020-04-01T00:00"))
    checks = verify_bundle.check(bundle)
    assert [one.detail for one in checks if not one.ok] == []
    assert bundle.count(b'"op":"telegram"') == (3 if figure == "hour.PM2.5" else 18)


def test_a_station_counted_twice_does_not_hold(city):
    bundle = write_bundle(city, explain(city, "hour.PM2.5/city:南京/2020-04-01T00:00"))
    content = json.loads(bundle.partition(b"\n")[2])
    points = next(step for step in content["steps"] if step["op"] == "points")
    points["in"][2] = points["in"][1]
    bad = [one for one in verify_bundle.check(sealed(content)) if not one.ok]
    assert "twice" in bad[0].detail
