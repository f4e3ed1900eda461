"""The Yangtze delta in spring 2020: hourly values of 56 cities as published, with gaps as they were.

The label of an hour is its END (air bulletins); telegrams carry the START. The file also repeats the last record
of stations that are out of service, hour after hour, under their old name; such series are left out. A station
that appears under two spellings of its name in one hour sends the second reading as a later correction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from qingyuan.gateway.simulator.places import Places, base_name
from qingyuan.gateway.simulator.source import Reading, Source, SourceError, Station, plain
from qingyuan.numerics.time import CST_OFFSET_S, HOUR_US, SECOND_US, micros, parse_cst, start_from_end
from qingyuan.registry import Origin
from qingyuan.vocabulary.factors import AIR_SIX

FILE = "pm25in_hourly_202003_04_yangtze_delta.parquet"
COLUMNS = {"SO2": "so2_ugm3", "NO2": "no2_ugm3", "CO": "co_mgm3", "O3": "o3_ugm3", "PM10": "pm10_ugm3",
           "PM2.5": "pm25_ugm3"}
FIRST = parse_cst("20200402000000") or 0     # from here on all 13 cities of Jiangsu are in the file
FROZEN_HOURS = 24                            # a series of at least so many hours that never changes is no measurement
Row = dict[str, Any]


def load(file: Path, *, hours: int, start_us: int | None = None, limit: int | None = None,
         edition: str = "2017") -> Source:
    """Source over a period of the file (default: from 2020-04-02); `limit` keeps the first stations only."""
    start_us = FIRST if start_us is None else start_us
    series = _series(_rows(file))
    places = Places(file.with_name("cnemc_site_list.csv"))
    stations: dict[str, Station] = {}
    chosen: dict[str, list[Row]] = defaultdict(list)
    for (city, name), rows in sorted(series.items()):
        station = _station(places, city, name)
        if station.id in stations or limit is None or len(stations) < limit:
            stations.setdefault(station.id, station)
            chosen[station.id] += rows
    readings = sorted((r for name, rows in chosen.items() for r in _readings(name, rows)
                       if start_us <= r.start_us < start_us + hours * HOUR_US),
                      key=lambda r: (r.start_us, r.correction, r.station))
    if not readings:
        raise SourceError(f"{file.name} holds no hour of the period; it covers 2020-03-26 to 2020-04-08")
    return Source("delta", "Yangtze delta 2020, hourly values as published", Origin.MEASURED,
                  list(stations.values()), readings, start_us, hours, edition)


def _rows(file: Path) -> list[Row]:
    import pyarrow.parquet as pq

    columns = ["city", "site_name", "time_cst", *COLUMNS.values()]
    rows: list[Row] = pq.read_table(file, columns=columns).to_pylist()
    return rows


def _series(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows of each station and spelling, without series that never change."""
    series: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        series[row["city"], row["site_name"]].append(row)
    return {key: found for key, found in series.items()
            if len(found) < FROZEN_HOURS or len({tuple(r[c] for c in COLUMNS.values()) for r in found}) > 1}


def _station(places: Places, city: str, name: str) -> Station:
    place = places.find(city, name)
    control = "对照点" in name or (place is not None and place.background and "评价点" not in name)
    if place is None:
        return Station(f"{city}-{base_name(name)}", base_name(name), city, in_city_mean=not control)
    return Station(place.code, base_name(name), city, province=place.province, lon=place.lon, lat=place.lat,
                   in_city_mean=not control)


def _readings(station: str, rows: Sequence[Row]) -> Iterable[Reading]:
    """One reading an hour; where spellings disagree, the second is a correction."""
    seen: dict[int, Reading] = {}
    for row in rows:
        end_us = micros(row["time_cst"].replace(tzinfo=UTC)) - CST_OFFSET_S * SECOND_US
        start_us = start_from_end(end_us, 3600)
        values = tuple((AIR_SIX[symbol], plain(row[column], 1 if symbol == "CO" else 0), "N")
                       for symbol, column in COLUMNS.items() if row[column] is not None)
        reading = Reading(station, start_us, values, start_us in seen)
        if values and (start_us not in seen or seen[start_us].values != values):
            seen[start_us] = reading
            yield reading
