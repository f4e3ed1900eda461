"""Units by ASCII keys, their printed form, and exact conversion between those that differ by powers of ten."""

from __future__ import annotations


class UnitMismatch(ValueError):
    """Two units have no exact power of ten between them."""


_SIMPLE = {                                  # unit -> quantity and exponent to its base unit
    **{unit: ("mass", e) for unit, e in (("t", 6), ("kg", 3), ("g", 0), ("mg", -3), ("ug", -6), ("ng", -9))},
    **{unit: ("volume", e) for unit, e in (("m3", 0), ("L", -3), ("mL", -6))},
    **{unit: ("length", e) for unit, e in (("km", 3), ("m", 0), ("cm", -2), ("mm", -3))},
    **{unit: ("pressure", e) for unit, e in (("kPa", 3), ("hPa", 2), ("Pa", 0))},
    **{unit: ("conductance", e) for unit, e in (("S", 0), ("mS", -3), ("uS", -6))},
    **{unit: ("voltage", e) for unit, e in (("kV", 3), ("V", 0), ("mV", -3))},
    **{unit: ("current", e) for unit, e in (("A", 0), ("mA", -3))},
    **{unit: ("energy", e) for unit, e in (("MWh", 6), ("kWh", 3), ("Wh", 0))},
    "s": ("seconds", 0), "min": ("minutes", 0), "h": ("hours", 0), "Bq": ("activity", 0), "count": ("count", 0),
}
_PRINTED = {
    "m3": "m³", "m2": "m²", "ug": "µg", "uS": "µS", "degC": "°C", "deg": "°", "degree": "度", "1": "",
    "t/(km2.month)": "t/(km²·month)", "rpm": "r/min",
}


def label(unit: str) -> str:
    """A unit as it is printed (ug/m3 as µg/m³); dimensionless is empty, an unknown one stays as it is."""
    return _PRINTED[unit] if unit in _PRINTED else "/".join(_PRINTED.get(part, part) for part in unit.split("/"))


def factor10(source: str, target: str) -> int:
    """Exponent e with 1 source = 10**e target: mg/m3 to ug/m3 is 3, mg/L to mg/m3 is 3, L/s to m3/s is -3.

    Raises UnitMismatch where there is none (minutes and hours, ppm and mg/m3, mg/m3 and mg).
    """
    if source == target:
        return 0
    left, right = _measure(source), _measure(target)
    if left is None or right is None or left[0] != right[0]:
        raise UnitMismatch(f"no power of ten leads from '{source}' to '{target}'")
    return left[1] - right[1]


def _measure(unit: str) -> tuple[tuple[str, ...], int] | None:
    """What a unit measures (over what), and its exponent to the base units."""
    parts = [_SIMPLE.get(part) for part in unit.split("/")]
    if None in parts:
        return None
    known = [part for part in parts if part is not None]
    return tuple(quantity for quantity, _ in known), known[0][1] - sum(e for _, e in known[1:])
