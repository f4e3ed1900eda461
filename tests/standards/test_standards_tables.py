"""Limits are data: versions by date, a changed cell changes the figure, each row says where it is from."""

from datetime import date

import numpy as np
import pytest

from qingyuan import assess
from qingyuan.standards import TABLES, AirSettings, BadSetting, LimitNotDefined, NotInTable, load
from qingyuan.standards.tables import NAMES


@pytest.mark.parametrize(("when", "index", "quality", "pm10", "no2_year"), [
    (date(2020, 4, 1), "HJ 633-2012", "GB 3095-2012", "150", "40"),
    (date(2026, 2, 28), "HJ 633-2012", "GB 3095-2012", "150", "40"),
    (date(2026, 3, 1), "HJ 633-2026", "GB 3095-2026", "120", "40"),
    (date(2030, 12, 31), "HJ 633-2026", "GB 3095-2026", "120", "40"),
    (date(2031, 1, 1), "HJ 633-2026", "GB 3095-2026", "100", "30")])
def test_the_date_of_the_data_picks_the_version(when: date, index: str, quality: str, pm10: str,
                                                no2_year: str) -> None:
    assert (TABLES.index_standard(when), TABLES.quality_standard(when)) == (index, quality)
    assert TABLES.limit("NO2", "year", 2, when).value == no2_year
    if when.year < 2031:
        assert TABLES.limit("PM10", "24h", 2, when).value == pm10


def test_a_changed_cell_changes_the_figure_and_the_version() -> None:
    rows = [dict(row) for row in TABLES.rows("air_breakpoints")]
    for row in rows:
        if (row["standard"], row["pollutant"], row["iaqi"]) == ("HJ 633-2026", "PM2.5", "100"):
            row["concentration"] = "50"
    changed = load({"air_breakpoints": rows})
    conc = np.array([[10, 20, 5, 60, 40, 55]], np.int64)
    assert assess.iaqi("HJ 633-2026", "PM2.5", "24h", "55") == 90
    assert assess.iaqi("HJ 633-2026", "PM2.5", "24h", "55", tables=changed) == 104
    assert assess.aqi_rows("HJ 633-2026", "daily", conc).aqi[0] == 90
    assert assess.aqi_rows("HJ 633-2026", "daily", conc, tables=changed).aqi[0] == 104
    assert changed.digest != TABLES.digest
    assert load().digest == TABLES.digest


def test_a_changed_validity_changes_which_days_count() -> None:
    rows = [{**row, "minimum": "24"} if row["scope"] == "day" else row for row in TABLES.rows("air_validity")]
    hours = ["30"] * 20 + [None] * 4
    assert assess.daily_mean(hours, "SO2").valid
    assert not assess.daily_mean(hours, "SO2", tables=load({"air_validity": rows})).valid


@pytest.mark.parametrize("name", [n for n in NAMES if n != "air_classes"])
def test_every_row_says_where_it_is_from_and_how_sure(name: str) -> None:
    for row in TABLES.rows(name):
        assert row["status"] in {"verified", "code", "memory", "proposal"}, row
        assert row.get("clause") or row.get("phase") == "reference", row


def test_what_is_not_defined_is_an_error() -> None:
    with pytest.raises(LimitNotDefined):
        TABLES.limit("PM10", "1h", 2, date(2026, 4, 1))
    with pytest.raises(LimitNotDefined):
        TABLES.limit("PM10", "24h", 2, date(2010, 4, 1))
    with pytest.raises(ValueError, match="grade"):
        TABLES.limit("PM10", "24h", 3, date(2026, 4, 1))
    with pytest.raises(NotInTable):
        TABLES.breakpoints("HJ 633-2012", "PM10", "1h")
    with pytest.raises(NotInTable):
        TABLES.rounding("radon")
    with pytest.raises(KeyError):
        load({"moon": []})


def test_settings_are_a_closed_list() -> None:
    assert AirSettings.of({"o3_windows": "01-24"}).o3_windows == "01-24"
    with pytest.raises(BadSetting, match="moon"):
        AirSettings.of({"moon": 1})
    with pytest.raises(BadSetting, match="02-24"):
        AirSettings.of({"o3_windows": "02-24"})
