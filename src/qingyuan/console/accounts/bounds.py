"""Bounds of a right in words, what can be chosen as a bound, and what a right would open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console.accounts.models import Organisation
from qingyuan.console.accounts.scope import CITY, PARK, Right, Scope
from qingyuan.console.accounts.verbs import VERBS, Role, Verb
from qingyuan.console.shell.words import chinese, city_name, name_of, province_name, word
from qingyuan.registry import Registry, SiteKind

LINES = tuple(kind for kind in SiteKind if kind is not SiteKind.UNKNOWN)
CITY_DIGITS, PROVINCE_DIGITS = 4, 2                    # GB/T 2260: 32 is a province, 3201 a city
EVERYWHERE = _("everywhere")


def territories(registry: Registry) -> list[tuple[str, str]]:
    """(value, words) of what can be chosen as a territory: provinces and cities with codes, other cities, parks."""
    codes: dict[str, set[str]] = defaultdict(set)
    provinces: dict[str, str] = {}
    for site in registry.sites.values():
        if site.city:
            codes[site.city].add(site.city_code[:CITY_DIGITS])
        if site.city_code and site.province:
            provinces[site.city_code[:PROVINCE_DIGITS]] = province_name(site.province)
    cities = [(next(iter(found)) if len(found) == 1 and "" not in found else CITY + city, city_name(city))
              for city, found in sorted(codes.items())]
    parks = [(PARK + park.id, named(park)) for park in registry.parks.values()]
    return [*sorted(provinces.items()), *cities, *sorted(parks, key=lambda pair: pair[1])]


def named(thing: Any) -> str:
    """Name of an organisation or park in the reader's language, as far as it is known."""
    return str(thing.name if chinese() else thing.name_en or thing.name)


def subjects(registry: Registry) -> dict[str, str]:
    """id -> name of every organisation and site."""
    found = {row.id: named(row) for row in Organisation.objects.all()}
    found |= {row.id: named(row) for row in registry.organisations.values()}
    return found | {site.id: name_of(site) for site in registry.sites.values()}


class Words:
    """Says bounds in words over one registry; built once a page, so that a list asks no question twice."""

    def __init__(self, registry: Registry) -> None:
        self._territories = dict(territories(registry))
        self._subjects = subjects(registry)

    def territory(self, value: str) -> str:
        """Name of a territory, or its code where no site lies in it."""
        return self._territories.get(value, city_name(value.removeprefix(CITY)).removeprefix(PARK))

    def subject(self, value: str) -> str:
        """Name of a subject, or its id where the registry does not know it."""
        return self._subjects.get(value, value)

    def bounds(self, right: Any) -> str:
        """Territory, line and subject of a right or grant in one text."""
        parts = [self.territory(right.territory) if right.territory else "",
                 str(word(SiteKind(right.line))) if right.line in LINES else right.line,
                 self.subject(right.subject) if right.subject else ""]
        return " · ".join(part for part in parts if part) or str(EVERYWHERE)


@dataclass(frozen=True)
class Opening:
    """What a person may do with how many sites, before and after a change; None: it speaks of the whole system."""

    verb: Verb
    before: int | None
    after: int | None
    before_held: bool
    after_held: bool

    @property
    def changes(self) -> bool:
        """True if the change makes a difference for this verb."""
        return (self.before, self.before_held) != (self.after, self.after_held)

    def _text(self, held: bool, count: int | None) -> str:
        return str(_("no") if not held else _("yes") if count is None else count)

    @property
    def before_text(self) -> str:
        """Number of sites before, or yes or no."""
        return self._text(self.before_held, self.before)

    @property
    def after_text(self) -> str:
        """Number of sites after, or yes or no."""
        return self._text(self.after_held, self.after)


def openings(registry: Registry, before: Iterable[Right], after: Iterable[Right],
             role: Role | None = None) -> list[Opening]:
    """For each verb (of a role, or of either set of rights) the sites before and after."""
    old, new = Scope.of(before, registry), Scope.of(after, registry)
    verbs = VERBS[role] if role is not None else old.verbs | new.verbs

    def number(scope: Scope, verb: Verb) -> int | None:
        return None if verb.of_system else len(scope.sites(verb))

    return [Opening(verb, number(old, verb), number(new, verb), old.may(verb), new.may(verb))
            for verb in Verb if verb in verbs]
