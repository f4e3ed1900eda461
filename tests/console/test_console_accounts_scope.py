"""Row scope under rights and registries made at random: nothing outside the bounds, ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from qingyuan.console.accounts.models import Delegation, Grant, User
from qingyuan.console.accounts.scope import Right, Scope, is_public
from qingyuan.console.accounts.verbs import VERBS, Role, Verb
from qingyuan.registry import EntryKind, SiteKind, fold, payload

CITIES = {"320100": "南京", "320200": "无锡", "420100": "武汉", "": "黄山"}
OWNERS = ("", "E1", "E2", "K1")
TERRITORIES = ("", "32", "3201", "4201", "city:黄山", "city:南京", "park:K1", "park:K9")
LINES = ("", "air", "water", "gas")
SUBJECTS = ("", "E1", "E2", "s0", "s1")
HOUR = timedelta(hours=1)


@st.composite
def registries(draw):
    firms = draw(st.sampled_from([["E1"], ["E1", "E2"], []]))
    park = payload(EntryKind.PARK, "K1", {"name": "园", "organisations": firms})
    entries = [(1, park)]
    for number in range(draw(st.integers(1, 6))):
        code, owner = draw(st.sampled_from(sorted(CITIES))), draw(st.sampled_from(OWNERS))
        entries.append((2, payload(EntryKind.SITE, f"s{number}", {
            "kind": draw(st.sampled_from([str(kind) for kind in SiteKind])), "city": CITIES[code],
            "mn": f"M{number}", "origin": "measured", "st": draw(st.sampled_from(["21", "22", "31", "32"])),
            "belongs": [owner] if owner else [], **({"city_code": code} if code else {})})))
    return fold(entries)


rights = st.builds(Right, st.sampled_from(list(Role)), st.sampled_from(TERRITORIES), st.sampled_from(LINES),
                   st.sampled_from(SUBJECTS))


def within(right: Right, site: object, registry: object) -> bool:
    """The bounds said once more, plainly: the place, the line and the owner must all fit."""
    if right.territory.startswith("park:"):
        park = registry.parks.get(right.territory[5:])
        place = park is not None and any(o == park.id or o in park.organisations for o in site.belongs)
    elif right.territory.startswith("city:"):
        place = site.city == right.territory[5:]
    else:
        place = site.city_code[:len(right.territory)] == right.territory
    return place and right.line in ("", site.kind) and right.subject in ("", site.id, *site.belongs)


@given(registries(), st.lists(rights, max_size=4))
def test_a_site_is_open_exactly_where_a_right_speaks_of_it(registry, held):
    scope = Scope.of(held, registry)
    for verb in Verb:
        for name, site in registry.sites.items():
            public = verb in VERBS[Role.PUBLIC] and is_public(site)
            speaks = any(verb in VERBS[r.role] and within(r, site, registry) for r in held if r.role is not Role.PUBLIC)
            assert scope.allows(verb, name) is (public or speaks)
        assert scope.sites(verb) <= set(registry.sites)
        assert not scope.allows(verb, "nowhere")


@given(registries())
def test_the_public_sees_figures_of_public_stations_only(registry):
    scope = Scope.of((), registry)
    assert scope.verbs == {Verb.READ_FIGURES}
    for name in scope.sites(Verb.READ_FIGURES):
        site = registry.sites[name]
        assert site.kind in (SiteKind.AIR, SiteKind.WATER)
        assert not site.belongs
        assert site.st in ("21", "22")


@given(registries(), st.lists(rights, max_size=3), rights)
def test_a_further_right_takes_nothing_away_and_a_bound_adds_nothing(registry, held, more):
    few, many = Scope.of(held, registry), Scope.of([*held, more], registry)
    wide = Scope.of([Right(more.role)], registry)
    for verb in Verb:
        assert few.sites(verb) <= many.sites(verb)
        assert Scope.of([more], registry).sites(verb) <= wide.sites(verb)


@given(registries(), st.lists(rights, max_size=3))
def test_a_city_is_readable_only_with_all_its_counting_points(registry, held):
    scope = Scope.of(held, registry)
    for subject in scope.subjects(Verb.READ_FIGURES):
        if subject.startswith("city:"):
            points = registry.city_points(subject[5:], 0)
            assert all(scope.allows(Verb.READ_FIGURES, point.id) for point in points)
    assert scope.everywhere(Verb.READ_FIGURES) is any(
        Verb.READ_FIGURES in r.verbs and r.unbounded for r in scope.rights)


hours = st.integers(-9, 9)
spans = st.tuples(hours, st.one_of(st.none(), hours), st.one_of(st.none(), hours))


@pytest.mark.django_db
def test_rights_hold_from_their_beginning_to_their_end_and_lent_ones_add_nothing(console):
    """Every combination of begin, end and revocation of grant and delegation, at every instant around them."""
    zero = timezone.now().replace(microsecond=0)
    one, two = User.objects.create(username="one"), User.objects.create(username="two")
    grant = Grant.objects.create(holder=one, role="reviewer")
    stand = Delegation.objects.create(principal=one, deputy=two, valid_to=zero)

    def at(hours: int | None) -> object:
        return None if hours is None else zero + hours * HOUR

    for begin, end, revoked in [(0, None, None), (0, 4, None), (0, 4, 2), (2, None, 3), (5, 4, None), (0, 4, 9)]:
        Grant.objects.filter(pk=grant.pk).update(valid_from=at(begin), valid_to=at(end), revoked_at=at(revoked))
        for first, last, ended in [(0, 4, None), (1, 3, None), (1, 3, 2), (6, 7, None)]:
            Delegation.objects.filter(pk=stand.pk).update(valid_from=at(first), valid_to=at(last), revoked_at=at(ended))
            for hour in range(-1, 9):
                own, lent = one.rights(at(hour)), two.rights(at(hour))
                holds = begin <= hour < min(x for x in (end, revoked, 99) if x is not None)
                stands = first <= hour < min(x for x in (last, ended, 99) if x is not None)
                assert bool(own) is holds
                assert bool(lent) is (holds and stands)
                assert {(r.role, r.territory, r.line, r.subject) for r in lent} <= {
                    (r.role, r.territory, r.line, r.subject) for r in own}


@given(spans, st.integers(-10, 10))
def test_the_state_of_a_grant_says_in_force_exactly_while_it_is(span, hour):
    zero = timezone.now()
    begin, end, revoked = (None if value is None else zero + value * HOUR for value in span)
    grant = Grant(role="expert", valid_from=begin, valid_to=end, revoked_at=revoked)
    at = zero + hour * HOUR
    in_force = begin <= at and (end is None or end > at) and (revoked is None or revoked > at)
    assert (grant.state(at) == "in-force") is in_force
