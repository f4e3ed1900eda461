"""Twelve stations of Beijing, 2013 to 2017: the UCI multi-site set (CC BY 4.0), joined to one table.

The set does not say whether an hour is named by its start or its end; as in the bulletins it comes from, the label
is taken as the END. CO is sent in µg/m3 as the set has it, and registered so.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from qingyuan.gateway.simulator.places import Places
from qingyuan.gateway.simulator.source import Reading, Source, SourceError, Station
from qingyuan.numerics.time import HOUR_US, parse_cst, start_from_end
from qingyuan.registry import Origin
from qingyuan.vocabulary.factors import AIR_SIX

NAMES = {"Aotizhongxin": "奥体中心", "Changping": "昌平镇", "Dingling": "定陵(对照点)", "Dongsi": "东四",
         "Guanyuan": "官园", "Gucheng": "古城", "Huairou": "怀柔镇", "Nongzhanguan": "农展馆", "Shunyi": "顺义新城",
         "Tiantan": "天坛", "Wanliu": "海淀万柳", "Wanshouxigong": "万寿西宫"}
UNITS = dict.fromkeys(AIR_SIX.values(), "ug/m3")
FIRST = parse_cst("20130301000000") or 0


def load(file: Path, *, hours: int, start_us: int | None = None, places: Path | None = None,
         limit: int | None = None, edition: str = "2017") -> Source:
    """Source over a period (default: from 2013-03-01)."""
    start_us = FIRST if start_us is None else start_us
    end_us = start_us + hours * HOUR_US
    names = sorted(NAMES)[:limit]
    readings = []
    for row in _rows(file):
        start = start_from_end(_label_us(row), 3600)
        if start_us <= start < end_us and row["station"] in names and (values := _values(row)):
            readings.append(Reading(row["station"], start, values))
    if not readings:
        raise SourceError(f"{file.name} holds no hour of the period")
    table = Places(places)
    ids = {name: _station(table, name) for name in names}
    readings = sorted((r._replace(station=ids[r.station].id) for r in readings), key=lambda r: (r.start_us, r.station))
    return Source("beijing", "Beijing multi-site air quality", Origin.MEASURED, list(ids.values()), readings,
                  start_us, hours, edition)


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


def _label_us(row: dict[str, str]) -> int:
    label = parse_cst("".join(c for c in row["time"] if c.isdigit()).ljust(14, "0"))
    if label is None:
        raise SourceError(f"{row['time']!r} is no time")
    return label


def _values(row: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    found: Iterable[tuple[str, str]] = ((symbol, row.get(symbol, "")) for symbol in AIR_SIX)
    return tuple((AIR_SIX[symbol], text.removesuffix(".0"), "N") for symbol, text in found if text not in ("", "NA"))


def _station(places: Places, name: str) -> Station:
    place = places.find("北京", NAMES[name])
    station = Station(f"BJ-{name}", NAMES[name], "北京", name, "北京市", in_city_mean="对照点" not in NAMES[name],
                      units=dict(UNITS))
    return station if place is None else replace(station, id=place.code, lon=place.lon, lat=place.lat)
