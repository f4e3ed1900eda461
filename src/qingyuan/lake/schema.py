"""Tables of the lake: columns, order on disk, what a row speaks of and which version of it wins.

Numbers are integers with a decimal scale (value = mantissa / 10**scale); times are UTC microseconds. Periods
are named by their START.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")

VALUES = ("rtd", "min", "avg", "max", "cou", "zs_rtd", "zs_min", "zs_avg", "zs_max")
"""Value columns of an observation, named after the suffixes of HJ 212-2017 table 9."""

OBSERVATION = pa.schema([
    ("site", pa.string()), ("factor", pa.string()), ("kind", pa.string()), ("start", INSTANT),
    ("span_s", pa.int32()),
    *[column for name in VALUES for column in ((name, pa.int64()), (f"{name}_scale", pa.int8()))],
    ("text", pa.string()), ("mark", pa.string()), ("received", INSTANT),
    ("ledger", pa.string()), ("leaf", pa.int64()),
])
"""What one telegram said of one factor in one period. `text`: JSON, suffix -> text that is no plain
number.
"""

FIGURE = pa.schema([
    ("name", pa.string()), ("subject", pa.string()), ("factor", pa.string()), ("start", INSTANT),
    ("span_s", pa.int32()), ("value", pa.string()), ("mantissa", pa.int64()), ("scale", pa.int8()),
    ("unit", pa.string()), ("stage", pa.string()), ("standard", pa.string()), ("rules", pa.string()),
    ("detail", pa.string()), ("believed_from", INSTANT), ("version", pa.int32()), ("reason", pa.string()),
    ("digest", pa.string()),
])
"""One version of a published figure. `detail`: canonical JSON; `digest`: SHA-256 of the inputs,
hexadecimal.
"""

FLAG = pa.schema([
    ("site", pa.string()), ("factor", pa.string()), ("start", INSTANT), ("span_s", pa.int32()),
    ("what", pa.string()), ("level", pa.int8()), ("rule", pa.string()), ("evidence", pa.string()),
    ("believed_from", INSTANT),
])
"""What a test said of one value; a later row with level 1 (good) takes a flag back."""


class UnknownTable(LookupError):
    """The lake has no table of this name."""


class WrongColumns(ValueError):
    """Rows do not fit the schema of their table, or a column was asked for that it does not have."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How a table is stored and read."""

    name: str
    schema: pa.Schema
    subject: str                    # column that says of whom
    order: tuple[str, ...]          # order of rows on disk
    key: tuple[str, ...]            # what a row speaks of: of rows with equal key the newest is believed
    belief: str                     # column with the instant from which the row is believed
    newest: tuple[str, ...]         # later in this order wins

    @property
    def total_order(self) -> tuple[str, ...]:
        """Columns that fix the order of an answer."""
        extra = [c for c in (*self.key, *self.newest) if c not in self.order]
        return self.order + tuple(dict.fromkeys(extra))

    def pick(self, columns: Collection[str] | None) -> pa.Schema:
        """Schema of a selection of columns (None: all). Raises WrongColumns for a name the table has not."""
        if columns is None:
            return self.schema
        unknown = [c for c in columns if c not in self.schema.names]
        if unknown:
            raise WrongColumns(f"table {self.name} has no column {', '.join(unknown)}; "
                               f"it has {', '.join(self.schema.names)}")
        return pa.schema([self.schema.field(c) for c in columns])


def _figures(name: str) -> Spec:
    return Spec(name, FIGURE, subject="subject", order=("subject", "name", "start"),
                key=("name", "subject", "start"), belief="believed_from", newest=("believed_from", "version"))


SPECS: dict[str, Spec] = {spec.name: spec for spec in (
    Spec("observation", OBSERVATION, subject="site", order=("site", "factor", "start"),
         key=("site", "factor", "kind", "start"), belief="received", newest=("received", "ledger", "leaf")),
    _figures("hour"), _figures("day"), _figures("figure"),
    Spec("flag", FLAG, subject="site", order=("site", "factor", "start"),
         key=("site", "factor", "start", "what"), belief="believed_from", newest=("believed_from",)),
)}


def spec(table: str) -> Spec:
    """The description of a table. Raises UnknownTable."""
    try:
        return SPECS[table]
    except KeyError:
        raise UnknownTable(f"no table '{table}'; the lake has {', '.join(SPECS)}") from None
