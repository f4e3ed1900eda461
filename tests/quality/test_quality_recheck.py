"""Flags stand on their own records."""

from dataclasses import replace

import pytest
from quality_rows import HOUR_US, NO2, PM10, PM25, SO2, T0, hours

from qingyuan.quality import Level, What, check_hours, recheck
from qingyuan.quality.recheck import LEVELS

FOUND = check_hours("s", {
    SO2: hours("801", "3001", "-1", "-9", "-999"), NO2: hours("40", "40", "40", "40", "400", marks="NNNNN"),
    PM10: hours("9", marks="M"), PM25: hours("9", "700")}, T0, T0 + 9 * HOUR_US)
FOUND += check_hours("s", {PM10: hours("9"), PM25: hours("10")}, T0, T0 + HOUR_US)


def test_sample_has_every_hourly_test():
    assert {f.what for f in FOUND} == {
        What.RANGE, What.RATE, What.FLAT_LINE, What.PM_INVERSION, What.NEGATIVE, What.SENTINEL, What.MARK}


@pytest.mark.parametrize("flag", FOUND, ids=lambda f: f"{f.what}-{f.level}-{f.start_us}")
def test_changed_record_does_not_hold(flag):
    assert recheck(flag)
    for level in Level:
        assert recheck(replace(flag, level=level)) == (level is flag.level)
    for what in What:
        assert recheck(replace(flag, what=what)) == (what is flag.what)
    for name in flag.evidence:
        without = {k: v for k, v in flag.evidence.items() if k != name}
        if name in ("value", "tolerance", "values", "pm10", "before", "stands_for_nothing", "mark"):
            assert not recheck(replace(flag, evidence=without))
        assert not recheck(replace(flag, evidence={**without, "value": None, "values": None, "pm25": None,
                                                   "mark": "N"}))
    assert not recheck(replace(flag, rule="other@1"))


@pytest.mark.parametrize("rule", LEVELS)
def test_empty_evidence_holds_for_no_rule(rule):
    flag = replace(FOUND[0], rule=rule, what=LEVELS[rule][0], evidence={})
    assert not any(recheck(replace(flag, level=level)) for level in (Level.SUSPECT, Level.FAIL))
    assert recheck(flag.cleared())
