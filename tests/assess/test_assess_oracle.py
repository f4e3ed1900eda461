"""The real-time index against what the national platform published: every row with all six values."""

from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from qingyuan.assess import aqi_rows

COLUMNS = ("so2_ugm3", "no2_ugm3", "co_mgm3", "o3_ugm3", "pm10_ugm3", "pm25_ugm3")
FILES = ("cnemc_hourly_20140604_05.parquet", "pm25in_hourly_202003_04_yangtze_delta.parquet")


@pytest.mark.shared
@pytest.mark.parametrize("name", FILES)
def test_realtime_index_equals_the_published_one_on_every_complete_row(shared: Path, name: str) -> None:
    table = pq.read_table(shared / "data" / "air" / name, columns=[*COLUMNS, "aqi_published"])
    whole = None
    for column in table.column_names:
        known = pc.is_valid(table[column])
        whole = known if whole is None else pc.and_(whole, known)
    table = table.filter(whole)
    conc = np.stack([np.rint(table[c].to_numpy() * 1000) for c in COLUMNS], axis=1)       # CO came with three decimals
    index = aqi_rows("HJ 633-2012", "realtime", conc.astype(np.int64), digits=[3] * 6).aqi
    published = table["aqi_published"].to_numpy().astype(int)
    wrong = np.flatnonzero(index != published)
    assert len(table) > 6_000
    assert not len(wrong), [(conc[i].tolist(), index[i], published[i]) for i in wrong[:5]]
