"""When a value is as expected (conformance.md 2): whole dictionaries, lists in order, null only null, exact text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

ASSESSMENT = Decimal("0.001")
NUMBERS = (int, float, Decimal)


def same(expected: Any, got: Any, tolerance: Decimal | None = None) -> bool:
    """True if `got` is `expected`; numbers that are not integers within the tolerance where one is given."""
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got
    if isinstance(expected, dict):
        return (isinstance(got, dict) and expected.keys() == got.keys()
                and all(same(value, got[key], tolerance) for key, value in expected.items()))
    if isinstance(expected, list):
        return (isinstance(got, (list, tuple)) and len(expected) == len(got)
                and all(same(a, b, tolerance) for a, b in zip(expected, got, strict=True)))
    if isinstance(expected, NUMBERS) and isinstance(got, NUMBERS):
        a, b = Decimal(str(expected)), Decimal(str(got))
        if isinstance(expected, int) or tolerance is None:
            return a == b
        return abs(a - b) <= tolerance
    return isinstance(expected, str) and isinstance(got, str) and expected == got
