"""An MN belongs to one site: who claims it second is told, who hands it on or swaps it is not."""

from __future__ import annotations

from qingyuan.registry import EntryKind, payload
from qingyuan.registry.claims import Claims


def site(name: str, mn: str, **more: object) -> dict:
    return payload(EntryKind.SITE, name, {"kind": "air", "origin": "measured", "mn": mn, **more})


def standing(*entries: dict) -> Claims:
    claims = Claims()
    for learned_us, entry in enumerate(entries, 1):
        claims.add(learned_us, entry)
    return claims


def test_the_second_claim_of_a_logger_is_named_and_the_first_site_may_be_changed() -> None:
    claims = standing(site("a", "M"), {"entry": "site", "id": "broken"}, payload(EntryKind.PARK, "k", {"name": "k"}))
    clash = claims.clash([site("b", "M")])
    assert clash is not None
    assert (clash.entry, clash.field, clash.what) == ("site b", "mn", "is also the MN of site a")
    assert claims.clash([site("a", "M", city="南京")]) is None
    assert claims.clash([payload(EntryKind.PARK, "k", {"name": "other"})]) is None
    assert claims.owner("M").id == "a"
    assert claims.owner("none") is None


def test_two_of_one_file_clash_and_two_that_swap_do_not() -> None:
    assert standing().clash([site("a", "M"), site("b", "M")]).entry == "site b"
    claims = standing(site("a", "M"), site("b", "N"))
    assert claims.clash([site("a", "N")]).what == "is also the MN of site b"
    assert claims.clash([site("a", "N"), site("b", "M")]) is None


def test_a_logger_that_registered_itself_may_be_claimed_once() -> None:
    claims = standing(site("M", "M", origin="unstated"))
    assert claims.clash([site("a", "M")]) is None
    claims.add(2, site("a", "M"))
    assert claims.owner("M").id == "a"
    assert claims.clash([site("b", "M")]).entry == "site b"
