"""Homes whose lakes are rebuilt: what they hold, how they are harmed, and what they say."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from qingyuan.cli.main import run as cli
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Ledger
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.feed import publications

NOON = parse_cst("20200401120000") or 0
PM25, AQI = "hour.PM2.5/S1/2020-04-01T12:00", "aqi.realtime/S1/2020-04-01T12:00"
SIX = {"a21026": "6", "a21004": "40", "a21005": "0.8", "a05024": "60", "a34002": "70", "a34004": "35"}


def content(path: Path) -> list[str]:
    lake = Lake(path / "lake")
    out = [str(r) for t in ("observation", "flag") for r in lake.read(t, all_versions=True).to_pylist()]
    return out + [json.dumps(f.row()) for t in rows.TABLES for f in rows.figures(lake.read(t, all_versions=True))]


class Evidence(NamedTuple):
    """What a rebuild may not touch: the publication leaves, and what is asked of it afterwards."""

    home: Home

    def leaves(self) -> list[str]:
        return [p["reason"] for _, p in publications(Ledger(self.home.ledger_path("office")))]

    def exit(self, *more: str) -> int:
        return cli(["rebuild", "--home", str(self.home.path), *more])


def alter(home: Home, table: str, change: Callable[[list[dict]], list[dict]]) -> None:
    """Write the files of a table anew with other rows and a manifest with the digests that belong to them."""
    lake = Lake(home.path / "lake")
    with lake.begin() as transaction:
        kept = [f for f in transaction.base.files if f.table != table]
        found = lake.read(table, all_versions=True)
        transaction.base = replace(transaction.base, files=tuple(kept))
        transaction.write(table, pa.Table.from_pylist(change(found.to_pylist()), schema=found.schema))
        transaction.commit(transaction.base.position, transaction.base.tick_us)


def aqi(home: Home, subject: str = "S1") -> list[tuple[str, str, int]]:
    found = [f for f in rows.figures(Lake(home.path / "lake").read("figure", all_versions=True))
             if f.name == "aqi.realtime" and f.subject == subject]
    return [(f.value, f.reason, f.version) for f in sorted(found, key=lambda f: f.version)]
