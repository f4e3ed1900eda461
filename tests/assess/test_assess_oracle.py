"""The real-time index against what the national platform published in 2014 and 2020.

What holds in both files: the index is the largest sub-index of the values of the hour, particles by the daily break
points, values as they were released (CO with three decimals, not rounded first). It holds in every row with all six
values, and in every published row with gaps as well: under HJ 633-2012 a gap did not hold an index back. Rows without
a published index never have all six values. No row of either file stands twice for one station and hour; a few names
of stations stand in two cities, so a name alone is no key.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qingyuan.assess import SYMBOLS, AqiRows, aqi_rows
from qingyuan.standards import TABLES

COLUMNS = ("so2_ugm3", "no2_ugm3", "co_mgm3", "o3_ugm3", "pm10_ugm3", "pm25_ugm3")
NATION, DELTA = "cnemc_hourly_20140604_05.parquet", "pm25in_hourly_202003_04_yangtze_delta.parquet"
NAMES = {"二氧化硫": "SO2", "二氧化氮": "NO2", "一氧化碳": "CO", "臭氧1小时": "O3", "颗粒物(PM10)": "PM10",
         "细颗粒物(PM2.5)": "PM2.5"}
STANDARD = "HJ 633-2012"


def read(shared: Path, name: str) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """The table, its concentrations in thousandths (-1 missing), and the published index (NaN missing)."""
    table = pq.read_table(shared / "data" / "air" / name)
    values = np.stack([table[c].to_numpy(zero_copy_only=False).astype(float) for c in COLUMNS], axis=1)
    thousandths = np.rint(values * 1000)
    assert np.nanmax(np.abs(values * 1000 - thousandths)) < 1e-6                    # three decimals hold every value
    conc = np.where(np.isnan(values), -1, thousandths).astype(np.int64)
    return table, conc, table["aqi_published"].to_numpy(zero_copy_only=False).astype(float)


def index_of(conc: np.ndarray) -> AqiRows:
    return aqi_rows(STANDARD, "realtime", conc, digits=[3] * 6)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "complete", "gaps"), [(NATION, 35_448, 7_246), (DELTA, 30_367, 2_263)])
def test_realtime_index_equals_the_published_one_on_every_row(shared: Path, name: str, complete: int,
                                                              gaps: int) -> None:
    _, conc, published = read(shared, name)
    rows, six, told = index_of(conc), (conc >= 0).all(axis=1), ~np.isnan(published)
    wrong = np.flatnonzero(told & (rows.aqi != np.where(told, published, 0)))
    assert not len(wrong), [(conc[i].tolist(), rows.aqi[i], published[i]) for i in wrong[:5]]
    assert (int((six & told).sum()), int((~six & told).sum()), int((six & ~told).sum())) == (complete, gaps, 0)


@pytest.mark.shared
def test_rounding_hour_values_first_would_contradict_the_platform(shared: Path) -> None:
    _, conc, published = read(shared, NATION)
    rounded = conc // 1000
    rounded[:, 2] = np.rint(conc[:, 2] / 100)
    six = (conc >= 0).all(axis=1)
    index = aqi_rows(STANDARD, "realtime", rounded)
    assert int((index.aqi[six] != published[six]).sum()) == 34


@pytest.mark.shared
def test_primary_pollutants_and_levels_equal_the_published_ones(shared: Path) -> None:
    table, conc, published = read(shared, DELTA)
    rows, seen = index_of(conc), 0
    levels = {c.category: c.level for c in TABLES.classes(STANDARD)}
    for i, (names, category) in enumerate(zip(table["primary_pollutant"].to_pylist(), table["aqi_level"].to_pylist(),
                                              strict=True)):
        if np.isnan(published[i]):
            continue
        told = {NAMES[name] for name in names.split("|")} if names else set()
        assert {s for n, s in enumerate(SYMBOLS) if rows.primary[i] >> n & 1} == told, conc[i].tolist()
        assert category is None or levels[category] == rows.level[i]
        seen += 1
    assert seen == 32_630


@pytest.mark.shared
def test_each_station_and_hour_stands_once(shared: Path) -> None:
    for name, key in ((NATION, ("site_code", "time_cst")), (DELTA, ("city", "site_name", "time_cst"))):
        table, _, _ = read(shared, name)
        keys = list(zip(*(table[c].to_pylist() for c in key), strict=True))
        assert len(keys) == len(set(keys))
