"""Version 1 of the programming interface: read only, every question as of any instant."""

from __future__ import annotations

import io
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError
from pydantic import Field

from qingyuan.console import home
from qingyuan.console.accounts.verbs import Verb
from qingyuan.console.api.access import ByLogin, ByToken, reading
from qingyuan.console.reading import NotAllowed, NotProven, Reading
from qingyuan.console.shell.page import BadInstant, instant_us
from qingyuan.numerics.time import HOUR_US, iso_local, iso_utc
from qingyuan.pipeline import exports
from qingyuan.pipeline.export_forms import Format, Table
from qingyuan.registry import Site
from qingyuan.vocabulary import factors
from qingyuan.vocabulary.factors import UnknownFactor

A_PAGE, MOST = 1000, 10_000
FILE_ROWS, NEWEST_US = 1_000_000, 48 * HOUR_US
api = NinjaAPI(title="Qingyuan", version="1", docs_url=None, auth=[ByToken(), ByLogin()], urls_namespace="api-1",
               description="Figures that prove themselves. Every question takes as_of: what was believed then. "
                           "Times are ISO 8601; data times without a zone are local (+08:00).")
AsOf = Annotated[str | None, Field(description="instant of belief, ISO 8601, +08:00 without a zone; default now")]
Text = Annotated[str, Field(max_length=200)]


class Problem(Schema):
    """What went wrong and what to do."""

    detail: str | list[Any]


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
    as_of: str
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
    return api.create_response(request, {"detail": f"the right '{error.verb}' is missing{where}"}, status=403)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return api.create_response(request, {"detail": f"there is nothing of that name: {error}"}, status=404)


@api.exception_handler(NotProven)
def _not_proven(request: HttpRequest, error: NotProven) -> HttpResponse:
    return api.create_response(request, {"detail": f"no proof can be made of it at present: {error}"}, status=409)


@api.exception_handler(UnknownFactor)
def _no_factor(request: HttpRequest, error: UnknownFactor) -> HttpResponse:
    return api.create_response(request, {"detail": str(error)}, status=422)


@api.exception_handler(BadInstant)
def _no_instant(request: HttpRequest, error: BadInstant) -> HttpResponse:
    return api.create_response(request, {"detail": f"{error} is no instant of the years 1 to 9999"}, status=422)


@api.get("/sites", response={200: list[SiteOut], **ERRORS}, summary="Sites of the registry")
def sites(request: HttpRequest, kind: Text = "", city: Text = "",
          as_of: AsOf = None) -> Any:
    """Sites you may read, by id."""
    door = reading(request, Verb.READ_FIGURES)
    return [SiteOut.of(site) for site in door.sites() if kind in ("", site.kind.value) and city in ("", site.city)]


@api.get("/sites/{site}", response={200: SiteOut, **ERRORS}, summary="One site")
def one_site(request: HttpRequest, site: Text, as_of: AsOf = None) -> Any:
    """One site."""
    return SiteOut.of(reading(request, Verb.READ_FIGURES).site(site))


@api.get("/rows/{table}", response={200: Rows, **ERRORS}, summary="Hours, days, indices, observations, flags")
def rows(request: HttpRequest, table: Table, asked: Query[Asked],
         limit: Annotated[int, Field(ge=1, le=MOST)] = A_PAGE,
         after: Annotated[int, Field(ge=0, le=1 << 40)] = 0) -> Any:
    """Rows with provenance; `after` takes the `next` of the answer before. Without from and to: the newest 48 hours."""
    door = reading(request, _verb(table))
    found, lake = _ask(door, table, asked)
    part = found.slice(after, limit)
    more = after + limit if found.num_rows > after + limit else None
    return {"rows": exports.objects(part), "next": more, "as_of": _belief(door), "lake": lake}


@api.get("/files/{table}.{form}", response={200: Any, **ERRORS}, summary="The same as a file",
         openapi_extra={"responses": {200: {"content": {media: {} for media in exports.MEDIA.values()}}}})
def files(request: HttpRequest, table: Table, form: Format, asked: Query[Asked]) -> Any:
    """CSV, JSON lines, Parquet or Excel, with the same columns as `qingyuan export`."""
    scope = reading(request, Verb.EXPORT).scope
    door = reading(request, _verb(table))
    found, lake = _ask(door, table, asked, None if scope.everywhere(Verb.EXPORT) else scope.subjects(Verb.EXPORT))
    if found.num_rows > FILE_ROWS:
        raise HttpError(422, f"{found.num_rows} rows are too many for one file; narrow the period or the sites")
    out = io.BytesIO()
    with exports.WRITERS[form](out) as write:
        write(found)
    answer = HttpResponse(out.getvalue(), content_type=exports.MEDIA[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="qingyuan-{table}.{form}"'
    answer.headers["Qingyuan-As-Of"], answer.headers["Qingyuan-Lake"] = _belief(door), str(lake)
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


def _ask(door: Reading, table: Table, asked: Asked, only: Collection[str] | None = None) -> tuple[Any, int]:
    """Rows and the lake's state; `only`: subjects that may be answered for, None: those the table's verb allows."""
    start, end = (None if when is None else instant_us(when.isoformat()) for when in (asked.since, asked.until))
    if start is None and end is None:
        start = door.shown_us - NEWEST_US
    figures = table not in (Table.OBSERVATION, Table.FLAG)
    codes = [factors.named(text) for text in asked.factor] or None
    subjects: Collection[str] | None = asked.site or None
    if only is not None:
        subjects = [name for name in asked.site or only if name in only]
    found, lake = door.table(_verb(table), table.value, subjects, factors=codes,
                             names=(asked.name or None) if figures else None, start_us=start, end_us=end,
                             all_versions=asked.versions)
    return exports.exact(table, found), lake


def _belief(door: Reading) -> str:
    return iso_local(door.as_of_us) if door.as_of_us is not None else iso_local(home.now_us())

