"""Units by ASCII keys, their printed form, and exact conversion between those that differ by powers of ten."""

from __future__ import annotations


class UnitMismatch(ValueError):
    """Two units have no exact power of ten between them."""


_MASS = {"t": 6, "kg": 3, "g": 0, "mg": -3, "ug": -6, "ng": -9}
_PRINTED = {
    "ug/m3": "µg/m³", "mg/m3": "mg/m³", "ng/m3": "ng/m³", "g/m3": "g/m³", "ug/L": "µg/L", "m3/s": "m³/s", "m3": "m³",
    "degC": "°C", "uS/cm": "µS/cm", "m2": "m²", "deg": "°", "degree": "度", "t/(km2.month)": "t/(km²·month)", "1": "",
}


def label(unit: str) -> str:
    """A unit as it is printed; dimensionless is empty."""
    return _PRINTED.get(unit, unit)


def factor10(source: str, target: str) -> int:
    """Exponent e with 1 source = 10**e target. Raises UnitMismatch where there is none."""
    if source == target:
        return 0
    left, right = source.partition("/"), target.partition("/")
    if left[2] == right[2] and left[0] in _MASS and right[0] in _MASS:
        return _MASS[left[0]] - _MASS[right[0]]
    raise UnitMismatch(f"no power of ten leads from '{source}' to '{target}'")
