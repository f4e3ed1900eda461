"""Equal values hour after hour."""

import numpy as np
from quality_rows import CO, NO2, PM10, hours

from qingyuan.quality import Series, flat_line

GOOD, NOT_EVALUATED, SUSPECT, MISSING = 1, 2, 3, 9


def levels(*texts, usable=None, factor=NO2):
    series = Series.of(hours(*texts))
    mask = np.ones(len(series), bool) if usable is None else np.array(usable, bool)
    return flat_line.check(series, factor, mask).levels.tolist()


def test_gases_after_four_hours_particles_after_three():
    assert levels(*["40"] * 6) == [GOOD] * 3 + [SUSPECT] * 3
    assert levels(*["40"] * 4, factor=PM10) == [GOOD] * 2 + [SUSPECT] * 2


def test_equal_means_equal_number():
    assert levels("40", "40.0", "40.00", "40") == [GOOD] * 3 + [SUSPECT]
    assert levels("40", "40", "40.001", "40", "40") == [GOOD] * 5


def test_gap_or_unusable_value_breaks_the_run():
    assert levels("40", "40", None, "40", "40") == [GOOD] * 4
    assert levels(*["40"] * 5, usable=[1, 1, 0, 1, 1]) == [GOOD, GOOD, MISSING, GOOD, GOOD]
    assert levels(*["40"] * 6, usable=[False, *[True] * 5]) == [MISSING, GOOD, GOOD, GOOD, SUSPECT, SUSPECT]


def test_small_values_repeat_by_themselves():
    assert levels(*["0.9"] * 5, factor=CO) == [GOOD] * 5
    assert levels(*["1.0"] * 5, factor=CO) == [GOOD] * 3 + [SUSPECT] * 2


def test_factor_without_a_row_is_not_evaluated():
    assert levels("7", "7", "7", "7", factor="w01001") == [NOT_EVALUATED] * 4
    assert levels() == []


def test_evidence_holds_the_values_of_the_run_that_were_needed():
    series = Series.of(hours(*["40"] * 6))
    evidence = flat_line.check(series, NO2, np.ones(6, bool)).evidence
    assert evidence[5] == {"values": ["40"] * 4, "hours": "4", "from_value": "5"}
