"""`qingyuan stations`: every site of a home, when it was last heard, and its newest index."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.lake import Lake

WINDOW_US = 2 * 86_400_000_000      # of data time, back from the newest observation


@dataclass(frozen=True)
class Station:
    """One line. Times in microseconds since 1970 UTC; None where nothing came in the last two days of data."""

    id: str
    name: str
    city: str
    kind: str
    origin: str                 # measured, simulated or unstated
    newest_us: int | None       # start of the newest period it sent
    received_us: int | None     # when we last received something of it
    aqi: str | None
    aqi_us: int | None          # start of the hour of that index


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("stations", help=_("List the sites: when each was last heard, and its newest index"))(run)


def run(
    home: Annotated[Path, typer.Option("--home", help=_("Folder of the system"))],
    city: Annotated[str | None, typer.Option("--city", help=_("Only sites of this city"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """List sites as the registry knows them now."""
    found = [station for station in stations(home) if city in (None, station.city)]
    if as_json:
        typer.echo(json.dumps([asdict(station) for station in found], ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    Console().print(_table(found))
    silent = sum(station.received_us is None for station in found)
    typer.echo(_("{count} sites, {silent} of them without data in the last two days of data").format(
        count=len(found), silent=silent))


def stations(home: Path) -> list[Station]:
    """Every site with what the lake holds of it, by city and id. Raises HomeError."""
    from qingyuan.api import Platform

    platform = Platform(home)
    since_us = _since_us(platform.lake)
    heard = _heard(platform.lake, since_us)
    index = _index(platform.lake, since_us)
    found = []
    for site in platform.sites().to_pylist():
        newest_us, received_us = heard.get(site["id"], (None, None))
        value, at_us = index.get(site["id"], (None, None))
        found.append(Station(site["id"], site["name"], site["city"], site["kind"], site["origin"], newest_us,
                             received_us, value, at_us))
    return sorted(found, key=lambda station: (station.city, station.id))


def _since_us(lake: Lake) -> int:
    files = lake.current().select("observation")
    return max((file.max_start_us for file in files), default=0) - WINDOW_US


def _heard(lake: Lake, since_us: int) -> dict[str, tuple[int, int]]:
    rows = lake.read("observation", start_us=since_us, columns=["site", "start", "received"])
    groups = rows.group_by("site").aggregate([("start", "max"), ("received", "max")])
    return {row["site"]: (row["start_max"], row["received_max"]) for row in _whole(groups).to_pylist()}


def _index(lake: Lake, since_us: int) -> dict[str, tuple[str, int]]:
    rows = lake.read("figure", names=["aqi.realtime"], start_us=since_us, columns=["name", "subject", "start", "value"])
    newest: dict[str, tuple[str, int]] = {}
    for row in _whole(rows).to_pylist():
        if row["value"] and row["start"] >= newest.get(row["subject"], ("", 0))[1]:
            newest[row["subject"]] = row["value"], row["start"]
    return newest


def _whole(table: Any) -> Any:
    """Instants as whole microseconds."""
    import pyarrow as pa

    fields = [pa.field(f.name, pa.int64()) if pa.types.is_timestamp(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


def _table(found: list[Station]) -> Any:
    from rich.markup import escape
    from rich.table import Table

    from qingyuan.cli.labels import label
    from qingyuan.numerics.time import iso_local, iso_utc
    from qingyuan.registry import Origin, SiteKind

    table = Table(_("city"), _("site"), _("name"), _("kind"), _("origin"), _("newest data (+08:00)"),
                  _("received (UTC)"), _("AQI now"))
    for one in found:
        table.add_row(escape(one.city), escape(one.id), escape(one.name), label(SiteKind(one.kind)),
                      label(Origin(one.origin)),
                      iso_local(one.newest_us)[:16] if one.newest_us is not None else "–",
                      iso_utc(one.received_us)[:19] if one.received_us is not None else "–",
                      f"{one.aqi} ◔" if one.aqi is not None else "–")
    return table
