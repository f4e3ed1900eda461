"""Permit limits: both averaging times, what no limit can be, and that they stand in the registry and move no figure."""

from dataclasses import replace

import pytest

from qingyuan.registry import Averaging, EntryError, EntryKind, Limit, changing, fold, parse, payload

COD = {"site": "W1", "factor": "w01018", "averaging": "day", "value": "60", "unit": "mg/L", "permit": "P-1"}


@pytest.mark.parametrize("averaging", list(Averaging))
def test_a_limit_stands_in_the_registry(averaging: Averaging) -> None:
    entries = [(1, payload(EntryKind.LIMIT, "l", COD | {"averaging": averaging.value}))]
    found = fold(entries).limits["l"]
    assert isinstance(found, Limit)
    assert (found.averaging, found.value, found.lower, found.unit) == (averaging, "60", "", "mg/L")
    assert replace(fold(entries), limits={}) == fold([])


def test_the_limit_learned_last_of_those_without_end_stands() -> None:
    entries = [(1, payload(EntryKind.LIMIT, "l", COD)),
               (2, payload(EntryKind.LIMIT, "l", COD | {"value": "50"}, valid_from_us=10))]
    assert fold(entries).limits["l"].value == "50"
    assert changing(entries, [payload(EntryKind.LIMIT, "l", COD | {"value": "50"}, valid_from_us=10)]) == []


@pytest.mark.parametrize(("change", "field"), [
    ({"value": "sixty"}, "value"), ({"value": "inf"}, "value"), ({"value": ""}, "value"), ({"lower": "60"}, "lower"),
    ({"permit": ""}, "clause"), ({"averaging": "week"}, "averaging"), ({"factor": ""}, "factor"),
    ({"site": ""}, "site"),
])
def test_what_no_limit_can_be_is_refused(change: dict, field: str) -> None:
    with pytest.raises(EntryError) as found:
        parse({"entry": "limit", "id": "l", "data": COD | change}, strict=True)
    assert found.value.field == field
