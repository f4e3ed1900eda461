"""Assessment rows of the vector files: each operation calls the product's own function (conformance.md 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qingyuan import assess
from qingyuan.numerics import decimals
from qingyuan.standards import TABLES, AirSettings

Row = Mapping[str, Any]
Op = Callable[[Row, Row], dict[str, Any]]


def text(value: Any) -> str:
    """A JSON number or text as plain decimal text."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise ValueError(f"{value!r} is no number")
    return value.strip() if isinstance(value, str) else format(Decimal(str(value)), "f")


def _optional(value: Any) -> str | None:
    return None if value is None else text(value)


def _concentrations(given: Row) -> dict[str, str | None]:
    return {symbol: _optional(value) for symbol, value in given.items()}


def _aqi(function: Callable[..., assess.AqiResult]) -> Op:
    def run(given: Row, settings: Row) -> dict[str, Any]:
        return function(_concentrations(given["conc"]), given["standard"], given.get("not_in_monitoring_plan", ()),
                        settings=AirSettings.of(settings)).expected()
    return run


def _iaqi(given: Row, settings: Row) -> dict[str, Any]:
    return {"iaqi": assess.iaqi(given["standard"], given["pollutant"], given["averaging"],
                                _optional(given["concentration"]), settings=AirSettings.of(settings))}


def _round(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    return {"value": decimals.round_text(text(given["value"]), given["decimals"])}


def _o3_mda8(given: Row, settings: Row) -> dict[str, Any]:
    hours = [_optional(hour) for hour in given["hours"]]
    return assess.o3_mda8(hours, text(given["limit"]), settings=AirSettings.of(settings)).expected()


def _daily_mean(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    mean = assess.daily_mean([_optional(hour) for hour in given["hours"]], given["pollutant"])
    return {"n": mean.n, "valid": mean.valid, "value": mean.value}


def _percentile(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    if "values_range" in given:
        first, last = given["values_range"]
        values = [str(v) for v in range(first, last + 1)]
    else:
        values = [text(v) for v in given["values"] if v is not None]
    return {"value": assess.percentile_text(values, text(given["p"]))}


def _annual_validity(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    total, valid = assess.annual_validity(given["days_per_month"])
    return {"total": total, "valid": valid}


def _exceedance(given: Row, settings: Row) -> dict[str, Any]:
    multiple = assess.exceedance(text(given["value"]), text(given["limit"]), settings=AirSettings.of(settings))
    return {"multiple": multiple}


def _rate(given: Row, settings: Row) -> dict[str, Any]:
    return {"rate_percent": assess.compliance_rate(given["good_days"], given["valid_days"],
                                                   settings=AirSettings.of(settings))}


def _composite(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    single, composite = assess.composite_index(_plain(given["stats"]), given["method"])
    return {"single": single, "composite": composite}


def _plain(given: Row) -> dict[str, str]:
    return {name: text(value) for name, value in given.items()}


def _rank(given: Row, settings: Row) -> dict[str, Any]:
    return {"rank": assess.rank(_plain(given["index"]), settings=AirSettings.of(settings))}


def _limit(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    limit = TABLES.limit(given["pollutant"], given["averaging"], given["grade"], date.fromisoformat(given["date"]))
    return {"limit": Decimal(limit.value)}


def _gas_reference(given: Row, settings: Row) -> dict[str, Any]:
    AirSettings.of(settings)
    value = assess.gas_at_298k(text(given["value_273K"]))
    return {"value": Decimal(decimals.to_text(decimals.round_ratio(value.numerator, value.denominator, 2), 2))}


OPS: dict[str, Op] = {
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
}
