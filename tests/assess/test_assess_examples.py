"""The operations of the vector form: the public file, what it leaves out, nulls, settings."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qingyuan.cli.conformance.assessment import OPS
from qingyuan.cli.conformance.compare import ASSESSMENT, same
from qingyuan.standards import BadSetting, NotInTable
from qingyuan.standards.settings import CHOICES

STATS = {"SO2": 8, "NO2": 26, "PM10": 54, "PM2.5": 31, "CO_p95": "1.0", "O3_p90": 168}
RULE_2018 = "ranking rule 2018, GB 3095-2012 limits"
IAQI = {"standard": "HJ 633-2026", "pollutant": "PM10", "averaging": "24h", "concentration": 0}


@pytest.mark.shared
def test_every_air_row_of_the_public_file_comes_out(shared: Path) -> None:
    lines = (shared / "standards" / "examples_assess.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line, parse_float=Decimal) for line in lines if line.strip()]
    rows = [row for row in rows if row["op"].startswith(("air.", "gbt8170."))]
    assert {row["op"] for row in rows} == set(OPS)
    for row in rows:
        for settings in (row.get("settings", {}), {}):         # the defaults are the values the rows name
            got = OPS[row["op"]](row["input"], settings)
            wrong = {k: (v, got.get(k)) for k, v in row["expected"].items() if not same(v, got[k], ASSESSMENT)}
            assert not wrong, row["id"]


@pytest.mark.parametrize(("op", "given", "settings", "expected"), [
    ("gbt8170.round", {"value": None, "decimals": 1}, {}, {"value": None}),
    ("gbt8170.round", {"value": "2.5000000000000000000001", "decimals": 0}, {}, {"value": "3"}),
    ("gbt8170.round", {"value": Decimal("0.25"), "decimals": 1}, {}, {"value": "0.2"}),
    ("air.iaqi", {**IAQI, "pollutant": "O3"}, {}, {"iaqi": None}),
    ("air.iaqi", IAQI, {"zero_concentration": "index_1"}, {"iaqi": 1}),
    ("air.o3_mda8", {"hours": [200] * 6 + [50] * 18, "limit": 160}, {"o3_windows": "01-24"},
     {"n_valid_8h": 19, "value": 200, "end_hour": 6, "valid": True}),
    ("air.o3_mda8", {"hours": [None] * 24, "limit": None}, {}, {"n_valid_8h": 0, "value": None, "valid": False}),
    ("air.daily_mean", {"hours": ["1.25"] * 20 + [None] * 4, "pollutant": "CO"}, {},
     {"n": 20, "valid": True, "value": "1.2"}),
    ("air.percentile", {"values": [None, None], "p": 90}, {}, {"value": None}),
    ("air.percentile", {"values": ["3", None, "1.5"], "p": "2.5"}, {}, {"value": "1.5375"}),
    ("air.percentile", {"values_range": [1, 11], "p": 90}, {}, {"value": "10.0"}),
    ("air.annual_validity", {"days_per_month": [31, None, *[31] * 10]}, {}, {"total": 341, "valid": False}),
    ("air.exceedance", {"pollutant": "CO", "value": "3.2", "limit": 4}, {}, {"multiple": "-0.20"}),
    ("air.exceedance", {"pollutant": "CO", "value": None, "limit": 4}, {}, {"multiple": None}),
    ("air.exceedance", {"pollutant": "CO", "value": 5, "limit": 4}, {"multiple_digits": 1}, {"multiple": "0.2"}),
    ("air.rate", {"good_days": "311", "valid_days": "365"}, {"rate_digits": 2}, {"rate_percent": "85.21"}),
    ("air.rate", {"good_days": 0, "valid_days": None}, {}, {"rate_percent": None}),
    ("air.composite_index", {"stats": {**STATS, "SO2": None}, "method": RULE_2018}, {},
     {"single": {"SO2": None, "NO2": "0.650", "PM10": "0.771", "PM2.5": "0.886", "CO_p95": "0.250",
                 "O3_p90": "1.050"}, "composite": None}),
    ("air.rank", {"index": {"a": "3.08", "b": None, "c": "3.08", "d": "4"}}, {"rank_ties": "1-1-2"},
     {"rank": {"a": 1, "b": None, "c": 1, "d": 2}}),
    ("air.limit_for_date", {"pollutant": "Cr(VI)", "averaging": "year", "grade": 1, "date": "2031-01-01"}, {},
     {"limit": Decimal("0.000025")}),
    ("air.limit_for_date", {"pollutant": "PM10", "averaging": "1h", "grade": 2, "date": "2026-03-01"}, {},
     {"limit": None}),
    ("air.limit_for_date", {"pollutant": "O3", "averaging": "8h", "grade": "1", "date": "2026-03-01"}, {},
     {"limit": Decimal(100)}),
    ("air.gas_reference", {"value_273K": None, "to": "298.15 K, 1013.25 hPa"}, {}, {"value": None})])
def test_nulls_edges_and_settings(op: str, given: dict[str, Any], settings: dict[str, Any],
                                  expected: dict[str, Any]) -> None:
    assert OPS[op](given, settings) == expected


@pytest.mark.parametrize("op", sorted(OPS))
def test_a_setting_that_is_not_known_is_refused_whatever_the_operation(op: str) -> None:
    with pytest.raises(BadSetting, match="moon"):
        OPS[op]({}, {"moon": 1})
    with pytest.raises(BadSetting, match="o3_windows = 09-24"):
        OPS[op]({}, {"o3_windows": "09-24"})


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_every_value_a_setting_offers_is_accepted(name: str) -> None:
    for value in CHOICES[name]:
        assert OPS["gbt8170.round"]({"value": "1", "decimals": 0}, {name: value}) == {"value": "1"}


@pytest.mark.parametrize(("op", "given", "fault"), [
    ("air.iaqi", {**IAQI, "pollutant": "PM25"}, NotInTable), ("air.iaqi", {**IAQI, "standard": "HJ 633"}, NotInTable),
    ("air.iaqi", {**IAQI, "averaging": "2h"}, NotInTable), ("air.iaqi", {**IAQI, "concentration": True}, ValueError),
    ("air.iaqi", {**IAQI, "concentration": "--"}, ValueError),
    ("air.rate", {"good_days": "x", "valid_days": 1}, ValueError),
    ("air.rate", {"good_days": "1.5", "valid_days": 2}, ValueError),
    ("air.gas_reference", {"value_273K": 1, "to": "273.15 K"}, ValueError)])
def test_what_is_no_row_of_the_form_is_an_error(op: str, given: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        OPS[op](given, {})
