"""Folding: learned time, valid time, and the tables that come out."""

from typing import Any

import pytest

from qingyuan.registry import EntryKind, Registry, fold, payload
from qingyuan.registry.fold import IDLE_S, MAX_CONNECTIONS, TICK_US


def site(name: str = "s1", *, valid: tuple[int | None, int | None] = (None, None), **data: Any) -> dict[str, Any]:
    data = {"kind": "air", "city": "南京", "mn": f"MN{name}", "origin": "measured"} | data
    return payload(EntryKind.SITE, name, data, valid_from_us=valid[0], valid_to_us=valid[1])


def test_without_entries_everything_has_its_default() -> None:
    registry = fold([])
    assert registry == Registry()
    assert (registry.tick_us, registry.idle_s, registry.max_connections) == (TICK_US, IDLE_S, MAX_CONNECTIONS)
    assert registry.data_now(123) == registry.real_at(123) == 123
    assert registry.replay is None


def test_the_registry_is_what_we_knew_at_an_instant() -> None:
    entries = [(10, site(name="a", city="苏州")), (20, site(name="a", city="南京")), (30, site(name="b"))]
    assert {n: s.city for n, s in fold(entries, 10).sites.items()} == {"a": "苏州"}
    assert {n: s.city for n, s in fold(entries, 29).sites.items()} == {"a": "南京"}
    assert {n: s.city for n, s in fold(entries).sites.items()} == {"a": "南京", "b": "南京"}
    assert fold(entries, 9) == Registry()


def test_a_site_has_the_version_in_force_at_an_instant_of_data_time() -> None:
    entries = [
        (1, site(hour_source="sent")),
        (2, site(valid=(100, None), hour_source="minutes")),
        (3, site(valid=(50, 60), plan=["a21026"])),
    ]
    found = fold(entries).sites["s1"]
    assert [found.at(t).hour_source for t in (0, 99, 100, 10**18)] == ["sent", "sent", "minutes", "minutes"]
    assert [found.at(t).plan for t in (49, 50, 59, 60)] == [(), ("a21026",), ("a21026",), ()]
    assert found.hour_source == "minutes", "the standing version is the open-ended one learned last"


def test_before_its_first_version_a_site_was_not_there() -> None:
    found = fold([(1, site(valid=(100, 200)))]).sites["s1"]
    assert (found.at(99), found.at(200)) == (None, None)
    assert found.at(150).mn == found.mn == "MNs1"


def test_the_standing_version_of_closed_ones_is_the_last_that_ended() -> None:
    entries = [(1, site(valid=(0, 300), city="无锡")), (2, site(valid=(0, 200), city="常州"))]
    assert fold(entries).sites["s1"].city == "无锡"


def test_frames_of_an_earlier_logger_still_find_their_site() -> None:
    registry = fold([(1, site(mn="OLD")), (2, site(valid=(100, None), mn="NEW"))])
    assert {mn: s.id for mn, s in registry.by_mn.items()} == {"OLD": "s1", "NEW": "s1"}
    assert registry.by_mn["OLD"].mn == "NEW"
    assert [registry.logger(mn, at).mn for mn, at in (("OLD", 5), ("OLD", 500), ("NEW", 500))] == ["OLD", "OLD", "NEW"]
    assert registry.logger("OTHER", 5) is None


def test_the_password_in_force_is_that_of_the_version_in_force() -> None:
    registry = fold([(1, site(password_check="aa" * 32)), (2, site(valid=(100, None), password_check="bb" * 32))])
    assert [registry.logger("MNs1", at).password_check[:2] for at in (99, 100)] == ["aa", "bb"]


def test_an_mn_given_to_a_second_site_is_a_problem_and_goes_to_the_newer_one() -> None:
    registry = fold([(1, site(name="a", mn="M")), (2, site(name="b", mn="M"))])
    assert registry.by_mn["M"].id == "b"
    assert [(p.entry, p.field) for p in registry.problems] == [("site b", "mn")]


def test_an_mn_handed_on_to_another_site_is_no_problem() -> None:
    registry = fold([(1, site(name="a", mn="M")), (2, site(name="a", mn="N")), (3, site(name="b", mn="M"))])
    assert (registry.by_mn["M"].id, registry.by_mn["N"].id, registry.problems) == ("b", "a", ())


def test_an_unreadable_entry_changes_nothing_and_is_named() -> None:
    registry = fold([(1, site()), (2, {"entry": "site", "id": "s1", "data": {"kind": "air", "origin": "measured"}})])
    assert registry.sites["s1"].mn == "MNs1"
    assert [(p.entry, p.field) for p in registry.problems] == [("site s1", "mn")]


def test_a_city_speaks_through_its_air_points_but_control_points() -> None:
    registry = fold([
        (1, site(name="c")), (1, site(name="a")), (1, site(name="control", in_city_mean=False)),
        (1, site(name="water", kind="water")), (1, site(name="elsewhere", city="苏州")),
    ])
    assert [s.id for s in registry.city_points("南京", 0)] == ["a", "c"]


def test_settings_keep_what_a_later_entry_does_not_name() -> None:
    entries = [(1, payload(EntryKind.SETTING, "gateway", {"tick_s": 1, "idle_s": 5})),
               (2, payload(EntryKind.SETTING, "gateway", {"tick_s": "0.25", "max_connections": 7}))]
    registry = fold(entries)
    assert (registry.tick_us, registry.idle_s, registry.max_connections) == (250_000, 5, 7)
    assert fold(entries, 1).tick_us == 1_000_000


def test_admissions_come_in_the_order_learned() -> None:
    entries = [(n, payload(EntryKind.ADMISSION, f"a{n}", {
        "ledger": "gw1.quarantine", "mn": "M", "from_leaf": n, "to_leaf": n + 1})) for n in (3, 4, 5)]
    assert [(a.from_leaf, a.to_leaf) for a in fold(entries).admissions] == [(3, 4), (4, 5), (5, 6)]
    assert fold(entries).admissions[:2] == fold(entries, 4).admissions


@pytest.mark.parametrize(("kind", "table", "data"), [
    (EntryKind.ORGANISATION, "organisations", {"name": "x"}), (EntryKind.PARK, "parks", {"name": "x"}),
    (EntryKind.PROFILE, "profiles", {"edition": "2017"}), (EntryKind.CHANNEL, "channels", {"site": "a", "factor": "b"}),
])
def test_other_records_stand_in_their_table(kind: EntryKind, table: str, data: dict) -> None:
    assert list(getattr(fold([(1, payload(kind, "k", data))]), table)) == ["k"]


def stranger(mn: str = "M") -> dict[str, Any]:
    return site(name=mn, mn=mn, origin="unstated", city="", password_check="aa" * 32)


@pytest.mark.parametrize("turned", [False, True])
def test_a_site_takes_over_the_mn_of_one_that_registered_itself(turned: bool) -> None:
    entries = [(1, stranger()), (2, site(name="b", mn="M", password_check="bb" * 32))]
    registry = fold([(3 - learned, entry) for learned, entry in reversed(entries)] if turned else entries)
    assert (registry.by_mn["M"].id, registry.before["M"].id, registry.problems) == ("b", "M", ())
    assert registry.owner("M", 0).id == "b"
    assert registry.logger("M", 0).password_check == "bb" * 32
    assert set(registry.sites) == {"M", "b"}, "what it published stays readable"


def test_the_site_that_registered_itself_keeps_the_mn_until_the_new_one_begins() -> None:
    registry = fold([(1, stranger()), (2, site(name="b", mn="M", valid=(100, 200), password_check="bb" * 32))])
    assert [registry.owner("M", at).id for at in (99, 100, 199, 200)] == ["M", "b", "b", "b"]
    assert [registry.logger("M", at).password_check[:2] for at in (99, 100, 200)] == ["aa", "bb", "bb"]


def test_a_site_somebody_vouched_for_is_not_taken_over() -> None:
    named = site(name="M", mn="M", city="南京")
    registry = fold([(1, stranger()), (2, named), (3, site(name="b", mn="M"))])
    assert [(p.entry, p.field) for p in registry.problems] == [("site b", "mn")]


def test_a_site_under_its_own_name_is_not_taken_over_though_nothing_is_stated_of_it() -> None:
    registry = fold([(1, site(name="a", mn="M", origin="unstated")), (2, site(name="b", mn="M"))])
    assert ([(p.entry, p.field) for p in registry.problems], dict(registry.before)) == ([("site b", "mn")], {})


def test_an_mn_given_back_returns_to_the_site_that_registered_itself() -> None:
    registry = fold([(1, stranger()), (2, site(name="b", mn="M")), (3, site(name="b", mn="N"))])
    assert (registry.by_mn["M"].id, registry.by_mn["N"].id, dict(registry.before)) == ("M", "b", {})


def test_a_logger_that_moves_keeps_its_past_and_is_no_clash() -> None:
    moved = [(1, site(name="a", mn="M")), (2, site(name="a", mn="N", valid=(100, None))),
             (3, site(name="b", mn="M", valid=(100, None)))]
    registry = fold(moved)
    assert [registry.owner("M", at).id for at in (0, 99, 100, 500)] == ["a", "a", "b", "b"]
    assert registry.problems == ()
    back = fold([*moved, (4, site(name="b", mn="O", valid=(300, None))),
                 (5, site(name="a", mn="M", valid=(300, None)))])
    assert [back.owner("M", at).id for at in (99, 100, 299, 300)] == ["a", "b", "b", "a"]
    assert back.problems == ()


def test_what_holds_of_a_site_is_what_was_in_force_at_the_time_of_the_data() -> None:
    registry = fold([(1, site(name="a", mn="M", city="南京")),
                     (2, site(name="a", mn="M", city="苏州", valid=(100, None))),
                     (3, site(name="b", mn="N", city="南京", valid=(50, 200)))])
    assert [registry.sites["a"].during(at).city for at in (0, 99, 100)] == ["南京", "南京", "苏州"]
    points = [[s.id for s in registry.city_points("南京", at)] for at in (0, 60, 150, 250)]
    assert points == [["a"], ["a", "b"], ["b"], []]
    assert registry.sites["b"].during(0).city == "南京"


def test_two_sites_that_have_a_logger_at_once_are_a_clash() -> None:
    registry = fold([(1, site(name="a", mn="M")), (2, site(name="b", mn="M", valid=(100, None)))])
    assert [(p.entry, p.field) for p in registry.problems] == [("site b", "mn")]
