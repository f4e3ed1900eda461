"""Assessment rows of the vector files: each operation calls the product's own function (conformance.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qingyuan import assess
from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, AirSettings, LimitNotDefined, NotInTable

Row = Mapping[str, Any]
Op = Callable[[Row, Row], dict[str, Any]]


AVERAGINGS = ("1h", "8h", "24h")
REFERENCE_STATE = "298.15 K, 1013.25 hPa"


def text(value: Any) -> str:
    """A JSON number or text as plain decimal text."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError(f"{value!r} is no number")
    return value.strip() if isinstance(value, str) else format(Decimal(str(value)), "f")


def optional(value: Any) -> str | None:
    """The same, null where nothing is given."""
    return None if value is None else text(value)


def whole(value: Any) -> int:
    """A whole number given as number or text. Raises ValueError for a fraction."""
    number = decimals.parse(text(value))
    if number is None:
        raise ValueError(f"{value!r} is no whole number")
    return decimals.rescale(*number, 0)


def _texts(given: Row) -> dict[str, str | None]:
    return {name: optional(value) for name, value in given.items()}


def _with_settings(function: Callable[[Row, AirSettings], dict[str, Any]]) -> Op:
    """Settings of a row are read once, strictly; an unknown one is refused whatever the operation."""
    def run(given: Row, settings: Row) -> dict[str, Any]:
        return function(given, AirSettings.of(settings))
    return run


def _aqi(function: Callable[..., assess.AqiResult]) -> Callable[[Row, AirSettings], dict[str, Any]]:
    def run(given: Row, settings: AirSettings) -> dict[str, Any]:
        return function(_texts(given["conc"]), given["standard"], given.get("not_in_monitoring_plan") or (),
                        settings=settings).expected()
    return run


def _iaqi(given: Row, settings: AirSettings) -> dict[str, Any]:
    standard, pollutant, averaging = given["standard"], given["pollutant"], given["averaging"]
    value = optional(given["concentration"])
    try:
        return {"iaqi": assess.iaqi(standard, pollutant, averaging, value, settings=settings)}
    except NotInTable:
        TABLES.classes(standard)            # an unknown standard, pollutant or mean stays an error
        if pollutant not in assess.SYMBOLS or averaging not in AVERAGINGS:
            raise
        return {"iaqi": None}               # the standard computes none from this mean


def _round(given: Row, _: AirSettings) -> dict[str, Any]:
    value = optional(given["value"])
    return {"value": None if value is None else decimals.round_text(value, whole(given["decimals"]))}


def _o3_mda8(given: Row, settings: AirSettings) -> dict[str, Any]:
    hours = [optional(hour) for hour in given["hours"]]
    return assess.o3_mda8(hours, optional(given["limit"]), settings=settings).expected()


def _daily_mean(given: Row, _: AirSettings) -> dict[str, Any]:
    mean = assess.daily_mean([optional(hour) for hour in given["hours"]], given["pollutant"])
    return {"n": mean.n, "valid": mean.valid, "value": mean.value}


def _percentile(given: Row, _: AirSettings) -> dict[str, Any]:
    if "values_range" in given:
        first, last = (whole(end) for end in given["values_range"])
        values = [str(v) for v in range(first, last + 1)]
    else:
        values = [text(v) for v in given["values"] if v is not None]
    return {"value": assess.percentile_text(values, text(given["p"])) if values else None}


def _annual_validity(given: Row, _: AirSettings) -> dict[str, Any]:
    total, valid = assess.annual_validity([whole(days or 0) for days in given["days_per_month"]])
    return {"total": total, "valid": valid}


def _exceedance(given: Row, settings: AirSettings) -> dict[str, Any]:
    value, limit = optional(given["value"]), optional(given["limit"])
    known = value is not None and limit is not None
    return {"multiple": assess.exceedance(value or "", limit or "", settings=settings) if known else None}


def _rate(given: Row, settings: AirSettings) -> dict[str, Any]:
    good, valid = (whole(given[key] or 0) for key in ("good_days", "valid_days"))
    return {"rate_percent": assess.compliance_rate(good, valid, settings=settings)}


def _composite(given: Row, settings: AirSettings) -> dict[str, Any]:
    single, composite = assess.composite_index(_texts(given["stats"]), given["method"], settings=settings)
    return {"single": single, "composite": composite}


def _rank(given: Row, settings: AirSettings) -> dict[str, Any]:
    return {"rank": assess.rank(_texts(given["index"]), settings=settings)}


def _limit(given: Row, _: AirSettings) -> dict[str, Any]:
    try:
        limit = TABLES.limit(given["pollutant"], given["averaging"], whole(given["grade"]),
                             date.fromisoformat(given["date"]))
    except LimitNotDefined:
        return {"limit": None}
    return {"limit": Decimal(limit.value)}


def _gas_reference(given: Row, _: AirSettings) -> dict[str, Any]:
    if given.get("to", REFERENCE_STATE) != REFERENCE_STATE:
        raise ValueError(f"gases are brought to {REFERENCE_STATE}, not to {given['to']}")
    if given["value_273K"] is None:
        return {"value": None}
    value = assess.gas_at_298k(text(given["value_273K"]))
    return {"value": Decimal(decimals.to_text(decimals.round_ratio(value.numerator, value.denominator, 2), 2))}


OPS: dict[str, Op] = {name: _with_settings(function) for name, function in {
    "gbt8170.round": _round,
    "air.iaqi": _iaqi,
    "air.aqi_daily": _aqi(assess.aqi_daily),
    "air.aqi_realtime": _aqi(assess.aqi_realtime),
    "air.o3_mda8": _o3_mda8,
    "air.daily_mean": _daily_mean,
    "air.percentile": _percentile,
    "air.annual_validity": _annual_validity,
    "air.exceedance": _exceedance,
    "air.rate": _rate,
    "air.composite_index": _composite,
    "air.rank": _rank,
    "air.limit_for_date": _limit,
    "air.gas_reference": _gas_reference,
}.items()}
