"""Composite index and ranks: methods, settings, missing items."""

import pytest

from qingyuan import assess
from qingyuan.assess.composite import UnknownMethod
from qingyuan.standards import AirSettings

RULE_2018, RULE_2026 = "ranking rule 2018, GB 3095-2012 limits", "2026 weighted, transition limits"
STATS: dict[str, str | None] = {"SO2": "8", "NO2": "26", "PM10": "54", "PM2.5": "31", "CO_p95": "1.0", "O3_p90": "168"}


@pytest.mark.parametrize(("method", "how", "composite"), [
    (RULE_2018, None, "3.74"), (RULE_2018, "sum", "3.74"), (RULE_2018, "weighted-2026", "7.21"),
    (RULE_2026, None, "7.78"), (RULE_2026, "weighted-2026", "7.78"), (RULE_2026, "sum", "4.02")])
def test_the_method_says_how_terms_are_joined_unless_the_setting_does(method: str, how: str | None,
                                                                      composite: str) -> None:
    assert assess.composite_index(STATS, method, settings=AirSettings(composite=how))[1] == composite


def test_the_larger_of_mean_and_percentile_stands_for_a_pollutant() -> None:
    # from memory of the HJ 663-2013 annex: for NO2 60 of 80 beats 26 of 40, for PM2.5 60 of 75 does not beat 31 of 35
    stats = {**STATS, "NO2_p98": "60", "PM2.5_p95": "60"}
    single, composite = assess.composite_index(stats, RULE_2018, settings=AirSettings(composite="max-2013"))
    assert (single["NO2"], single["PM2.5"], single["SO2"]) == ("0.750", "0.886", "0.133")
    assert composite == "3.84"
    assert assess.composite_index(stats, RULE_2018)[0]["NO2"] == "0.650"


def test_a_missing_item_leaves_no_composite() -> None:
    single, composite = assess.composite_index({**STATS, "CO_p95": None}, RULE_2018)
    assert (single["CO_p95"], single["SO2"], composite) == (None, "0.133", None)


@pytest.mark.parametrize("method", ["no such method", "max-2013"])
def test_only_named_methods_are_known(method: str) -> None:
    with pytest.raises(UnknownMethod):
        assess.composite_index(STATS, method)


def test_ranks_after_ties_are_a_setting_and_names_without_an_index_have_none() -> None:
    index = {"a": "3.08", "n": None, "b": "3.10", "c": "3.080"}
    assert assess.rank(index) == {"a": 1, "c": 1, "b": 3, "n": None}
    assert assess.rank(index, settings=AirSettings(rank_ties="1-1-2")) == {"a": 1, "c": 1, "b": 2, "n": None}
