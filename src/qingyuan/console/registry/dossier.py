"""One file per enterprise (一企一档): its outlets, loggers, limits and people, newest values and connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qingyuan.console.accounts.models import DossierRead, User
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.live.silence import Silent, silence
from qingyuan.console.live.watch import WATCH_WORDS, watch_of
from qingyuan.console.reading import NotAllowed, Reading
from qingyuan.console.registry.fieldset import shown
from qingyuan.console.registry.rights import logger_sites, may_see, seen_sites
from qingyuan.console.shell.access import needs
from qingyuan.console.shell.templatetags.qy import hour_period
from qingyuan.console.shell.words import factor_name
from qingyuan.numerics.time import HOUR_US
from qingyuan.pipeline.figure import Figure
from qingyuan.registry import EntryKind, Limit, Organisation, Site

RECENT_US = 6 * HOUR_US
MOST_PEOPLE = 100


@dataclass(frozen=True)
class Outlet:
    """One monitored place of an enterprise, with what it says now."""

    site: Site
    watch: Any
    values: list[tuple[str, Figure]]          # name of the factor, newest hour
    silent: Silent | None
    heard: bool                               # the person may know whether it is connected
    logger: dict[str, str] | None             # None: not for this person

    @property
    def hours(self) -> list[tuple[str, list[tuple[str, Figure]]]]:
        """The values by their hour, the newest first."""
        starts = sorted({figure.start for _words, figure in self.values}, reverse=True)
        found = [[(words, figure) for words, figure in self.values if figure.start == start] for start in starts]
        return [(hour_period(same[0][1]), same) for same in found]


@needs(Verb.READ_FIGURES)
def dossier(request: Any, name: str) -> HttpResponse:
    """The file of an organisation, as known at the page's instant. Reading it by office is logged."""
    reading = request.page.reading
    found = reading.registry.organisations.get(name)
    if found is None:
        raise Http404(name)
    own = [site for site in reading.registry.sites.values() if name in site.belongs]
    _demand(reading, found, own)
    allowed = seen_sites(reading.scope)
    sites = sorted((site for site in own if site.id in allowed), key=lambda site: site.id)
    if reading.scope.may(Verb.READ_DOSSIER):
        DossierRead.objects.create(reader=request.user, site=name[:200], address=request.path[:500])
    ids = {site.id for site in sites}
    limits = sorted((limit for limit in reading.registry.limits.values() if limit.site in ids),
                    key=lambda limit: (limit.site, limit.factor, limit.averaging))
    channels = sorted((c for c in reading.registry.channels.values() if c.site in ids), key=lambda c: (c.site, c.id))
    people = None
    if reading.scope.may(Verb.READ_ACCESS):
        people = list(User.objects.filter(organisation_id=name, is_active=True).order_by("username")[:MOST_PEOPLE])
    return render(request, "registry/dossier.html", {
        "organisation": found, "name": name, "kind": shown(EntryKind.ORGANISATION, "kind", found.kind),
        "outlets": outlets(reading, sites), "limits": [_limit(limit, reading) for limit in limits],
        "channels": [(c, reading.registry.sites[c.site], factor_name(c.factor)) for c in channels],
        "people": people, "parks": [park for park in reading.registry.parks.values()
                                    if park.id in found.belongs or name in park.organisations],
        "hidden": len(own) - len(sites)})


def _demand(reading: Reading, found: Organisation, own: Sequence[Site]) -> None:
    """The file is for officials with the right to read it, for the enterprise itself, and for those who register.

    Raises NotAllowed, or Http404 for those who may not know that there is such an organisation.
    """
    scope = reading.scope
    official, registering = scope.sites(Verb.READ_DOSSIER), scope.sites(Verb.EDIT_REGISTRY)
    if (scope.everywhere(Verb.READ_DOSSIER) or scope.everywhere(Verb.EDIT_REGISTRY)
            or any(right.subject == found.id for right in scope.rights)
            or any(site.id in official or site.id in registering for site in own)):
        return
    if not may_see(reading, EntryKind.ORGANISATION, found.id):
        raise Http404(found.id)
    raise NotAllowed(Verb.READ_DOSSIER, found.id)


def outlets(reading: Reading, sites: Sequence[Site]) -> list[Outlet]:
    """The sites with their newest hour of every factor: two questions to the lake, however many sites there are."""
    start_us = reading.shown_us - RECENT_US
    newest: dict[tuple[str, str], Figure] = {}
    if sites:
        for figure in reading.figures("hour", [site.id for site in sites], start_us=start_us, end_us=reading.shown_us):
            key = figure.subject, figure.factor
            if key not in newest or figure.start > newest[key].start:
                newest[key] = figure
    telegrams = reading.scope.sites(Verb.READ_TELEGRAMS)
    watched = [site for site in sites if site.id in telegrams]
    quiet = {row.site.id: row for row in silence(reading, watched)} if watched else {}
    loggers = logger_sites(reading.scope)
    return [Outlet(site, WATCH_WORDS[watch_of(site)],
                   [(factor_name(code), newest[site.id, code]) for code in sorted(site.plan)
                    if (site.id, code) in newest],
                   quiet.get(site.id), site.id in telegrams, _logger(site) if site.id in loggers else None)
            for site in sites]


def _logger(site: Site) -> dict[str, str]:
    return {"mn": site.mn, "edition": shown(EntryKind.PROFILE, "edition", site.edition),
            "crc": shown(EntryKind.PROFILE, "crc", site.crc),
            "password": shown(EntryKind.SITE, "password_check", site.password_check)}


def _limit(limit: Limit, reading: Reading) -> dict[str, Any]:
    return {"limit": limit, "site": reading.registry.sites[limit.site], "factor": factor_name(limit.factor)}
