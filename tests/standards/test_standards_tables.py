"""Limits are data: versions by date, a changed cell changes the figure, each row says where it is from."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qingyuan import assess
from qingyuan.assess import periods
from qingyuan.standards import TABLES, AirSettings, BadSetting, LimitNotDefined, NotInTable, Tables, load
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


@pytest.mark.parametrize("name", NAMES)
def test_every_row_says_where_it_is_from_when_it_holds_and_how_sure(name: str) -> None:
    for row in TABLES.rows(name):
        assert row["status"] in {"verified", "code", "memory", "proposal"}, row
        assert row["clause"], row
        first, last = (date.fromisoformat(row[end]) if row[end] else None for end in ("valid_from", "valid_to"))
        assert first is None or last is None or first < last, row


@pytest.mark.parametrize("name", ["air_breakpoints", "air_special", "air_classes"])
def test_rows_of_an_index_standard_hold_as_long_as_it_does(name: str) -> None:
    dates = {row["index_standard"]: (row["valid_from"], row["valid_to"]) for row in TABLES.rows("air_versions")}
    assert {(row["standard"], row["valid_from"], row["valid_to"]) for row in TABLES.rows(name)} == {
        (standard, *both) for standard, both in dates.items()}


def test_tables_do_not_change() -> None:
    with pytest.raises(AttributeError, match="load"):
        TABLES.moon = 1                                                             # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        TABLES.rows("air_limits")[0]["grade2"] = "1"                                # type: ignore[index]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "source", "columns"), [
    ("air_breakpoints", "air_iaqi_breakpoints", "standard pollutant averaging unit iaqi concentration"),
    ("air_limits", "air_limits", "standard valid_from valid_to pollutant averaging unit grade1 grade2"),
    ("air_classes", "air_aqi_classes", "level aqi_high category colour r g b c m y k")])
def test_tables_hold_the_cells_of_the_standards(shared: Path, name: str, source: str, columns: str) -> None:
    text = (shared / "standards" / "tables" / f"{source}.csv").read_text("utf-8")
    wanted = {tuple(row[c] for c in columns.split()) for row in csv.DictReader(text.splitlines())}
    assert {tuple(row[c] for c in columns.split()) for row in TABLES.rows(name)} == wanted


@pytest.mark.shared
def test_digits_are_those_of_the_standards(shared: Path) -> None:
    text = (shared / "standards" / "tables" / "air_rounding.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        if not row["decimals_raw"]:
            continue
        for quantity in row["quantity"].split(";"):
            digits = TABLES.rounding(quantity)
            assert [digits.raw, digits.statistics, digits.compliance] == [
                int(row[f"decimals_{part}"]) for part in ("raw", "statistics", "compliance")]


@pytest.mark.parametrize(("pollutant", "averaging", "rules"), [
    ("SO2", "1h", {("hour", "minutes"): 45}), ("PM2.5", "24h", {("day", "hours"): 20}),
    ("O3", "8h", {("8h", "hours"): 6}),
    ("O3", "mda8", {("mda8", "windows"): 14}), ("BaP", "24h", {("day", "hours of sampling"): 24}),
    ("PM10", "year", {("year", "days"): 324, ("month", "days"): 27, ("february", "days"): 25}),
    ("O3", "year", {("year", "daily values"): 324, ("month", "daily values"): 27, ("february", "daily values"): 25}),
    ("Pb", "quarter", {("quarter", "spread days"): 15, ("month of a quarter", "spread days"): 5})])
def test_validity_is_told_by_pollutant_and_mean(pollutant: str, averaging: str,
                                                rules: dict[tuple[str, str], int]) -> None:
    assert {(v.scope, v.quantity): v.minimum for v in TABLES.validity(pollutant, averaging)} == rules
    assert all(TABLES.minimum(*where) == least for where, least in rules.items())


def test_classes_begin_where_their_edition_says() -> None:
    assert [TABLES.classes(s)[0].low for s in ("HJ 633-2012", "HJ 633-2026")] == [0, 1]
    ends = {0: 1, 50: 1, 51: 2, 100: 2, 101: 3, 150: 3, 151: 4, 200: 4, 201: 5, 300: 5, 301: 6, 600: 6}
    for standard in ("HJ 633-2012", "HJ 633-2026"):
        assert {index: TABLES.class_of(index, standard).level for index in ends} == ends


@pytest.mark.parametrize(("name", "match", "cell", "value", "figure"), [
    ("air_special", {"standard": "HJ 633-2026", "pollutant": "SO2"}, "result", "210", "iaqi"),
    ("air_rounding", {"quantity": "PM2.5"}, "decimals_index", "1", "iaqi"),
    ("air_versions", {"index_standard": "HJ 633-2026"}, "hour_input", "unrounded", "iaqi"),
    ("air_classes", {"standard": "HJ 633-2026", "level": "2"}, "aqi_high", "90", "level"),
    ("air_validity", {"scope": "8h"}, "minimum", "8", "mda8"),
    ("air_validity", {"scope": "mda8"}, "minimum", "17", "mda8"),
    ("air_validity", {"scope": "hour"}, "minimum", "46", "hour"),
    ("air_validity", {"scope": "year"}, "minimum", "345", "year"),
    ("air_limits", {"pollutant": "SO2", "averaging": "year", "standard": "GB 3095-2012"}, "grade2", "50", "composite"),
    ("air_composite", {"item": "SO2"}, "weight", "9", "composite")])
def test_one_changed_cell_of_any_table_changes_its_figure(name: str, match: dict[str, str], cell: str, value: str,
                                                          figure: str) -> None:
    rows = [{**row, cell: value} if all(row[k] == v for k, v in match.items()) else row for row in TABLES.rows(name)]
    changed = load({name: rows})
    assert figures(changed)[figure] != figures(TABLES)[figure]


def figures(tables: Tables) -> dict[str, object]:
    """Some figures of each kind, made from the same data with the given tables."""
    daily = {"SO2": "10", "NO2": "20", "CO": "0.5", "O3": "60", "PM10": "40", "PM2.5": "57"}
    hours: list[str | None] = [None, *["100"] * 6, None, *["100"] * 12, None, None, None, None]
    stats = {"SO2": "8", "NO2": "26", "PM10": "54", "PM2.5": "31", "CO_p95": "1.0", "O3_p90": "168"}
    minutes = np.full(45, 10, np.int64)
    return {
        "iaqi": [assess.iaqi("HJ 633-2026", p, "1h", c, tables=tables)
                 for p, c in (("SO2", "900"), ("PM2.5", "60.2"), ("CO", "5.34"))],
        "level": assess.aqi_daily(daily, "HJ 633-2026", tables=tables).level,
        "mda8": assess.o3_mda8(hours, "160", tables=tables),
        "hour": periods.hour_from_minutes(minutes, 0, np.ones(45, bool), 60, "a34004", tables=tables),
        "year": assess.annual_validity([31, 25, 31, 30, 31, 30, 31, 27, 27, 27, 27, 27], tables=tables),
        "composite": assess.composite_index(stats, "ranking rule 2018, GB 3095-2012 limits", tables=tables),
    }


def test_reference_values_of_annex_a_say_so() -> None:
    limit = TABLES.limit("Cd", "year", 2, date(2026, 3, 1))
    assert (limit.value, limit.phase, limit.clause) == ("0.005", "reference", "table A.1 (informative)")
    with pytest.raises(LimitNotDefined):
        TABLES.limit("Cd", "year", 2, date(2026, 2, 28))


def test_an_emptied_table_is_empty() -> None:
    with pytest.raises(LimitNotDefined):
        load({"air_limits": []}).limit("PM10", "24h", 2, date(2026, 4, 1))


def test_what_is_not_defined_is_an_error() -> None:
    with pytest.raises(LimitNotDefined):
        TABLES.limit("PM10", "1h", 2, date(2026, 4, 1))
    with pytest.raises(LimitNotDefined):
        TABLES.limit("PM10", "24h", 2, date(2010, 4, 1))
    with pytest.raises(ValueError, match="grade"):
        TABLES.limit("PM10", "24h", 3, date(2026, 4, 1))
    with pytest.raises(NotInTable):
        TABLES.breakpoints("HJ 633-2012", "PM10", "1h")
    for call in (lambda: TABLES.rounding("radon"), lambda: TABLES.validity("radon", "24h"),
                 lambda: TABLES.minimum("week", "days"), lambda: TABLES.classes("HJ 633-1999")):
        with pytest.raises(NotInTable):
            call()
    with pytest.raises(KeyError):
        load({"moon": []})


def test_settings_are_a_closed_list() -> None:
    assert AirSettings.of({"o3_windows": "01-24"}).o3_windows == "01-24"
    with pytest.raises(BadSetting, match="moon"):
        AirSettings.of({"moon": 1})
    with pytest.raises(BadSetting, match="02-24"):
        AirSettings.of({"o3_windows": "02-24"})
