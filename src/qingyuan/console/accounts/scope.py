"""Row scope: which sites a person may do what with. The one place where rights become sites.

Every reader of the console takes a Scope first (see `console.reading`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from qingyuan.console.accounts.verbs import VERBS, Role, Verb
from qingyuan.registry import Registry, Site, SiteKind

PUBLIC_SYSTEMS = ("21", "22")      # HJ 212-2017 table 5: surface water, ambient air
CITY, PARK = "city:", "park:"


@dataclass(frozen=True, slots=True)
class Right:
    """One grant in force: what `verbs` allow within a territory, a line and a subject; empty means everything.

    territory: the beginning of a city code (`3201`), `city:NAME` where sites have no code, or `park:ID`. line: a site
    kind. subject: an organisation or a site.
    """

    role: Role
    territory: str = ""
    line: str = ""
    subject: str = ""
    via: str = ""                  # pseudonym of the person on leave whose right this is

    @property
    def verbs(self) -> frozenset[Verb]:
        """What the right allows."""
        return VERBS[self.role]

    @property
    def unbounded(self) -> bool:
        """True if it speaks of every site; that of the public speaks of public stations only."""
        return self.role is not Role.PUBLIC and not (self.territory or self.line or self.subject)

    def covers(self, site: Site, registry: Registry) -> bool:
        """True if the right speaks of that site."""
        if self.role is Role.PUBLIC:
            return is_public(site)
        if self.line and site.kind.value != self.line:
            return False
        if self.subject and self.subject != site.id and self.subject not in site.belongs:
            return False
        if self.territory.startswith(PARK):
            park = registry.parks.get(self.territory.removeprefix(PARK))
            return park is not None and (park.id in site.belongs or bool(set(park.organisations) & set(site.belongs)))
        if self.territory.startswith(CITY):
            return site.city == self.territory.removeprefix(CITY)
        return site.city_code.startswith(self.territory)


def is_public(site: Site) -> bool:
    """True for state-run stations of ambient air and surface water, whose figures anyone may see."""
    return site.kind in (SiteKind.AIR, SiteKind.WATER) and site.st in PUBLIC_SYSTEMS and not site.belongs


@dataclass
class Scope:
    """The rights of one person, or of the public, over the sites of a registry."""

    rights: tuple[Right, ...]
    registry: Registry
    _sites: dict[Verb, frozenset[str]] = field(default_factory=dict, repr=False)
    _subjects: dict[Verb, frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, rights: Iterable[Right], registry: Registry) -> Scope:
        """A scope; everybody has the rights of the public too."""
        return cls((*rights, Right(Role.PUBLIC)), registry)

    @cached_property
    def verbs(self) -> frozenset[Verb]:
        """Everything that is allowed somewhere."""
        return frozenset().union(*(right.verbs for right in self.rights))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Roles held, the public left out."""
        return tuple(dict.fromkeys(right.role for right in self.rights if right.role is not Role.PUBLIC))

    def may(self, verb: Verb) -> bool:
        """True if the verb is allowed anywhere at all."""
        return verb in self.verbs

    def everywhere(self, verb: Verb) -> bool:
        """True if the verb is allowed without any bound, for what belongs to no site."""
        return any(verb in right.verbs and (right.unbounded or verb.of_system) for right in self.rights)

    def sites(self, verb: Verb) -> frozenset[str]:
        """Ids of the sites for which the verb is allowed."""
        if verb not in self._sites:
            rights = [right for right in self.rights if verb in right.verbs]
            self._sites[verb] = frozenset(
                name for name, site in self.registry.sites.items()
                if any(right.covers(site, self.registry) for right in rights))
        return self._sites[verb]

    def allows(self, verb: Verb, site: str) -> bool:
        """True if the verb is allowed for that site."""
        return site in self.sites(verb)

    def knows(self, site: str) -> bool:
        """True if anything at all is allowed for that site: else the person is not told that there is one."""
        return any(site in self.sites(verb) for verb in Verb if not verb.of_system)

    def subjects(self, verb: Verb) -> frozenset[str]:
        """Subjects of figures: the sites, and the cities whose every counting point is among them."""
        if verb not in self._subjects:
            allowed = self.sites(verb)
            cities = {site.city for site in self.registry.sites.values() if site.city and site.kind is SiteKind.AIR}
            short = {site.city for name, site in self.registry.sites.items()
                     if name not in allowed and site.kind is SiteKind.AIR and site.in_city_mean}
            self._subjects[verb] = allowed | {f"city:{city}" for city in cities - short}
        return self._subjects[verb]
