"""How the proposals behave on measured hours: what the tables of thresholds claim is held against the data."""

from collections import Counter, defaultdict
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from qingyuan.numerics import decimals
from qingyuan.quality import Level, check_hours, limits, recheck
from qingyuan.vocabulary import factors

COLUMNS = {"so2_ugm3": "SO2", "no2_ugm3": "NO2", "co_mgm3": "CO", "o3_ugm3": "O3", "pm10_ugm3": "PM10",
           "pm25_ugm3": "PM2.5"}


def flags_of(path, site_columns):
    """Flags and number of values by factor, over all sites of a measured file."""
    table = pq.read_table(path).to_pylist()
    sites = defaultdict(lambda: defaultdict(dict))
    for row in table:
        start = int(row["time_cst"].replace(tzinfo=UTC).timestamp()) * 1_000_000
        for column, symbol in COLUMNS.items():
            value = row[column]
            if value is not None and value == value:
                code = factors.code_of(symbol)
                sites[tuple(row[c] for c in site_columns)][code][start] = decimals.parse(repr(value))
    values, flags = Counter(), []
    for site, series in sites.items():
        hours = {code: [(start, *number, None) for start, number in sorted(found.items())]
                 for code, found in series.items()}
        values.update({code: len(rows) for code, rows in hours.items()})
        flags += check_hours("/".join(site), hours, 0, int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000)
    return flags, values


def shares(flags, values, what):
    """Share of flagged values in percent, by symbol."""
    count = Counter(flag.factor for flag in flags if flag.what == what)
    return {factors.symbol_of(code): 100 * count[code] / values[code] for code in values}


@pytest.mark.shared
def test_yangtze_delta_in_spring_2020(shared):
    flags, values = flags_of(shared / "data/air/pm25in_hourly_202003_04_yangtze_delta.parquet", ("city", "site_name"))
    assert sum(values.values()) > 190_000
    assert not [f for f in flags if f.level is Level.FAIL]
    assert all(map(recheck, flags[::50]))
    assert max(shares(flags, values, "range").values()) < 0.01
    assert max(shares(flags, values, "rate").values()) < 0.01
    assert 0.05 < shares(flags, values, "pm_inversion")["PM2.5"] < 0.2
    flat = shares(flags, values, "flat_line")
    assert max(flat.values()) < 12        # old pages of the source, seen in all six at once


@pytest.mark.shared
def test_the_national_network_on_two_days_of_2014(shared):
    flags, values = flags_of(shared / "data/air/cnemc_hourly_20140604_05.parquet", ("site_code",))
    rate = shares(flags, values, "rate")
    claimed = {row["symbol"]: row["source"].split()[0] for row in limits.rows("rate") if "935" in row["source"]}
    assert {symbol: f"{100 - rate[symbol]:.2f}" for symbol in claimed} == claimed
    assert rate["PM10"] == 0
    assert not [f for f in flags if f.level is Level.FAIL]
    assert max(shares(flags, values, "flat_line").values()) < 2
