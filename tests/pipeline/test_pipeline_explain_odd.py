"""Bundles of odd telegrams, of stations nobody entered, and of figures that this release computes otherwise."""

import gc
from dataclasses import replace
from pathlib import Path

import homes
import pytest

from qingyuan import hj212
from qingyuan.evidence import verify_bundle
from qingyuan.numerics.time import format_cst, parse_cst
from qingyuan.pipeline.explain import Explanation, explain, write_bundle
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.rebuild import rebuild
from qingyuan.registry import Register

NOON = parse_cst("20260401120000") or 0
PM25 = "hour.PM2.5/{site}/2026-04-01T12:00"


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    made.replay(NOON + 2 * HOUR_US)
    return made


def proven(station: homes.Station, site: str = "S1") -> list:
    station.close()
    homes.run(station.home)
    return verify_bundle.check(write_bundle(station.home, explain(station.home, PM25.format(site=site))))


@pytest.mark.parametrize("info", ["//;a34004-Avg=98//", "//up,a34004-Avg=98;//", "//；//"])
@pytest.mark.parametrize("value", ["42", "\u00a042", " 42\u3000"])
def test_texts_and_odd_blanks_in_a_telegram_do_not_keep_it_from_being_proven(station: homes.Station, info: str,
                                                                             value: str) -> None:
    station.site()
    head = [("QN", "20260401130000000"), ("ST", "22"), ("CN", "2061"), ("PW", "pw-S1"), ("MN", "MN-S1"), ("Flag", "5")]
    area = f"DataTime={format_cst(NOON)};i11001-Info={info};a34004-Avg={value},a34004-Flag=N"
    text = ";".join(f"{name}={text}" for name, text in head) + f";CP=&&{area}&&"
    station.send(hj212.wrap(text.encode()))
    done = proven(station)
    assert done[-1].code == "recomputed", done[-1]
    assert next(check.detail for check in done if check.name == "value") == "42"


def test_a_station_that_only_the_gateway_entered_is_proven_and_said_to_be_so(station: homes.Station) -> None:
    station.send(station.frame(NOON, {"a34004": "42"}, name="S9"))
    done = proven(station, "MN-S9")
    assert done[-1].code == "recomputed", done[-1]
    assert "by the gateway alone" in next(check.detail for check in done if check.name == "registry")


def test_a_value_that_this_release_computes_otherwise_is_published_but_not_recomputed(station: homes.Station) -> None:
    station.site()
    station.send(station.frame(NOON, {"a34004": "42"}))
    station.close()
    homes.run(station.home)
    found: Explanation = explain(station.home, PM25.format(site="S1"))
    stated = {"id": "s2", "op": "text", "out": "42", "reason": "as published under an older rule set", "in": ["s1"]}
    older = replace(found, steps=[*found.steps, stated])
    assert verify_bundle.check(write_bundle(station.home, older))[-1].code == "not_recomputed"


@pytest.mark.parametrize(("sent", "value", "code"), [("m3/h", "", "no_value"), ("m3/s", "12500", "recomputed"),
                                                     ("L/s", "12.5", "recomputed")])
def test_a_flow_in_any_registered_unit_is_proven(station: homes.Station, sent: str, value: str, code: str) -> None:
    station.site(kind="water", st="32", units={"w00000": sent})
    station.send(station.frame(NOON, {"w00000": "12.5"}))
    station.close()
    homes.run(station.home)
    found = explain(station.home, "hour.w00000/S1/2026-04-01T12:00")
    assert (found.figure.value, found.figure.unit) == (value, "L/s")
    assert verify_bundle.check(write_bundle(station.home, found))[-1].code == code


def test_a_newer_telegram_without_a_mean_withdraws_the_hour(station: homes.Station) -> None:
    """The newest telegram of an hour is believed: what it no longer states has no value; both are explained."""
    station.site()
    for number, value in enumerate(["42", "", "1e3"]):
        station.send(station.frame(NOON, {"a34004": value}, qn=number))
        station.settle()
        homes.run(station.home)
    station.close()
    homes.run(station.home)
    figure = PM25.format(site="S1")
    newest = explain(station.home, figure)
    assert [(c.after.value, c.after.reason) for c in newest.changes] == [("42", "first"), ("", "corrected-data")]
    assert newest.figure.details()["excluded"] == ["no_mean"]
    first = explain(station.home, figure, newest.changes[0].after.believed_from)
    assert [verify_bundle.check(write_bundle(station.home, one))[-1].code for one in (first, newest)] == [
        "recomputed", "no_value"]
    assert rebuild(station.home).well


def test_explaining_gives_every_file_back(station: homes.Station) -> None:
    station.site()
    station.send(station.frame(NOON, {"a34004": "42"}))
    station.close()
    homes.run(station.home)
    gc.collect()
    gc.disable()
    try:
        counts = [(write_bundle(station.home, explain(station.home, PM25.format(site="S1"))),
                   len(list(Path("/proc/self/fd").iterdir())))[1] for _ in range(4)]
    finally:
        gc.enable()
    assert counts[0] == counts[-1]
