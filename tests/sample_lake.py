"""Rows for small true lakes; tests of several rooms build theirs from these."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from qingyuan.lake import FIGURE, FLAG, OBSERVATION, Lake

HOUR_US = 3_600_000_000


def us(text: str) -> int:
    """Microseconds of an ISO instant with zone."""
    seconds = (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    return round(seconds * 1_000_000)


T0 = us("2020-04-01T00:00:00+08:00")


def observation(site: str = "1151A", factor: str = "a34004", start: int = T0, avg: int = 53,
                **more: Any) -> dict:
    return {"site": site, "factor": factor, "kind": "hour", "start": start, "span_s": 3600, "avg": avg,
            "avg_scale": 0, "received": start + HOUR_US, "ledger": "telegram-1", "leaf": 1, **more}


def figure(subject: str = "1151A", name: str = "hour.PM2.5", start: int = T0, value: str = "53",
           believed: int = T0 + HOUR_US, version: int = 1, **more: Any) -> dict:
    return {"name": name, "subject": subject, "factor": "a34004", "start": start, "span_s": 3600,
            "value": value, "mantissa": int(value), "scale": 0, "unit": "ug/m3", "stage": "provisional",
            "standard": "GB 3095-2012", "rules": "air@2026.1", "detail": "{}", "believed_from": believed,
            "version": version, "reason": "first", "digest": "00", **more}


def flag(site: str = "1151A", start: int = T0, what: str = "range", level: int = 3,
         believed: int = T0 + HOUR_US) -> dict:
    return {"site": site, "factor": "a34004", "start": start, "span_s": 3600, "what": what, "level": level,
            "rule": f"{what}@1", "evidence": "{}", "believed_from": believed}


SCHEMAS = {"observation": OBSERVATION, "flag": FLAG, "hour": FIGURE, "day": FIGURE, "figure": FIGURE}


def fill(lake: Lake, table: str, rows: list[dict], position: dict[str, int] | None = None,
         tick: int = 1) -> None:
    """One transaction with rows of one table."""
    with lake.begin() as transaction:
        transaction.write(table, pa.Table.from_pylist(rows, schema=SCHEMAS[table]))
        transaction.commit(position or {}, tick)


def plain(table: pa.Table, *columns: str) -> list[tuple]:
    """Rows as tuples; instants as microseconds."""
    out = []
    for name in columns:
        column = table.column(name)
        out.append((column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist())
    return list(zip(*out, strict=True))
