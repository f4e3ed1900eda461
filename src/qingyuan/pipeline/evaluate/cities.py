"""City values: concentrations are averaged over the points first, then the index is taken (HJ 663; HJ 633 4.2.2).

All valid city points take part; at least 75 % of them (50 % with fewer than four points) must be valid. That
share is from memory of HJ 663-2013 6.2 and stands in the rule set, not in the code.
"""

from __future__ import annotations

from qingyuan.numerics import decimals
from qingyuan.pipeline.evaluate.aqi import DIGITS
from qingyuan.pipeline.evaluate.context import SYMBOLS, Context, validity_standard
from qingyuan.pipeline.figure import Draft, Figure, FigureKey
from qingyuan.vocabulary import factors


def subject_of(city: str) -> str:
    """Subject of a city's figures."""
    return f"city:{city}"


def complete(context: Context, city: str, start: int) -> bool:
    """True if every point of the city has reported that hour in some way."""
    return all(any(context.state.figure(f"hour.{s}", site.id, start) for s in SYMBOLS)
               for site in context.points(city, start))


def evaluate(context: Context, city: str, kind: str, start: int) -> bool:
    """`hour.*` or `day.*` figures of a city from the same figures of its points; True if one changed."""
    changed = [_post(context, city, f"{kind}.{symbol}", symbol, start) for symbol in SYMBOLS]
    return any(changed)


def enough(valid: int, points: int, context: Context) -> bool:
    """True if so many valid points speak for a city."""
    minimum = context.tables.minimum
    need = minimum("city", "share_percent_few" if points < minimum("city", "few_below") else "share_percent")
    return valid > 0 and valid * 100 >= need * points


def digits_of(kind: str, symbol: str, context: Context) -> int:
    """Digits of a city mean: those of the index input for hours, raw digits for days."""
    return DIGITS[symbol] if kind == "hour" else context.tables.rounding(symbol).raw or 0


def _post(context: Context, city: str, name: str, symbol: str, start: int) -> bool:
    points = context.points(city, start)
    found = [context.state.figure(name, site.id, start) for site in points]
    valid = [f for f in found if f is not None and f.valid]
    subject = subject_of(city)
    if not any(found) and context.state.figure(name, subject, start) is None:
        return False
    kind = name.partition(".")[0]
    digits = digits_of(kind, symbol, context)
    value = mean(valid, digits) if enough(len(valid), len(points), context) else None
    code = factors.code_of(symbol)
    return context.post(Draft(
        FigureKey(name, subject, start), 3600 if kind == "hour" else 86400,
        decimals.to_text(value, digits) if value is not None else "",
        (value, digits) if value is not None else None, factors.unit_of(code), validity_standard(code, start),
        context.rules, {"points": len(points), "valid_points": len(valid)},
        tuple(f"{f.key}@{f.version}" for f in valid), code))


def mean(figures: list[Figure], digits: int) -> int:
    """Exact mean of figures, rounded once by GB/T 8170; mantissa at `digits`."""
    scale = max(f.scale or 0 for f in figures)
    total = sum(decimals.rescale(f.mantissa or 0, f.scale or 0, scale) for f in figures)
    return decimals.round_ratio(total, len(figures) * 10**scale, digits)
