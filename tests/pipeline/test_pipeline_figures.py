"""Figures of a small fleet against the scalar functions, and how many rows a figure takes."""

from collections import defaultdict
from pathlib import Path

import pytest

from qingyuan import assess
from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain.beliefs import registry_at
from qingyuan.pipeline.figure import Figure, FigureKey, parse_id

pytestmark = pytest.mark.xdist_group("home")
FOREVER = 2**62


def latest(path: Path, table: str) -> list[Figure]:
    return list(rows.figures(Lake(path / "lake").read(table)))


def hours_of(path: Path) -> dict[tuple[str, int], dict[str, str | None]]:
    found: dict[tuple[str, int], dict[str, str | None]] = defaultdict(dict)
    for figure in latest(path, "hour"):
        found[figure.subject, figure.start][figure.name.removeprefix("hour.")] = figure.value or None
    return found


def test_every_realtime_index_is_that_of_the_scalar_function(demo_home: Path) -> None:
    hours, checked = hours_of(demo_home), 0
    for figure in latest(demo_home, "figure"):
        if figure.name == "aqi.realtime":
            wanted = assess.aqi_realtime({s: hours[figure.subject, figure.start].get(s) for s in assess.SYMBOLS},
                                         figure.standard)
            assert figure.value == str(wanted.published)
            detail = figure.details()
            if figure.valid:
                assert (detail["aqi"], detail["primary"], detail["level"]) == (wanted.aqi, wanted.primary, wanted.level)
            else:
                assert (detail["aqi"], detail["primary"], detail["level"]) == (None, [], None)
            checked += 1
    assert checked > 6 * 24


def test_every_day_value_follows_from_its_hours(demo_home: Path) -> None:
    hours = hours_of(demo_home)
    days = [f for f in latest(demo_home, "day") if not f.subject.startswith("city:")]
    for day in days:
        symbol = day.name.removeprefix("day.")
        series = [hours.get((day.subject, day.start + h * 3_600_000_000), {}).get(symbol) for h in range(24)]
        if symbol == "O3":
            eight = assess.o3_mda8(series, "160")
            assert day.value == (str(eight.value) if eight.valid else "")
        else:
            assert day.value == (assess.daily_mean(series, symbol).value or "")
    assert len(days) == 6 * 6


def test_city_values_are_means_of_points_before_the_index(demo_home: Path) -> None:
    home = Home.open(demo_home)
    registry, hours = registry_at(home, FOREVER), hours_of(demo_home)
    cities = [f for f in latest(demo_home, "figure") if f.name == "aqi.realtime" and f.subject.startswith("city:")]
    for figure in cities[:20]:
        points = registry.city_points(figure.subject.removeprefix("city:"), figure.start)
        shown = hours[figure.subject, figure.start]
        values = [hours[p.id, figure.start].get("PM2.5") for p in points]
        if all(values) and len(values) == 1:
            assert shown["PM2.5"] == values[0]
    assert len(cities) > 24


def test_a_figure_takes_hardly_more_than_one_row(demo_home: Path) -> None:
    lake = Lake(demo_home / "lake")
    found = [f for table in rows.TABLES for f in rows.figures(lake.read(table, all_versions=True))]
    assert len(found) <= 1.3 * len({f.key for f in found})
    assert all(f.reason == "first" for f in found if f.version == 1)


@pytest.mark.parametrize(("text", "key"), [
    ("aqi.realtime/1151A/2020-04-01T14:00", FigureKey("aqi.realtime", "1151A", 1_585_720_800_000_000)),
    ("day.PM2.5/city:南京/2020-04-01", FigureKey("day.PM2.5", "city:南京", 1_585_670_400_000_000)),
    ("hour.CO/S1/2020-04-01T06:00+00:00", FigureKey("hour.CO", "S1", 1_585_720_800_000_000))])
def test_figure_ids_are_read(text: str, key: FigureKey) -> None:
    assert parse_id(text) == key


def test_figure_ids_are_written_as_they_are_read(demo_home: Path) -> None:
    for figure in latest(demo_home, "figure") + latest(demo_home, "day"):
        assert parse_id(str(figure.key)) == figure.key


@pytest.mark.parametrize("text", ["", "aqi.realtime", "aqi.realtime/1151A", "aqi.realtime/1151A/soon", "/x/2020-04-01"])
def test_other_texts_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write NAME/SUBJECT/START"):
        parse_id(text)
