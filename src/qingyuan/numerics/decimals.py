"""Exact decimals: a mantissa and a scale, value = mantissa / 10**scale. Rounding happens here and nowhere else.

GB/T 8170 rounds four down, six up, an exact five to the even digit, in one step. It is applied to whole numbers
and fractions, never to binary floats.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_DIGITS = 18       # more do not fit into 64 bits
MOST_TEXT = 4000       # more digits than this are no number of the field (and slow to read)
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)


class Inexact(ValueError):
    """A change of scale would lose digits."""


class Mode(StrEnum):
    """How a number between two steps is rounded."""

    HALF_EVEN = "half_even"      # GB/T 8170
    HALF_UP = "half_up"          # half away from zero
    UP = "up"                    # to the next larger (HJ 633: indices go up)
    DOWN = "down"                # to the next smaller


HALF_EVEN, HALF_UP, UP, DOWN = Mode.HALF_EVEN, Mode.HALF_UP, Mode.UP, Mode.DOWN


def parse(text: str) -> tuple[int, int] | None:
    """Mantissa and scale of a plain decimal (sign, digits, one point); None for any other text or over 18 digits."""
    if not _PLAIN.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    if len((whole.lstrip("+-") + part).lstrip("0")) > MOST_DIGITS or len(part) > MOST_DIGITS:
        return None
    return int(whole + part), len(part)


def parse_long(text: str) -> tuple[int, int] | None:
    """As `parse`, of any number of digits up to 4000: for text that is rounded and not stored."""
    if len(text) > MOST_TEXT or not _PLAIN.fullmatch(text):
        return None
    whole, _, part = text.partition(".")
    return int(whole + part), len(part)


def to_text(mantissa: int, scale: int) -> str:
    """Decimal text with exactly `scale` decimals; a zero carries no sign. Raises ValueError for a negative scale."""
    if scale < 0:
        raise ValueError("a scale is not negative")
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    sign = "-" if mantissa < 0 else ""
    return sign + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)


def rescale(mantissa: int, scale: int, to: int) -> int:
    """The mantissa of the same value at another scale. Raises Inexact where digits would be lost."""
    if to >= scale:
        return mantissa * 10 ** (to - scale)
    out, lost = divmod(mantissa, 10 ** (scale - to))
    if lost:
        raise Inexact(f"{to_text(mantissa, scale)} does not fit into {to} decimals")
    return out


def round_ratio(num: int, den: int, digits: int, mode: Mode = HALF_EVEN) -> int:
    """num / den rounded once to `digits` decimals (negative: tens, hundreds); the mantissa at that scale.

    Raises ZeroDivisionError for den = 0.
    """
    if den < 0:
        num, den = -num, -den
    if digits >= 0:
        num *= 10 ** digits
    else:
        den *= 10 ** -digits
    low, rest = divmod(num, den)
    return low + _step(low, 2 * rest, den, rest, num, mode)


def _step(low: int, twice: int, den: int, rest: int, num: int, mode: Mode) -> int:
    if mode is Mode.DOWN or not rest:
        return 0
    if mode is Mode.UP:
        return 1
    if twice != den:
        return int(twice > den)
    return low & 1 if mode is Mode.HALF_EVEN else int(num > 0)


def round_scaled(mantissa: int, scale: int, digits: int, mode: Mode = HALF_EVEN) -> int:
    """mantissa / 10**scale rounded to `digits` decimals; the mantissa at that scale."""
    return round_ratio(mantissa, 10 ** scale, digits, mode)


def round_text(text: str, digits: int, mode: Mode = HALF_EVEN) -> str:
    """A decimal text of any length rounded by GB/T 8170 to `digits` decimals (negative: tens, hundreds).

    Raises ValueError for other text.
    """
    number = parse_long(text)
    if number is None:
        raise ValueError(f"'{text[:40]}' is no plain decimal number")
    mantissa = round_scaled(*number, digits, mode)
    return to_text(mantissa * 10 ** max(0, -digits), max(0, digits))


def as_int64(values: Any) -> NDArray[np.int64]:
    """An array as int64. Raises TypeError where that could lose something (floats, unsigned 64 bits, objects)."""
    array = np.asarray(values)
    if array.size and not np.can_cast(array.dtype, np.int64, "safe"):
        raise TypeError(f"{array.dtype} numbers do not fit into int64 without loss")
    return array.astype(np.int64, copy=False)


def round_ratio_array(num: NDArray[np.int64], den: NDArray[np.int64] | int, digits: int,
                      mode: Mode = HALF_EVEN) -> NDArray[np.int64]:
    """`round_ratio` of each element; num int64[n], den int64[n] or one number above 0, digits not negative.

    Raises OverflowError where 2 * num * 10**digits or 2 * den leaves 64 bits, ValueError for den below 1 or negative
    digits, TypeError for arrays that are not whole numbers of at most 64 bits with sign.
    """
    num = as_int64(num)
    divisor: NDArray[Any] = np.broadcast_to(as_int64(den), num.shape)
    if digits < 0 or (divisor.size and divisor.min() < 1):
        raise ValueError("a divisor must be above 0 and digits not negative")
    most = np.iinfo(np.int64).max // (2 * 10 ** digits)
    if num.size and (abs(int(num.min())) > most or int(num.max()) > most
                     or int(divisor.max()) > np.iinfo(np.int64).max // 2):
        raise OverflowError("the numbers are too large for exact 64-bit rounding")
    low, rest = np.divmod(num * 10 ** digits, divisor)
    if mode is Mode.DOWN:
        return low
    if mode is Mode.UP:
        return low + (rest > 0)
    tie = (low & 1) == 1 if mode is Mode.HALF_EVEN else num > 0
    return low + ((2 * rest > divisor) | ((2 * rest == divisor) & tie))
