"""A lake as it is found on disk: whatever became of its bytes, a rebuild names it and puts it right."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import homes
import pyarrow as pa
import pytest

from qingyuan.lake import Lake
from qingyuan.lake.files import write
from qingyuan.lake.schema import SPECS
from qingyuan.ledger import Home
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.holdings import holdings
from qingyuan.pipeline.rebuild import rebuild

pytestmark = pytest.mark.xdist_group("home")
NOON = parse_cst("20200401120000") or 0
ODD = b"\xf4\xba"                                            # no UTF-8
FAR = 253_402_300_800_000_000                                # the year 10000, microseconds


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose lake has one file a table; copied for each test."""
    station = homes.Station(tmp_path_factory.mktemp("holdings") / "home")
    station.site()
    station.replay(NOON + 2 * HOUR_US)
    for number, value in enumerate(("35", "45", "400")):
        station.send(station.frame(NOON, {"a34004": value, "a05024": "60"}, qn=number))
        station.settle()
        homes.run(station.home)
    station.close()
    homes.run(station.home)
    Lake(station.home.path / "lake").compact(2)
    return station.home.path


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Home:
    shutil.copytree(made, tmp_path / "home")
    return Home.open(tmp_path / "home")


def content(home: Home) -> list[str]:
    lake = Lake(home.path / "lake")
    return sorted(str(row) for name in SPECS for row in lake.read(name, all_versions=True).to_pylist())


def odd_text(name: str) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        odd = pa.array([ODD] * len(table), pa.binary()).view(pa.string())
        return table.set_column(table.schema.get_field_index(name), name, odd)
    return change


def one(name: str, value: object) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        kind = table.schema.field(name).type
        plain = table[name].cast(pa.int64()) if pa.types.is_timestamp(kind) else table[name]
        fresh = pa.array([value, *plain.to_pylist()[1:]], plain.type).cast(kind)
        return table.set_column(table.schema.get_field_index(name), name, fresh)
    return change


def put(home: Home, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Other rows in the file of a table, with the digest that belongs to them: harm is in the rows, not in the file."""
    lake = Lake(home.path / "lake")
    with lake.begin() as transaction:
        kept = tuple(file for file in transaction.base.files if file.table != table)
        found = change(lake.read(table, all_versions=True))
        (old,) = lake.current().select(table)
        fresh = write(lake.path, "99999999-000", SPECS[table], old.month, found)
        transaction.replace((*kept, replace(fresh, min_start_us=old.min_start_us, max_start_us=old.max_start_us)),
                            transaction.base.position, transaction.base.tick_us)


@pytest.mark.parametrize(("table", "change"), [
    ("hour", odd_text("value")), ("hour", one("believed_from", None)), ("hour", one("name", None)),
    ("hour", one("start", FAR)), ("hour", one("version", None)),
    ("hour", one("detail", None)), ("figure", odd_text("detail")), ("figure", one("subject", None)),
    ("observation", odd_text("ledger")), ("observation", one("received", None)), ("observation", one("start", FAR)),
    ("flag", odd_text("evidence")), ("flag", one("believed_from", FAR)), ("flag", one("what", None)),
    ("figure", one("name", "hour.PM2.5")),
])
def test_rows_that_are_none_are_named_and_made_again(home: Home, table: str,
                                                     change: Callable[[pa.Table], pa.Table]) -> None:
    before = content(home)
    put(home, table, change)
    report = rebuild(home)
    assert not report.well
    assert report.damage
    assert report.corrections == 0
    assert content(home) == before
    assert rebuild(home).well


@pytest.mark.parametrize("table", ["observation", "flag", "hour", "figure"])
def test_any_flipped_bit_of_a_file_is_named_and_stops_nothing(home: Home, table: str) -> None:
    lake = Lake(home.path / "lake")
    path = lake.path / lake.current().select(table)[0].path
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 250)):
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1:])
        found = holdings(lake)
        assert any(path.name in sentence for sentence in found.damaged)
        assert all(str(figure.key) for figures in found.figures.values() for figure in figures)


def test_a_row_in_the_table_of_others_is_found(home: Home) -> None:
    """It would be looked for in vain where it belongs."""
    lake = Lake(home.path / "lake")
    moved = lake.read("hour", all_versions=True)
    before = content(home)
    with lake.begin() as transaction:
        kept = tuple(file for file in transaction.base.files if file.table != "hour")
        transaction.base = replace(transaction.base, files=kept)
        transaction.write("figure", moved)
        transaction.commit(transaction.base.position, transaction.base.tick_us)
    report = rebuild(home)
    assert len(report.damage.figures) > 0
    assert content(home) == before


def test_what_is_whole_is_no_damage(home: Home) -> None:
    found = holdings(Lake(home.path / "lake"))
    count = sum(len(list(rows.figures(Lake(home.path / "lake").read(name, all_versions=True)))) for name in rows.TABLES)
    assert (found.damaged, sum(map(len, found.figures.values()))) == ([], count)
    assert datetime.fromtimestamp(found.tick_us / 1e6, UTC).year > 2020
