"""Grants and delegations in the ledger: what was said last holds, and no figure rests on them."""

from dataclasses import replace

import pytest

from qingyuan.registry import EntryError, EntryKind, fold, parse, payload

GRANT = {"holder": "p1", "role": "reviewer", "territory": "", "line": "", "subject": "", "from_us": 10, "to_us": 90,
         "revoked_us": None}
STAND = {"principal": "p1", "deputy": "p2", "from_us": 10, "to_us": 90}


def test_what_was_said_last_of_a_grant_holds() -> None:
    revoked = GRANT | {"revoked_us": 40}
    entries = [(1, payload(EntryKind.GRANT, "g", GRANT)), (2, payload(EntryKind.GRANT, "g", revoked))]
    assert fold(entries).grants["g"].revoked_us == 40
    assert fold(entries, 1).grants["g"].revoked_us is None
    assert fold([(1, payload(EntryKind.DELEGATION, "d", STAND))]).delegations["d"].deputy == "p2"


def test_a_registry_differs_by_nothing_else() -> None:
    site = payload(EntryKind.SITE, "a", {"kind": "air", "city": "南京", "mn": "M", "origin": "measured"})
    both = fold([(1, site), (2, payload(EntryKind.GRANT, "g", GRANT)), (3, payload(EntryKind.DELEGATION, "d", STAND))])
    assert replace(both, grants={}, delegations={}) == fold([(1, site)])


@pytest.mark.parametrize(("kind", "data", "field"), [
    (EntryKind.GRANT, GRANT | {"to_us": 10}, "to_us"), (EntryKind.GRANT, GRANT | {"holder": ""}, "holder"),
    (EntryKind.GRANT, {**GRANT, "from_us": None}, "from_us"), (EntryKind.GRANT, GRANT | {"name": "x"}, "name"),
    (EntryKind.DELEGATION, STAND | {"deputy": "p1"}, "deputy"), (EntryKind.DELEGATION, STAND | {"to_us": 9}, "to_us"),
    (EntryKind.DELEGATION, {**STAND, "to_us": None}, "to_us"),
])
def test_what_no_right_can_be_is_refused(kind: EntryKind, data: dict, field: str) -> None:
    with pytest.raises(EntryError) as found:
        parse({"entry": kind, "id": "x", "data": data}, strict=True)
    assert found.value.field == field
