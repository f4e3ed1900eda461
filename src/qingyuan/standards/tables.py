"""Tables of standards as data: limits, breakpoints, validity, digits, each row with its clause and dates in force.

Everything a figure depends on stands in these rows. `load(overrides)` swaps whole tables, so that a changed cell
changes the figure; `digest` names the rows a figure was made with.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import NoReturn

NAMES = ("air_limits", "air_breakpoints", "air_special", "air_classes", "air_rounding", "air_validity", "air_versions",
         "air_composite")
RULES_VERSION = "air@2026.1"
TABULATED = "500"
Row = Mapping[str, str]


class LimitNotDefined(LookupError):
    """No limit is in force for this pollutant, mean and date."""


class NotInTable(LookupError):
    """The standard has no such row."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit value."""

    value: str
    unit: str
    standard: str
    phase: str
    clause: str
    status: str


@dataclass(frozen=True, slots=True)
class Rounding:
    """Decimals of a quantity, None where the table gives none."""

    raw: int | None
    statistics: int | None
    compliance: int | None
    index: int | None


@dataclass(frozen=True, slots=True)
class Special:
    """What holds above a concentration: a fixed sub-index, or None where none is computed."""

    above: str
    result: int | None
    clause: str


@dataclass(frozen=True, slots=True)
class Validity:
    """How much data makes a value valid: at least `minimum` of `quantity` in each `scope`."""

    scope: str
    quantity: str
    minimum: int
    clause: str
    status: str


@dataclass(frozen=True, slots=True)
class AqiClass:
    """One class of the index."""

    level: int
    low: int
    high: int
    category: str
    colour: str
    rgb: tuple[int, int, int]


class Tables:
    """A frozen set of tables with their look-ups."""

    _rows: Mapping[str, tuple[Row, ...]]

    def __init__(self, rows: Mapping[str, Sequence[Row]]) -> None:
        self.__dict__["_rows"] = {name: tuple(MappingProxyType(dict(row)) for row in rows[name]) for name in NAMES}

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("tables do not change; load others with load(overrides)")

    def rows(self, name: str) -> tuple[Row, ...]:
        """All rows of a table. Raises KeyError for an unknown name."""
        return self._rows[name]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all rows, hexadecimal."""
        plain = {name: [dict(row) for row in rows] for name, rows in self._rows.items()}
        return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def index_standard(self, when: date) -> str:
        """Index standard in force on the date of the data (not of the calculation)."""
        return _in_force(self._rows["air_versions"], when)["index_standard"]

    def quality_standard(self, when: date) -> str:
        """Quality standard in force on the date of the data."""
        return _in_force(self._rows["air_versions"], when)["quality_standard"]

    def rounds_input(self, standard: str, averaging: str) -> bool:
        """True if a concentration is rounded before its sub-index. Raises NotInTable for an unknown index standard.

        HJ 633-2026 4.2.2, 4.2.3 says so. HJ 633-2012 is silent: day values were rounded in practice (from memory),
        while the hourly releases of the national platform follow from the unrounded values (CO 5.333 gives 54).
        """
        for row in self._rows["air_versions"]:
            if row["index_standard"] == standard:
                return averaging != "1h" or row["hour_input"] == "rounded"
        raise NotInTable(f"no index standard {standard}")

    def limit(self, pollutant: str, averaging: str, grade: int, when: date) -> Limit:
        """Limit in force on a date; averaging 1h, 8h (the daily maximum 8 h mean of ozone), 24h, quarter, year.

        Reference values of GB 3095-2026 annex A, which bind only where a province says so, have the phase
        `reference`. Raises LimitNotDefined where the standard in force has none, ValueError for a grade other than 1
        or 2.
        """
        if grade not in (1, 2):
            raise ValueError("a grade is 1 or 2")
        wanted = "mda8" if averaging == "8h" else averaging
        for row in self._rows["air_limits"]:
            if (row["pollutant"], row["averaging"]) == (pollutant, wanted) and _holds(row, when) \
                    and row[f"grade{grade}"]:
                return Limit(row[f"grade{grade}"], row["unit"], row["standard"], row["phase"], row["clause"],
                             row["status"])
        raise LimitNotDefined(f"no grade {grade} limit for {pollutant}, {averaging}, on {when}")

    def breakpoints(self, standard: str, pollutant: str, averaging: str) -> list[tuple[int, str]]:
        """(sub-index, concentration text) in rising order. Raises NotInTable."""
        found = self._breakpoints.get((standard, pollutant, averaging))
        if not found:
            raise NotInTable(f"{standard} has no breakpoints for {pollutant}, {averaging}")
        return found

    @cached_property
    def _breakpoints(self) -> dict[tuple[str, str, str], list[tuple[int, str]]]:
        out: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
        for row in self._rows["air_breakpoints"]:
            where = row["standard"], row["pollutant"], row["averaging"]
            out.setdefault(where, []).append((int(row["iaqi"]), row["concentration"]))
        return {where: sorted(points) for where, points in out.items()}

    def special(self, standard: str, pollutant: str, averaging: str) -> Special | None:
        """Rule above the tabulated concentrations, or None."""
        for row in self._rows["air_special"]:
            if (row["standard"], row["pollutant"], row["averaging"]) == (standard, pollutant, averaging):
                return Special(row["above"], None if row["result"] == "none" else int(row["result"]), row["clause"])
        return None

    def published_table(self, standard: str, pollutant: str, averaging: str) -> dict[str, object]:
        """Breakpoints with their special rule as plain data, for a bundle."""
        points: list[list[object]] = [[i, c] for i, c in self.breakpoints(standard, pollutant, averaging)]
        clause = next(row["clause"] for row in self._rows["air_breakpoints"] if
                      (row["standard"], row["pollutant"], row["averaging"]) == (standard, pollutant, averaging))
        out: dict[str, object] = {"points": points, "above": TABULATED, "clause": f"{standard} {clause}"}
        if special := self.special(standard, pollutant, averaging):
            out["special"] = {"above": special.above, "fixed": str(special.result)}
        return out

    def classes(self, standard: str) -> list[AqiClass]:
        """Classes of the index from the best on. Raises NotInTable for an unknown index standard.

        The 2026 table begins at 1; a zero concentration gives 0 by the formula and is in class 1 all the same.
        """
        found = [AqiClass(int(r["level"]), int(r["aqi_low"]), int(r["aqi_high"]), r["category"], r["colour"],
                          (int(r["r"]), int(r["g"]), int(r["b"])))
                 for r in self._rows["air_classes"] if r["standard"] == standard]
        if not found:
            raise NotInTable(f"no classes of {standard}")
        return found

    def class_of(self, aqi: int, standard: str) -> AqiClass:
        """Class of an index; above the last class the last one. Raises NotInTable."""
        classes = self.classes(standard)
        return next((c for c in classes if aqi <= c.high), classes[-1])

    def rounding(self, quantity: str) -> Rounding:
        """Digits of a quantity. Raises NotInTable."""
        for row in self._rows["air_rounding"]:
            if row["quantity"] == quantity:
                return Rounding(*(int(row[f"decimals_{part}"]) if row[f"decimals_{part}"] else None
                                  for part in ("raw", "statistics", "compliance", "index")))
        raise NotInTable(f"no digits for {quantity}")

    def minimum(self, scope: str, quantity: str) -> int:
        """How much data makes a value valid. Raises NotInTable."""
        for row in self._rows["air_validity"]:
            if (row["scope"], row["quantity"]) == (scope, quantity):
                return int(row["minimum"])
        raise NotInTable(f"no validity rule for {quantity} of {scope}")

    def validity(self, pollutant: str, averaging: str) -> tuple[Validity, ...]:
        """All rules for a mean of a pollutant: averaging 1h, 8h, mda8, 24h, quarter, year. Raises NotInTable."""
        found = tuple(Validity(r["scope"], r["quantity"], int(r["minimum"]), r["clause"], r["status"])
                      for r in self._rows["air_validity"]
                      if r["averaging"] == averaging and pollutant in r["pollutants"].split(";"))
        if not found:
            raise NotInTable(f"no validity rule for {pollutant}, {averaging}")
        return found


def _holds(row: Row, when: date) -> bool:
    return ((not row["valid_from"] or row["valid_from"] <= when.isoformat())
            and (not row["valid_to"] or when.isoformat() <= row["valid_to"]))


def _in_force(rows: Sequence[Row], when: date) -> Row:
    for row in rows:
        if _holds(row, when):
            return row
    raise NotInTable(f"no standard in force on {when}")


def load(overrides: Mapping[str, Sequence[Row]] | None = None) -> Tables:
    """The tables of this release, with whole tables replaced. Raises KeyError for an unknown table name."""
    overrides = overrides or {}
    if unknown := sorted(set(overrides) - set(NAMES)):
        raise KeyError(f"no table {', '.join(unknown)}")
    return Tables({name: overrides[name] if name in overrides else _read(name) for name in NAMES})


def _read(name: str) -> list[Row]:
    text = files("qingyuan.standards").joinpath("data", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


TABLES = load()
