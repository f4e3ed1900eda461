"""The Python interface: what is believed, or was believed at an instant, as Arrow tables.

    import qingyuan
    p = qingyuan.open("var/demo")
    p.hours(site="1151A", factor="PM2.5", as_of="2020-04-01T15:00:00+08:00").to_pandas()

Nothing here writes. Each question reads one state of the lake; any number of processes may ask while the
pipeline runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.numerics.time import CST_OFFSET_S, micros
from qingyuan.vocabulary import factors
from qingyuan.vocabulary.factors import UnknownFactor

if TYPE_CHECKING:
    from qingyuan.pipeline.explain import Explanation

__all__ = ["NoInstant", "Platform", "UnknownFactor", "ZoneMissing"]
LOCAL = timezone(timedelta(seconds=CST_OFFSET_S))
LOCAL_INSTANT = pa.timestamp("us", tz="+08:00")
Names = str | Iterable[str] | None
Instant = str | datetime | None
_FOREVER_US = 1 << 62

SITES = pa.schema([
    ("id", pa.string()), ("name", pa.string()), ("name_en", pa.string()), ("kind", pa.string()), ("city", pa.string()),
    ("province", pa.string()), ("lon", pa.float64()), ("lat", pa.float64()), ("coordinate_system", pa.string()),
    ("origin", pa.string()), ("plan", pa.list_(pa.string())),
])


class ZoneMissing(ValueError):
    """An instant of belief was given without its zone."""


class NoInstant(ValueError):
    """The text or object is no instant."""


class Platform:
    """A home opened for reading.

    Common arguments: site, factor, name: one, several or (None) all; factors by symbol (`PM2.5`) or code
    (`a34004`). start, end: first start included, end excluded; ISO text or datetime; without a zone they are
    local (+08:00), as the data are. as_of: what was believed at that instant of our time, inclusive; it needs
    a zone. all_versions: every version ever believed, oldest first, instead of the newest.

    Answers: Arrow tables sorted by site, factor and start; every instant carries its zone (+08:00). `value`
    is the published text, `mantissa` and `scale` the exact number, `number` the same as the nearest float.

    Raises UnknownFactor, NoInstant, ZoneMissing.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.home = Home.open(Path(path))
        self.lake = Lake(self.home.path / "lake")

    def __repr__(self) -> str:
        return f"<qingyuan home {self.home.path}>"

    def hours(self, *, site: Names = None, factor: Names = None, start: Instant = None, end: Instant = None,
              as_of: Instant = None, all_versions: bool = False) -> pa.Table:
        """Hour values of sites and cities (subject `city:NAME`); `start` is the start of the hour."""
        return self._figures("hour", site, factor, None, start, end, as_of, all_versions)

    def days(self, *, site: Names = None, factor: Names = None, start: Instant = None, end: Instant = None,
             as_of: Instant = None, all_versions: bool = False) -> pa.Table:
        """Day values of sites and cities; for ozone the largest 8 h mean."""
        return self._figures("day", site, factor, None, start, end, as_of, all_versions)

    def figures(self, *, name: Names = None, site: Names = None, start: Instant = None, end: Instant = None,
                as_of: Instant = None, all_versions: bool = False) -> pa.Table:
        """All other figures, such as `aqi.realtime` and `aqi.daily`; `name` may also be of an hour or a day."""
        names = _several(name)
        tables = list(dict.fromkeys(table_of(text) for text in names or ())) or ["figure"]
        return pa.concat_tables([
            self._figures(table, site, None, names, start, end, as_of, all_versions) for table in tables])

    def observations(self, *, site: Names = None, factor: Names = None, kind: Names = None, start: Instant = None,
                     end: Instant = None, as_of: Instant = None, all_versions: bool = False) -> pa.Table:
        """What the telegrams said, with ledger and leaf; kind: `rtd`, `minute`, `hour`, `day` or `once`."""
        rows = self._read("observation", site, factor, None, start, end, as_of, all_versions)
        kinds = _several(kind)
        return rows if kinds is None else rows.filter(pc.is_in(rows.column("kind"), pa.array(kinds, pa.string())))

    def flags(self, *, site: Names = None, factor: Names = None, what: Names = None, start: Instant = None,
              end: Instant = None, as_of: Instant = None, all_versions: bool = False) -> pa.Table:
        """Flags that hold; with all_versions also those taken back (level 1)."""
        rows = self._read("flag", site, factor, None, start, end, as_of, all_versions)
        wanted = _several(what)
        if wanted is not None:
            rows = rows.filter(pc.is_in(rows.column("what"), pa.array(wanted, pa.string())))
        return rows if all_versions else rows.filter(pc.not_equal(rows.column("level"), 1))

    def sites(self, *, as_of: Instant = None) -> pa.Table:
        """The sites of the registry, as known at an instant; sorted by id."""
        from qingyuan.pipeline.explain.beliefs import registry_at

        as_of_us = belief_us(as_of)
        registry = registry_at(self.home, _FOREVER_US if as_of_us is None else as_of_us)
        rows = [{name: _plain(getattr(site, name)) for name in SITES.names}
                for _, site in sorted(registry.sites.items())]
        return pa.Table.from_pylist(rows, schema=SITES)

    def explain(self, figure: str, *, as_of: Instant = None) -> Explanation:
        """Everything a figure rests on, down to its telegrams, for example
        `aqi.realtime/1151A/2020-04-01T14:00`.

        Raises BadFigureId, NoSuchFigure.
        """
        from qingyuan.pipeline.explain import explain

        return explain(self.home, figure, belief_us(as_of))

    def _figures(self, table: str, site: Names, factor: Names, name: Names, start: Instant, end: Instant,
                 as_of: Instant, all_versions: bool) -> pa.Table:
        rows = self._read(table, site, factor, name, start, end, as_of, all_versions)
        return rows.append_column("number", numbers(rows))

    def _read(self, table: str, site: Names, factor: Names, name: Names, start: Instant, end: Instant,
              as_of: Instant, all_versions: bool) -> pa.Table:
        rows = self.lake.read(
            table, sites=_several(site), factors=factor_codes(factor), names=_several(name), start_us=data_us(start),
            end_us=data_us(end), as_of_us=belief_us(as_of), all_versions=all_versions)
        return local(rows)


def table_of(name: str) -> str:
    """Table of the lake that holds the figures of a name: `hour`, `day` or `figure`."""
    head = name.partition(".")[0]
    return head if head in ("hour", "day") else "figure"


def factor_codes(factor: Names) -> list[str] | None:
    """Codes of factors given by symbol or code; 2005 codes give those of today. Raises UnknownFactor."""
    texts = _several(factor)
    return None if texts is None else [factors.named(text) for text in texts]


def belief_us(when: Instant) -> int | None:
    """UTC microseconds of an instant of our time, which needs a zone. Raises ZoneMissing, NoInstant."""
    parsed = _parse(when)
    if parsed is not None and parsed.tzinfo is None:
        raise ZoneMissing(f"as_of '{when}' has no zone; write for example 2020-04-01T15:00:00+08:00")
    return None if parsed is None else micros(parsed)


def data_us(when: Instant) -> int | None:
    """UTC microseconds of an instant of data time, local (+08:00) without a zone. Raises NoInstant."""
    parsed = _parse(when)
    if parsed is None:
        return None
    return micros(parsed if parsed.tzinfo else parsed.replace(tzinfo=LOCAL))


def _parse(when: Instant) -> datetime | None:
    if when is None or isinstance(when, datetime):
        return when
    try:
        return datetime.fromisoformat(when)
    except (TypeError, ValueError):
        raise NoInstant(f"'{when}' is no instant; write for example 2020-04-01T15:00:00+08:00") from None


def local(rows: pa.Table) -> pa.Table:
    """The same rows with every instant at +08:00."""
    fields = [pa.field(f.name, LOCAL_INSTANT) if pa.types.is_timestamp(f.type) else f for f in rows.schema]
    return rows.cast(pa.schema(fields))


def numbers(rows: pa.Table) -> pa.Array:
    """mantissa / 10**scale as the nearest float (exact up to 15 digits); null where there is no value."""
    mantissa = rows.column("mantissa").fill_null(0).to_numpy()
    scale = rows.column("scale").fill_null(0).to_numpy()
    return pa.array(mantissa / np.power(10.0, scale), mask=rows.column("mantissa").is_null().to_numpy())


def _several(value: Names) -> list[str] | None:
    return None if value is None else [value] if isinstance(value, str) else list(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
