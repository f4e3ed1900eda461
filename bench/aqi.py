"""Rows of six pollutants to AQI, primary pollutant, level: beside python-aqi and aqi-hub on the same rows."""

from __future__ import annotations

import numpy as np
from aqi import ALGO_MEP, to_aqi
from aqi_hub.aqi_cn import cal_aqi_cn

from bench.table import Row, seconds
from qingyuan.assess import aqi_rows

SYMBOLS = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
UPPER = (500, 200, 40, 300, 400, 250)      # inside every package's tables, so that no peer fails
OURS, PEER = 1_000_000, 4_000


def rows() -> list[Row]:
    """Our kernel on a million rows, the peers on some thousand, as rows a second."""
    random = np.random.default_rng(20260301)
    conc = np.stack([random.integers(1, top, OURS) for top in UPPER], axis=1).astype(np.int64)
    kernel = OURS / seconds(lambda: aqi_rows("HJ 633-2026", "daily", conc))
    few = conc[:PEER].tolist()
    hub = PEER / seconds(lambda: [_hub(row) for row in few], runs=3)
    python_aqi = PEER / seconds(lambda: [_python_aqi(row) for row in few], runs=3)
    return [Row("AQI, daily, six pollutants, HJ 633-2026", kernel, "rows/s", "aqi-hub 0.3.3", hub),
            Row("AQI, daily, six pollutants, HJ 633-2026", kernel, "rows/s", "python-aqi 0.6.1 (2012)", python_aqi)]


def _hub(row: list[int]) -> object:
    so2, no2, co, o3, pm10, pm25 = row
    return cal_aqi_cn(pm25=pm25, pm10=pm10, so2=so2, no2=no2, co=co / 10, o3=o3, data_type="daily")


def _python_aqi(row: list[int]) -> object:
    so2, no2, co, o3, pm10, pm25 = row
    return to_aqi([("so2_24h", so2), ("no2_24h", no2), ("co_24h", co / 10), ("o3_8h", o3), ("pm10", pm10),
                   ("pm25", pm25)], algo=ALGO_MEP)
