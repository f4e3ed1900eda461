"""What is in force already is not added again; what makes a difference anywhere in valid time is."""

from typing import Any

import pytest

from qingyuan.registry import EntryKind, changing, payload


def site(city: str, begin: int | None = None, end: int | None = None, name: str = "s1") -> dict[str, Any]:
    return payload(EntryKind.SITE, name, {"kind": "air", "city": city, "mn": f"MN{name}", "origin": "measured"},
                   valid_from_us=begin, valid_to_us=end)


def setting(name: str = "any", **data: object) -> dict[str, Any]:
    return payload(EntryKind.SETTING, name, data)


def replay(name: str, real_us: int) -> dict[str, Any]:
    return payload(EntryKind.REPLAY, name, {"real_us": real_us, "data_us": 0, "speed": "2"})


def admission(first: int) -> dict[str, Any]:
    return payload(EntryKind.ADMISSION, f"q-{first}", {"ledger": "gw1.quarantine", "mn": "M", "from_leaf": first,
                                                       "to_leaf": first + 1})


@pytest.mark.parametrize(("known", "fresh", "added"), [
    ([], [site("a")], [0]),
    ([site("a")], [site("a")], []),
    ([site("a"), site("b")], [site("a")], [0]),
    ([site("a"), site("b", 100)], [site("a")], [0]),
    ([site("a"), site("b", 100)], [site("a"), site("b", 100)], []),
    ([site("a"), site("b", 100)], [site("b", 100)], []),
    ([site("a"), site("b", 100)], [site("a", 0, 100)], []),
    ([site("a"), site("b", 100)], [site("a", 0, 101)], [0]),
    ([site("a", 0, 10), site("b", 10, 20)], [site("b", 10, 20), site("a", 0, 10)], []),
    ([site("a")], [site("a"), site("a", name="s2")], [1]),
    ([setting(tick_s="60"), setting(idle_s=5)], [setting(tick_s="60")], []),
    ([setting(tick_s="60"), setting(tick_s="30")], [setting(tick_s="60")], [0]),
    ([setting("a", tick_s="60"), setting("b", tick_s="30")], [setting("a", tick_s="60")], [0]),
    ([setting("a", tick_s="60"), setting("b", tick_s="30")], [setting("c", tick_s="30")], []),
    ([replay("a", 1), replay("b", 2)], [replay("a", 1)], []),
    ([replay("a", 1)], [replay("b", 2)], [0]),
    ([admission(1)], [admission(1), admission(2)], [1]),
    ([{"entry": "site", "id": "s1", "data": {}}], [site("a")], [0]),
])
def test_entries_are_added_if_they_make_a_difference(known: list[dict], fresh: list[dict], added: list[int]) -> None:
    assert changing(list(enumerate(known)), fresh) == added
