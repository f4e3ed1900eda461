"""Version 1 of the programming interface: read only, every question as of any instant."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from ninja import Query, Schema
from pydantic import Field

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.api.access import ByLogin, ByToken, reading
from qingyuan.console.api.problems import ISO, Fault, Interface, Wrong, faulty, install, problem
from qingyuan.console.api.unchanged import unchanged
from qingyuan.console.reading import NotAllowed, NotProven, Reading
from qingyuan.console.shell.page import BadInstant, instant_text, instant_us
from qingyuan.numerics.time import HOUR_US, iso_local, iso_utc
from qingyuan.pipeline import exports
from qingyuan.pipeline.export_forms import Format, Table
from qingyuan.registry import Site
from qingyuan.vocabulary import factors
from qingyuan.vocabulary.factors import UnknownFactor

A_PAGE, MOST = 1000, 10_000
FILE_ROWS, NEWEST_US = 1_000_000, 48 * HOUR_US
api = Interface(title="Qingyuan", version="1", docs_url=None, auth=[ByToken(), ByLogin()], urls_namespace="api-1",
               description="Figures that prove themselves. Every question takes as_of: what was believed then. "
                           "Times are ISO 8601; data times without a zone are local (+08:00).")
install(api)
AsOf = Annotated[str | None, Query(description="instant of belief, ISO 8601, +08:00 without a zone; default now")]
Text = Annotated[str, Field(max_length=200)]


class FaultOut(Schema):
    """One thing wrong with a request."""

    field: str
    what: str
    remedy: str


class Problem(Schema):
    """What went wrong, with which parameters, and what to do (RFC 9457, application/problem+json)."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str
    errors: list[FaultOut]


ERRORS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


class SiteOut(Schema):
    """A site as registered."""

    id: str
    name: str
    name_en: str
    kind: str
    city: str
    city_code: str
    province: str
    lon: float | None
    lat: float | None
    coordinate_system: str
    origin: Annotated[str, Field(description="measured, simulated or unstated")]
    plan: list[str]

    @classmethod
    def of(cls, site: Site) -> SiteOut:
        """From a record of the registry."""
        return cls(**{name: getattr(site, name) for name in cls.model_fields if name != "plan"}, plan=list(site.plan))


class Rows(Schema):
    """Some rows, and where the next ones begin."""

    rows: list[dict[str, Any]]
    next: int | None
    more: Annotated[str | None, Field(description="address of the next rows, with the instant and period of these")]
    as_of: Annotated[str, Field(description="instant of belief of these rows: the last tick worked off, or as asked")]
    lake: Annotated[int, Field(description="number of the state of the lake that answered")]


class Asked(Schema):
    """Which rows."""

    site: Annotated[list[Text], Field(default_factory=list, max_length=200, description="site id or city:NAME")]
    factor: Annotated[list[Text], Field(default_factory=list, max_length=50, description="PM2.5 or a34004")]
    name: Annotated[list[Text], Field(default_factory=list, max_length=50, description="such as aqi.realtime")]
    since: Annotated[datetime | None, Field(alias="from", default=None, description="first start")]
    until: Annotated[datetime | None, Field(alias="to", default=None, description="end of starts, excluded")]
    versions: Annotated[bool, Field(default=False, description="every version ever believed")]
    as_of: Annotated[Text | None, Field(default=None, description="instant of belief; default now")]


@api.exception_handler(NotAllowed)
def _not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    where = f" for {error.site}" if error.site else ""
    return problem(403, f"the right '{error.verb}' is missing{where}")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, f"there is nothing of that name: {error}")


@api.exception_handler(NotProven)
def _not_proven(request: HttpRequest, error: NotProven) -> HttpResponse:
    return problem(409, f"no proof can be made of it at present: {error}")


@api.exception_handler(UnknownFactor)
def _no_factor(request: HttpRequest, error: UnknownFactor) -> HttpResponse:
    return faulty([Fault("factor", str(error), "a symbol or a code of HJ 212, such as PM2.5 or a34004")])


@api.get("/sites", response={200: list[SiteOut], **ERRORS}, summary="Sites of the registry")
def sites(request: HttpRequest, response: HttpResponse, kind: Text = "", city: Text = "",
          as_of: AsOf = None) -> Any:
    """Sites you may read, by id."""
    door = reading(request, Verb.READ_FIGURES)
    if (same := unchanged(request, response, door)) is not None:
        return same
    return [SiteOut.of(site) for site in door.sites() if kind in ("", site.kind.value) and city in ("", site.city)]


@api.get("/sites/{site}", response={200: SiteOut, **ERRORS}, summary="One site")
def one_site(request: HttpRequest, site: Text, as_of: AsOf = None) -> Any:
    """One site."""
    return SiteOut.of(reading(request, Verb.READ_FIGURES).site(site))


@api.get("/rows/{table}", response={200: Rows, **ERRORS}, summary="Hours, days, indices, observations, flags")
def rows(request: HttpRequest, response: HttpResponse, table: Table, asked: Query[Asked],
         limit: Annotated[int, Field(ge=1, le=MOST)] = A_PAGE,
         after: Annotated[int, Field(ge=0, le=1 << 40)] = 0) -> Any:
    """Rows with provenance. Without from and to: the newest 48 hours. `more` is the address of the next rows as of the
    same instant, so that rows which come meanwhile shift nothing; `next` is only the number to put into `after`.
    """
    door = reading(request, _verb(table))
    start, end = _period(door, asked)
    if (same := unchanged(request, response, door, start)) is not None:
        return same
    found, lake = _ask(door, table, asked, start, end)
    part = found.slice(after, limit)
    following = after + limit if found.num_rows > after + limit else None
    belief = instant_text(door.believed_us)
    return {"rows": exports.objects(part), "next": following, "as_of": belief, "lake": lake,
            "more": following and _more(request, asked, start, belief, limit, following)}


@api.get("/files/{table}.{form}", response={200: Any, **ERRORS}, summary="The same as a file",
         openapi_extra={"responses": {200: {"content": {media: {} for media in exports.MEDIA.values()}}}})
def files(request: HttpRequest, table: Table, form: Format, asked: Query[Asked]) -> Any:
    """CSV, JSON lines, Parquet or Excel, with the same columns as `qingyuan export`."""
    scope = reading(request, Verb.EXPORT).scope
    door = reading(request, _verb(table))
    start, end = _period(door, asked)
    answer = HttpResponse(content_type=exports.MEDIA[form])
    if (same := unchanged(request, answer, door, start)) is not None:
        return same
    found, lake = _ask(door, table, asked, start, end,
                       None if scope.everywhere(Verb.EXPORT) else scope.subjects(Verb.EXPORT))
    if found.num_rows > FILE_ROWS:
        raise Wrong("from", f"{found.num_rows} rows are too many for one file", "narrow the period or the sites")
    out = io.BytesIO()
    with exports.WRITERS[form](out) as write:
        write(found)
    answer.content = out.getvalue()
    answer.headers["Content-Disposition"] = f'attachment; filename="qingyuan-{table}.{form}"'
    answer.headers["Qingyuan-As-Of"], answer.headers["Qingyuan-Lake"] = instant_text(door.believed_us), str(lake)
    answer.headers["Qingyuan-Home"] = home.home().id
    return answer


@api.get("/figures/{path:figure}", response={200: dict[str, Any], **ERRORS}, summary="One figure, explained")
def figure(request: HttpRequest, figure: Text, as_of: AsOf = None) -> Any:
    """Value, rule, steps, flags, telegrams' places, publication and history of a figure such as
    `aqi.realtime/1151A/2020-04-01T14:00`.
    """
    found = reading(request, Verb.READ_FIGURES).explain(figure)
    return {
        "id": str(found.figure.key), **{k: v for k, v in found.figure.row().items() if k != "detail"},
        "start": iso_local(found.figure.start), "believed_from": iso_utc(found.figure.believed_from),
        "detail": found.figure.details(), "steps": found.steps, "publication": found.publication,
        "leaves": [{"ledger": name, "leaf": leaf} for name, leaf in sorted(found.leaves.used())],
        "flags": [{"site": f.site, "factor": f.factor, "start": iso_local(f.start_us), "what": f.what.value,
                   "level": int(f.level), "rule": f.rule, "evidence": f.evidence} for f in found.flags],
        "changes": [{"version": c.after.version, "believed_from": iso_utc(c.after.believed_from),
                     "value": c.after.value, "reason": c.after.reason} for c in found.changes]}


@api.get("/bundles/{path:figure}", response={200: Any, **ERRORS}, summary="The proof of a figure")
def bundle(request: HttpRequest, figure: Text, as_of: AsOf = None) -> Any:
    """A bundle that the one-file verifier checks without us."""
    return HttpResponse(reading(request, Verb.READ_FIGURES).bundle(figure), content_type="application/json")


@api.get("/status", auth=None, response={200: dict[str, Literal["ok"]]}, summary="Whether the service answers")
def status(request: HttpRequest) -> Any:
    """For load balancers; says nothing else."""
    return {"status": "ok"}


def _verb(table: Table) -> Verb:
    return {Table.OBSERVATION: Verb.READ_TELEGRAMS, Table.FLAG: Verb.READ_FLAGS}.get(table, Verb.READ_FIGURES)


def _period(door: Reading, asked: Asked) -> tuple[int | None, int | None]:
    """First start and end of starts asked for, UTC microseconds. Raises Wrong."""
    found: list[int | None] = []
    for field, when in (("from", asked.since), ("to", asked.until)):
        try:
            found.append(None if when is None else instant_us(when.isoformat()))
        except BadInstant:
            raise Wrong(field, f"{when} is no instant of the years 1 to 9999", ISO) from None
    start, end = found
    return (door.shown_us - NEWEST_US if start is None and end is None else start), end


def _more(request: HttpRequest, asked: Asked, start: int | None, belief: str, limit: int, after: int) -> str:
    """Address of the next rows: what was asked for, as of the same instant and from the same start."""
    given = {"site": asked.site, "factor": asked.factor, "name": asked.name}
    fixed = {"from": None if start is None else instant_text(start),
             "to": None if asked.until is None else asked.until.isoformat(),
             "versions": "true" if asked.versions else None, "as_of": belief, "limit": limit, "after": after}
    query = {name: value for name, value in {**given, **fixed}.items() if value not in (None, [])}
    return f"{request.path}?{urlencode(query, doseq=True)}"


def _ask(door: Reading, table: Table, asked: Asked, start: int | None, end: int | None,
         only: Collection[str] | None = None) -> tuple[Any, int]:
    """Rows and the lake's state; `only`: subjects that may be answered for, None: those the table's verb allows."""
    figures = table not in (Table.OBSERVATION, Table.FLAG)
    codes = [factors.named(text) for text in asked.factor] or None
    subjects: Collection[str] | None = asked.site or None
    if only is not None:
        subjects = [name for name in asked.site or only if name in only]
    found, lake = door.table(_verb(table), table.value, subjects, factors=codes,
                             names=(asked.name or None) if figures else None, start_us=start, end_us=end,
                             all_versions=asked.versions)
    return exports.exact(table, found), lake

