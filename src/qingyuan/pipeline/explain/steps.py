"""The way from telegrams to a figure as a list of operations that a stranger can do again.

Each step has an id, an operation, its inputs and its outcome; the independent verifier replays every one.
Operations: telegram, mean, round, mda8, iaqi, max, text (docs/formats.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import reduce
from typing import Any

from qingyuan import hj212
from qingyuan.assess import averaging_of, breakpoints_of, iaqi_trace, o3_mda8
from qingyuan.evidence.leaf import FrameLeaf
from qingyuan.ledger import LeafDropped
from qingyuan.numerics import decimals
from qingyuan.pipeline.evaluate import days, hours
from qingyuan.pipeline.evaluate.aqi import DIGITS
from qingyuan.pipeline.evaluate.context import SYMBOLS, Context
from qingyuan.pipeline.explain.beliefs import Beliefs
from qingyuan.pipeline.explain.leaves import Leaves
from qingyuan.pipeline.figure import Figure
from qingyuan.pipeline.intake import Observation
from qingyuan.standards import TABLES
from qingyuan.vocabulary import factors


class Rule(StrEnum):
    """What a step rests on beside its clause: a closed list."""

    MINUTES = "at least 45 minutes"
    HOURS = "at least 20 hours"
    MDA8 = "6 hours a window, 14 windows or above the limit; which windows count is a setting"
    DROPPED = "the telegram was dropped at the end of its retention, only its hash is left"
    POINTS = "concentrations of the points first, three quarters of them valid"


class Steps:
    """Builds the steps of one figure; the same sub-figure is worked out once."""

    def __init__(self, beliefs: Beliefs, leaves: Leaves, context: Context) -> None:
        self._beliefs, self._leaves, self._context = beliefs, leaves, context
        self._done: dict[tuple[str, str, int], str] = {}
        self.steps: list[dict[str, Any]] = []
        self.tables: dict[str, Any] = {}

    def figure(self, figure: Figure) -> str:
        """Add the steps of a figure; returns the id of its last step, whose outcome is the figure's value."""
        where = figure.name, figure.subject, figure.start
        if where not in self._done:
            kind, _, symbol = figure.name.partition(".")
            city = figure.subject.startswith("city:")
            if kind == "aqi":
                self._done[where] = self._aqi(figure, symbol)
            elif city:
                self._done[where] = self._city(figure)
            elif kind == "hour":
                self._done[where] = self._hour(figure)
            else:
                self._done[where] = self._day(figure, symbol)
            if self.steps[-1]["out"] != figure.value:
                reason = f"as published under rule set {figure.rules}; the rules of this release give another value"
                self._done[where] = self._text(figure.value, reason, [self._done[where]])
            self.steps[-1]["figure"] = str(figure.key)
        return self._done[where]

    def _add(self, op: str, out: str, **more: Any) -> str:
        step = {"id": f"s{len(self.steps) + 1}", "op": op, **more, "out": out}
        self.steps.append(step)
        return step["id"]

    def _text(self, out: str, reason: str, inputs: Sequence[str] = ()) -> str:
        return self._add("text", out, reason=reason, **{"in": list(inputs)})

    def _hour(self, figure: Figure) -> str:
        site = self._beliefs.registry.sites[figure.subject].during(figure.start)
        rows = self._beliefs.observations.get((figure.subject, figure.factor, figure.start), [])
        detail = figure.details()
        kind = "hour" if detail["source"] == "sent" else "minute"
        rows = [r for r in rows if r.key.kind == kind and r.value("avg") is not None]
        if kind == "minute":
            rows = hours.counting(site, figure.factor, rows)
        elif rows:
            rows = [reduce(hours.newest, rows)]
        exponent = hours.exponent(site, figure.factor) or 0
        ids = [self._telegram(row, exponent) for row in rows]
        if not figure.valid:
            return self._text("", "excluded: " + ", ".join(detail["excluded"]), ids)
        if kind == "hour" and ids:
            return ids[0]
        return self._mean(figure, ids, f"{figure.standard} table 4", Rule.MINUTES)

    def _mean(self, figure: Figure, ids: Sequence[str | None], clause: str, rule: Rule, least: int = 1) -> str:
        known = [i for i in ids if i]
        numbers = [decimals.parse_long(self._out(i)) for i in known]
        if len(known) < least or None in numbers:
            return self._text("", f"{len(known)} values are too few by this release", known)
        scale = max(number[1] for number in numbers if number)
        total = sum(decimals.rescale(*number, scale) for number in numbers if number)
        mean = decimals.round_ratio(total, 10 ** scale * len(known), figure.scale or 0)
        return self._add("mean", decimals.to_text(mean, figure.scale or 0), digits=figure.scale, mode="half_even",
                         clause=clause, rule=rule.value, **{"in": known})

    def _out(self, step_id: str) -> str:
        return self.steps[int(step_id[1:]) - 1]["out"]

    def _telegram(self, row: Observation, exponent: int) -> str:
        mantissa, scale = row.value("avg") or (0, 0)
        places = max(0, scale - exponent)
        out = decimals.to_text(mantissa * 10 ** max(0, exponent - scale), places)
        try:
            number, leaf = self._leaves.use(row.ledger, row.leaf)
        except LeafDropped:
            return self._add("text", out, reason=f"{row.ledger}#{row.leaf}", rule=Rule.DROPPED.value, **{"in": []})
        assert isinstance(leaf.payload, FrameLeaf)
        sent = hj212.decode(leaf.payload.masked).factors
        code = next(c for c, values in sent.items()          # a telegram may state a factor under two of its codes
                    if factors.canonical(c) == row.key.factor and _states(values.get("Avg"), mantissa, scale))
        return self._add("telegram", out, leaf=number, factor=code, suffix="Avg", unit_exp=exponent, mark=row.mark,
                         site=row.key.site)

    def _day(self, figure: Figure, symbol: str) -> str:
        found = [self._beliefs.figure(f"hour.{symbol}", figure.subject, figure.start + h * 3_600_000_000)
                 for h in range(24)]
        ids = [self.figure(f) if f is not None and f.valid else None for f in found]
        detail = figure.details()
        if not figure.valid:
            return self._text("", f"not valid: {detail['hours']} hours", [i for i in ids if i])
        if symbol == "O3":
            return self._mda8(figure, ids)
        return self._mean(figure, ids, f"{figure.standard} table 4", Rule.HOURS, least=20)

    def _mda8(self, figure: Figure, ids: list[str | None]) -> str:
        limit = days.limit_text(self._context, figure.start)
        eight = o3_mda8([None if i is None else self._out(i) for i in ids], limit)
        if not eight.valid or eight.value is None:
            return self._text("", "too few 8 h means by this release", [i for i in ids if i])
        return self._add("mda8", str(eight.value), limit=limit, min_hours=6, windows=[8, 24], digits=figure.scale,
                         clause="HJ 663 6.1.2", rule=Rule.MDA8.value, **{"in": ids})

    def _city(self, figure: Figure) -> str:
        city = figure.subject.removeprefix("city:")
        found = [self._beliefs.figure(figure.name, site.id, figure.start)
                 for site in self._context.points(city, figure.start)]
        ids = [self.figure(f) for f in found if f is not None and f.valid]
        if not figure.valid:
            detail = figure.details()
            return self._text("", f"{detail['valid_points']} of {detail['points']} points valid", ids)
        return self._mean(figure, ids, "HJ 663", Rule.POINTS)

    def _aqi(self, figure: Figure, kind: str) -> str:
        prefix = "hour" if kind == "realtime" else "day"
        ids = []
        for symbol in SYMBOLS:
            source = self._beliefs.figure(f"{prefix}.{symbol}", figure.subject, figure.start)
            if source is None or not source.valid:
                continue
            averaging = averaging_of(kind, symbol)
            entering = self._entering(source, symbol, TABLES.rounds_input(figure.standard, averaging))
            if (step := self._iaqi(figure.standard, symbol, averaging, *entering)) is not None:
                ids.append(step)
        if figure.valid and ids:
            largest = max((self._out(i) for i in ids), key=int)
            return self._add("max", largest, clause=figure.standard, **{"in": ids})
        return self._text(figure.value, "not published: a pollutant is missing and the index is not above 100 "
                          "(HJ 633-2026 5.3.1)" if ids else "nothing was measured", ids)

    def _entering(self, source: Figure, symbol: str, rounds: bool) -> tuple[str, str]:
        """Step and text of the concentration as it enters the index."""
        inner = self.figure(source)
        digits = DIGITS[symbol]
        text = decimals.round_text(source.value, digits) if rounds else source.value
        if text == source.value:
            return inner, text
        return self._add("round", text, digits=digits, mode="half_even", **{"in": [inner]}), text

    def _iaqi(self, standard: str, symbol: str, averaging: str, inner: str, text: str) -> str | None:
        index = iaqi_trace(standard, symbol, averaging, text)["iaqi"]
        if index is None:
            return None
        breakpoints = breakpoints_of(averaging, symbol)
        name = f"{standard}/{symbol}/{breakpoints}"
        self.tables[name] = TABLES.published_table(standard, symbol, breakpoints)
        return self._add("iaqi", str(index), table=name, clause=self.tables[name]["clause"], **{"in": [inner]})


def _states(text: str | None, mantissa: int, scale: int) -> bool:
    plain = hj212.numeric(text) if text is not None else None
    return plain is not None and decimals.parse(plain) == (mantissa, scale)


def points_of(context: Context, subject: str, start_us: int) -> list[str]:
    """Sites whose figures of a period make those of a subject."""
    if subject.startswith("city:"):
        return [site.id for site in context.points(subject.removeprefix("city:"), start_us)]
    return [subject]

