"""Home: what needs the person who asks, by what that person may do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from qingyuan.console import home as files
from qingyuan.console.accounts.models import DossierRead, Grant, User
from qingyuan.console.accounts.scope import is_public
from qingyuan.console.accounts.verbs import ROLE_WORDS, Role, Verb
from qingyuan.console.live.latest import FRESH_US, Latest, latest
from qingyuan.console.live.permits import is_converted, permits
from qingyuan.console.live.places import map_parts
from qingyuan.console.live.pulse import pulse
from qingyuan.console.live.silence import Silent, silence
from qingyuan.console.live.stale import stale
from qingyuan.console.live.station import plan_of
from qingyuan.console.live.watch import WATCH_WORDS, series_name, watch_of
from qingyuan.console.reading import CITY, Reading
from qingyuan.console.shell.access import needs
from qingyuan.numerics.time import DAY_US, moment
from qingyuan.pipeline.figure import Figure
from qingyuan.quality import Level
from qingyuan.registry import Averaging, Limit

SHOWN = 8                    # rows of a part of the home page; the rest is a link
OWN = 20


@needs()
def home(request: Any) -> HttpResponse:
    """The worklist; asked for by a script it is only the part that is refreshed."""
    page = request.page
    found = needs_you(page.reading) | {"stale": stale(page.reading)}
    if request.htmx:
        return render(request, "live/_needs.html", found)
    scope = page.scope
    found |= {"watches": len(found) > 1,
              "roles": [ROLE_WORDS[role] for role in scope.roles], "cities": cities(page.reading),
              "own": own(page.reading) if Role.ENTERPRISE in scope.roles else None,
              "ledgers": files.status("witness.status.json").get("ledgers") if _audits(page.reading) else None,
              "dossiers": dossiers(page.as_of_us) if scope.may(Verb.READ_LOG) else None,
              "data": data_url(page), **map_parts(page.reading),
              "people": people() if scope.may(Verb.READ_ACCESS) else None}
    return render(request, "live/home.html", found)


def data_url(page: Any) -> str:
    """Where the small map gets its sites; empty for those who see no figures."""
    kept = f"?{urlencode({'as_of': page.as_of})}" if page.as_of else ""
    return reverse("sites_geojson") + kept if page.scope.sites(Verb.READ_FIGURES) else ""


def dossiers(as_of_us: int | None) -> list[DossierRead]:
    """The files of enterprises read last before an instant, or now."""
    found = DossierRead.objects.select_related("reader")
    return list((found if as_of_us is None else found.filter(at__lte=moment(as_of_us)))[:SHOWN])


def _audits(reading: Reading) -> bool:
    return Role.AUDITOR in reading.scope.roles


def needs_you(reading: Reading) -> dict[str, Any]:
    """Silent sites and factors, values that failed a test within a day, strangers, and the pulse."""
    scope = reading.scope
    found: dict[str, Any] = {}
    if scope.roles and scope.may(Verb.READ_TELEGRAMS):
        rows = silence(reading)
        whole = [row for row in rows if row.whole]
        parts = [row for row in rows if not row.whole]
        found |= {"whole": whole[:SHOWN], "whole_count": len(whole), "parts": parts[:SHOWN], "part_count": len(parts)}
    if scope.roles and scope.may(Verb.READ_FLAGS):
        found["failed"] = failed(reading)
    if scope.may(Verb.ADMIT) or scope.may(Verb.READ_GATEWAY):
        strangers = [site for site in reading.sites(Verb.READ_GATEWAY) if site.registered_itself]
        found |= {"strangers": strangers[:SHOWN], "stranger_count": len(strangers), "pulse": pulse(reading)}
    return found


def failed(reading: Reading) -> list[dict[str, Any]]:
    """Sites by how many hour values failed a test within the last day of data, the most first."""
    flags = [flag for flag in reading.flags(start_us=reading.shown_us - DAY_US, end_us=reading.shown_us)
             if flag.level is Level.FAIL]
    count = Counter(flag.site for flag in flags)
    why: dict[str, Counter[Any]] = {}
    for flag in flags:
        why.setdefault(flag.site, Counter())[flag.what] += 1
    return [{"site": reading.registry.sites[name], "count": number,
             "what": [what for what, _ in why[name].most_common(3)]} for name, number in count.most_common(SHOWN)]


def cities(reading: Reading) -> list[dict[str, Any]]:
    """The newest index of each city whose points the person may all read, the worst first."""
    names = [name for name in reading.scope.subjects(Verb.READ_FIGURES) if name.startswith(CITY)]
    found = reading.newest(["aqi.realtime"], since_us=reading.shown_us - FRESH_US, subjects=sorted(names))
    rows = [{"city": subject.removeprefix(CITY), "figure": figure, "primary": figure.details().get("primary", [])}
            for (subject, _), figure in found.items()]
    return sorted(rows, key=lambda row: (-_index(row["figure"]), row["city"]))


def _index(figure: Figure) -> int:
    """The index as a number; -1 where too little came to tell one."""
    return int(figure.value) if figure.value and figure.value.isdigit() else -1


def own(reading: Reading) -> list[dict[str, Any]]:
    """The outlets of an enterprise, each with the newest hour value of every factor it has to monitor, beside the limit
    of its permit.
    """
    mine = [site for site in reading.sites(Verb.READ_TELEGRAMS) if not is_public(site)][:OWN]
    names = sorted({f"hour.{series_name(code)}" for site in mine for code in site.plan})
    rows = latest(reading, names, [site.id for site in mine]) if mine else {}
    silent: dict[str, Silent] = {row.site.id: row for row in silence(reading, mine)}
    held = permits(reading, {site.id for site in mine}, Averaging.HOUR, reading.shown_us - 1)
    limits = {(one.site, one.factor): one for one in held}
    return [{"site": site, "watch": WATCH_WORDS[watch_of(site)], "silent": silent.get(site.id),
             "values": [beside(code, rows.get((site.id, f"hour.{series_name(code)}")), limits.get((site.id, code)),
                               is_converted(site, code))
                        for code in plan_of(site)]} for site in mine]


def beside(code: str, found: Latest | None, limit: Limit | None, converted: bool = False) -> dict[str, Any]:
    """A value beside its limit; `over` where both speak of one thing in one unit and the value is outside."""
    over = found is not None and limit is not None and found.unit == limit.unit and not converted and (
        Decimal(found.value) > Decimal(limit.value)
        or (bool(limit.lower) and Decimal(found.value) < Decimal(limit.lower)))
    return {"code": code, "figure": found, "limit": limit, "over": over, "converted": converted}


def people() -> dict[str, int]:
    """How many accounts may log in, and how many of them hold a right in force."""
    active = User.objects.filter(is_active=True)
    holding = Grant.objects.in_force(timezone.now()).order_by().values("holder")
    return {"accounts": active.count(), "holding": active.filter(pk__in=holding).count()}
