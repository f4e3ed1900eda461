"""The one door between pages and data: every question is asked under a scope and, where wanted, as of an instant.

No other module of the console opens the lake, a ledger of telegrams or an explanation (import-linter holds to it).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import pyarrow as pa
from django.core.exceptions import PermissionDenied
from django.http import Http404

from qingyuan.console import home
from qingyuan.console.accounts.scope import Right, Scope
from qingyuan.console.accounts.verbs import Verb
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.hj212 import decode
from qingyuan.lake import LakeDamaged
from qingyuan.ledger import Ledger
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import Explanation, NoSuchFigure, explain, write_bundle
from qingyuan.pipeline.explain.beliefs import versions
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.figure import TABLES, BadFigureId, Figure, FigureKey, parse_id
from qingyuan.pipeline.intake import Observation
from qingyuan.quality import Flag, Level
from qingyuan.registry import Registry, Site, SiteKind

__all__ = ["Explanation", "NoSuchThing", "NotAllowed", "NotProven", "Reading", "Rule", "Telegram", "scope_of"]

CITY = "city:"
FIRST_US, LAST_US = -2_208_988_800_000_000, 253_370_764_800_000_000      # 1900 and 9999: a replay runs fast
_arrived: OrderedDict[tuple[object, ...], dict[tuple[str, str], int]] = OrderedDict()
_scopes: OrderedDict[tuple[Right, ...], Scope] = OrderedDict()


class NotAllowed(PermissionDenied):
    """The person lacks a right; `verb` says which, `site` for what (empty: at all).

    It is raised only for what the person may know of; all else is answered with NoSuchThing, like what is not there.
    """

    def __init__(self, verb: Verb, site: str = "") -> None:
        super().__init__(f"{verb} {site}".strip())
        self.verb, self.site = verb, site


class NoSuchThing(Http404):
    """There is no site or figure of that name, or there was none at the instant, or the person may not know of it."""


class NotProven(RuntimeError):
    """The figure is there and its proof is not: no checkpoint covers it yet, or the lake is damaged."""


@dataclass(frozen=True)
class Telegram:
    """A telegram as it stands in its ledger, secrets withheld."""

    ledger: str
    leaf: int
    received_us: int
    peer: str
    text: str


def scope_of(rights: Iterable[Right]) -> Scope:
    """The scope of some rights over the sites of today; kept while the registry stays as it is."""
    key, registry = tuple(rights), home.registry()
    found = _scopes.get(key)
    if found is None or found.registry is not registry:
        found = _scopes[key] = Scope.of(key, registry)
        while len(_scopes) > 64:
            _scopes.popitem(last=False)
    return found


@dataclass(frozen=True)
class Reading:
    """Answers for one person: `scope` bounds the rows, `as_of_us` (our time; None: now) the belief."""

    scope: Scope
    as_of_us: int | None = None

    @cached_property
    def registry(self) -> Registry:
        """The registry as known at the instant."""
        return home.registry(self.as_of_us)

    @cached_property
    def data_now_us(self) -> int:
        """Data time at the instant: in a replay the time that is shown; kept within the years that pages can write."""
        now_us = self.registry.data_now(home.now_us() if self.as_of_us is None else self.as_of_us)
        return max(FIRST_US, min(now_us, LAST_US))

    @cached_property
    def state(self) -> tuple[str, int, int]:
        """What answers rest on: the home, the number of the lake's state, and how many registry entries are known."""
        return home.home().id, home.lake().current().number, len(home.registry_history())

    @cached_property
    def believed_us(self) -> int:
        """The instant of belief of what is answered: as asked, else the last tick worked off.

        What is asked later as of this instant is answered in the same way, whatever has come since.
        """
        if self.as_of_us is not None:
            return self.as_of_us
        return home.lake().current().tick_us or home.now_us()

    @cached_property
    def shown_us(self) -> int:
        """Data time up to which there is anything to show: data time, or the end of what has come if that is earlier.

        A replay whose telegrams have ended, or a home nobody reports to, would otherwise show empty pages.
        """
        known = [file.max_start_us for file in home.lake().current().files if file.table != "observation"]
        return min(self.data_now_us, max(known) + 1) if known else self.data_now_us

    def demand(self, verb: Verb, site: str | None = None) -> None:
        """Raise NotAllowed unless the verb is allowed, for a site or anywhere; NoSuchThing for a site that the person
        may not know of.
        """
        if not (self.scope.may(verb) if site is None else self.scope.allows(verb, site)):
            if site is not None and not self.knows(site):
                raise NoSuchThing(site)
            raise NotAllowed(verb, site or "")

    def knows(self, subject: str) -> bool:
        """True if the person may know that there is such a site, or a city with such a site."""
        if subject.startswith(CITY):
            city = subject.removeprefix(CITY)
            return any(site.city == city and self.scope.knows(name) for name, site in self.registry.sites.items())
        return subject in self.registry.sites and self.scope.knows(subject)

    def sites(self, verb: Verb = Verb.READ_FIGURES, kind: SiteKind | None = None) -> list[Site]:
        """Sites known at the instant for which the verb is allowed, by id."""
        allowed = self.scope.sites(verb)
        return [site for name, site in sorted(self.registry.sites.items())
                if name in allowed and (kind is None or site.kind is kind)]

    def site(self, name: str, verb: Verb = Verb.READ_FIGURES) -> Site:
        """A site. Raises NoSuchThing, NotAllowed."""
        site = self.registry.sites.get(name)
        if site is None:
            raise NoSuchThing(name)
        self.demand(verb, name)
        return site

    def _subjects(self, verb: Verb, wanted: Collection[str] | None) -> list[str] | None:
        """Subjects to ask for: those wanted that are allowed; None where all are wanted and all are allowed."""
        allowed = self.scope.subjects(verb)
        if wanted is None:
            return None if self.scope.everywhere(verb) else sorted(allowed)
        return [name for name in wanted if name in allowed]

    def figures(self, table: str, subjects: Collection[str] | None = None, *, names: Collection[str] | None = None,
                start_us: int | None = None, end_us: int | None = None, all_versions: bool = False) -> list[Figure]:
        """Figures of a table (`hour`, `day`, `figure`) with start in [start_us, end_us), as believed then.

        Subjects that are not allowed give no rows.
        """
        return list(rows.figures(home.lake().read(
            table, sites=self._subjects(Verb.READ_FIGURES, subjects), names=names, start_us=start_us, end_us=end_us,
            as_of_us=self.as_of_us, all_versions=all_versions)))

    def newest(self, names: Collection[str], *, since_us: int, subjects: Collection[str] | None = None,
               table: str = "figure") -> dict[tuple[str, str], Figure]:
        """The figure with the latest period of each (subject, name) that began at `since_us` or later."""
        found: dict[tuple[str, str], Figure] = {}
        for figure in self.figures(table, subjects, names=names, start_us=since_us, end_us=self.shown_us):
            where = figure.subject, figure.name
            if where not in found or figure.start > found[where].start:
                found[where] = figure
        return found

    def observations(self, site: str, *, factors: Collection[str] | None = None, start_us: int | None = None,
                     end_us: int | None = None, all_versions: bool = False) -> list[Observation]:
        """What the telegrams of a site said. Raises NotAllowed."""
        self.demand(Verb.READ_TELEGRAMS, site)
        return list(rows.observations(home.lake().read(
            "observation", sites=[site], factors=factors, start_us=start_us, end_us=end_us, as_of_us=self.as_of_us,
            all_versions=all_versions)))

    def table(self, verb: Verb, table: str, subjects: Collection[str] | None = None, *,
              factors: Collection[str] | None = None, names: Collection[str] | None = None, start_us: int | None = None,
              end_us: int | None = None, all_versions: bool = False) -> tuple[pa.Table, int]:
        """All columns of the rows of a table whose subjects the verb allows, and the lake's state that answered."""
        lake = home.lake()
        manifest = lake.current()
        return lake.read(table, sites=self._subjects(verb, subjects), factors=factors, names=names, start_us=start_us,
                         end_us=end_us, as_of_us=self.as_of_us, all_versions=all_versions, at=manifest), manifest.number

    def published(self, tick_us: int) -> list[Figure]:
        """What became believed at exactly one tick, replaced since or not, of subjects the person may read."""
        subjects = self._subjects(Verb.READ_FIGURES, None)
        found = (figure for table in TABLES for figure in rows.figures(
            home.lake().read(table, sites=subjects, believed_us=tick_us)))
        return sorted(found, key=lambda f: (f.subject, f.name, f.start))

    def columns(self, table: str, columns: Collection[str], subjects: Collection[str] | None = None, *,
                names: Collection[str] | None = None, start_us: int | None = None,
                end_us: int | None = None) -> pa.Table:
        """Some columns of the figures that `figures` would give, as they lie; instants are int64 microseconds."""
        return _plain(home.lake().read(
            table, sites=self._subjects(Verb.READ_FIGURES, subjects), names=names, start_us=start_us, end_us=end_us,
            as_of_us=self.as_of_us, columns=columns))

    def observed(self, site: str, columns: Collection[str], *, factors: Collection[str] | None = None,
                 start_us: int | None = None, end_us: int | None = None) -> pa.Table:
        """Some columns of the observations of a site, as they lie; instants are int64 microseconds.

        Raises NotAllowed.
        """
        self.demand(Verb.READ_TELEGRAMS, site)
        return _plain(home.lake().read("observation", sites=[site], factors=factors, start_us=start_us, end_us=end_us,
                                       as_of_us=self.as_of_us, columns=columns))

    def arrived(self, since_us: int, sites: Collection[str] | None = None) -> dict[tuple[str, str], int]:
        """End of the latest period that telegrams have spoken of, for each (site, factor), of starts at `since_us` or
        later and not ahead of what is shown. Sites whose telegrams the person may not read are left out.
        """
        allowed = self.scope.sites(Verb.READ_TELEGRAMS)
        wanted = None if sites is None else sorted(set(sites) & allowed)
        found = _latest(self.as_of_us, since_us, self.shown_us, tuple(wanted) if wanted is not None else None)
        return {where: end for where, end in found.items() if where[0] in allowed}

    def telegrams(self, site: str, *, since_us: int, limit: int = 20) -> list[Telegram]:
        """The telegrams of a site received last, newest first. Raises NotAllowed."""
        self.demand(Verb.READ_TELEGRAMS, site)
        table = _plain(home.lake().read("observation", sites=[site], start_us=since_us, as_of_us=self.as_of_us,
                                        columns=["ledger", "leaf", "received"], all_versions=True))
        where = sorted(set(zip(*(table.column(c).to_pylist() for c in ("received", "ledger", "leaf")), strict=True)))
        ledgers: dict[str, Ledger] = {}
        found = []
        for received_us, name, leaf in reversed(where[-limit:]):
            ledger = ledgers.setdefault(name, Ledger(home.home().ledger_path(name)))
            content = parse(ledger.leaf(leaf).data).payload
            if isinstance(content, FrameLeaf):
                text = content.masked.decode("utf-8", "replace").strip()
                found.append(Telegram(name, leaf, received_us, content.peer, text))
        return found

    def flags(self, sites: Collection[str] | None = None, *, start_us: int | None = None,
              end_us: int | None = None) -> list[Flag]:
        """Flags that hold; those of sites whose flags the person may not read are left out."""
        allowed = self.scope.sites(Verb.READ_FLAGS)
        wanted = sorted(allowed if sites is None else set(sites) & allowed)
        if not wanted:
            return []
        table = home.lake().read("flag", sites=wanted, start_us=start_us, end_us=end_us, as_of_us=self.as_of_us)
        return [flag for flag in rows.flags(table) if flag.level is not Level.GOOD]

    def key(self, figure_id: str) -> FigureKey:
        """The key of a figure this person may read. Raises NoSuchThing, NotAllowed."""
        try:
            key = parse_id(figure_id)
        except BadFigureId as error:
            raise NoSuchThing(str(error)) from error
        if key.subject not in self.scope.subjects(Verb.READ_FIGURES):
            if not self.knows(key.subject):
                raise NoSuchThing(figure_id)
            raise NotAllowed(Verb.READ_FIGURES, key.subject)
        if not key.subject.startswith(CITY) and key.subject not in self.registry.sites:
            raise NoSuchThing(figure_id)
        return key

    def explain(self, figure_id: str) -> Explanation:
        """Everything a figure rests on, and its history up to the instant; flags the person may not read are left out.

        Raises NoSuchThing, NotAllowed, NotProven.
        """
        found = self._explained(figure_id)
        allowed = self.scope.sites(Verb.READ_FLAGS)
        known = [change for change in found.changes
                 if self.as_of_us is None or change.after.believed_from <= self.as_of_us]
        return replace(found, flags=[flag for flag in found.flags if flag.site in allowed], changes=known,
                       not_held=[version for version in found.not_held if version < found.figure.version])

    def _explained(self, figure_id: str) -> Explanation:
        key = self.key(figure_id)
        try:
            found = explain(home.home(), str(key), self.as_of_us)
        except NoSuchFigure as error:
            raise NoSuchThing(figure_id) from error
        except (LakeDamaged, IndexError) as error:
            raise NotProven(str(error)) from error
        if key.subject.startswith(CITY) and not self.scope.everywhere(Verb.READ_FIGURES):
            self._demand_points(found)
        return found

    def _demand_points(self, found: Explanation) -> None:
        """Raise NotAllowed where a city's figure rests on a telegram of a site the person may not read: the points of
        a city that count today need not be those that counted then.
        """
        allowed, registry = self.scope.sites(Verb.READ_FIGURES), home.registry()
        for number in {step["leaf"] for step in found.steps if step["op"] == "telegram"}:
            content = parse(found.leaves.item(number)[2]).payload
            assert isinstance(content, FrameLeaf)
            telegram = decode(content.masked)
            site = registry.owner(telegram.mn or "", telegram.data_time_us or 0)
            if site is None or site.id not in allowed:
                raise NotAllowed(Verb.READ_FIGURES)

    def bundle(self, figure_id: str) -> bytes:
        """The proof of a figure as a file. Raises NoSuchThing, NotAllowed, NotProven."""
        found = self._explained(figure_id)
        try:
            return write_bundle(home.home(), found)
        except LookupError as error:
            raise NotProven(str(error)) from error

    def versions(self, figure_id: str) -> list[Figure]:
        """Every version of a figure published by the instant, oldest first. Raises NoSuchThing, NotAllowed."""
        key = self.key(figure_id)
        return [f for f in versions(home.lake(), key) if self.as_of_us is None or f.believed_from <= self.as_of_us]


def _plain(table: pa.Table) -> pa.Table:
    """Instants as int64 microseconds since 1970 UTC."""
    return pa.table({name: column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
                     for name, column in zip(table.column_names, table.columns, strict=True)})


def _latest(as_of_us: int | None, since_us: int, until_us: int, sites: tuple[str, ...] | None,
            ) -> dict[tuple[str, str], int]:
    """What `Reading.arrived` says for everybody; kept until the lake moves on."""
    lake = home.lake()
    manifest = lake.current()
    key = str(lake.path), manifest.number, as_of_us, since_us, until_us, sites
    if key not in _arrived:
        table = _plain(lake.read("observation", sites=sites, start_us=since_us, end_us=until_us, as_of_us=as_of_us,
                                 columns=["site", "factor", "start", "span_s"], all_versions=True, at=manifest))
        newest = table.group_by(["site", "factor"]).aggregate([("start", "max"), ("span_s", "max")])
        _arrived[key] = {(row["site"], row["factor"]): row["start_max"] + row["span_s_max"] * 1_000_000
                         for row in newest.to_pylist()}
        while len(_arrived) > 16:
            _arrived.popitem(last=False)
    return _arrived[key]
