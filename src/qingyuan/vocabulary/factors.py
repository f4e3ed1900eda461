"""The factor dictionary: codes of HJ 212-2017 annex B, their aliases of 2005, names and units.

`unit` is the unit figures are published in; `default_unit` the one HJ 212 prints, which for particles is ng/m3
although stations send µg/m3. A site's own unit comes from the registry, never from here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from qingyuan.vocabulary.table import read

PROCESS = re.compile(r"[eg][1-9ab]\d{2}(?!00)\d{2}", re.ASCII)     # class, process, factor, device 01 to 99
CODE = re.compile(r"[a-zA-Z]\d{5}|\d{3}|[A-Z]\d{2}")
FURNACE = re.compile(r"i333[1-4][0-9A-Za-z]")                       # furnace temperatures: height and place


@dataclass(frozen=True, slots=True)
class Factor:
    """One measured quantity."""

    code: str
    code2005: str
    kind: str              # water, air, noise, process, info
    symbol: str | None     # SO2, PM2.5 …
    name_zh: str
    name_en: str
    unit: str
    default_unit: str
    mass_unit: str
    width: str             # printed width and decimals, such as N3.2
    source: str


@cache
def all_factors() -> MappingProxyType[str, Factor]:
    """Every factor by its code."""
    return MappingProxyType({row["code"]: Factor(**{**row, "symbol": row["symbol"] or None})  # type: ignore[arg-type]
                             for row in read("factors")})


@cache
def _aliases() -> dict[str, str]:
    return {f.code2005: f.code for f in all_factors().values() if f.code2005}


@cache
def _symbols() -> dict[str, str]:
    return {f.symbol: f.code for f in all_factors().values() if f.symbol}


def canonical(code: str) -> str:
    """The code of 2017 for a code of any edition; unknown codes, and process codes with a device, stay as they are."""
    return _aliases().get(code, code)


def factor(code: str) -> Factor | None:
    """A factor by its code of 2017 or 2005, or None.

    Process codes are found with their two-digit device (e10101), furnace temperatures with their place (i33311).
    """
    known = all_factors()
    found = known.get(canonical(code))
    if found is None and PROCESS.fullmatch(code):
        return known.get(code[:-2])
    if found is None and FURNACE.fullmatch(code):
        return known.get(code[:-1])
    return found


def symbol_of(code: str) -> str | None:
    """SO2, NO2, CO, O3, PM10, PM2.5 … for a code, or None."""
    found = factor(code)
    return found.symbol if found else None


def code_of(symbol: str) -> str:
    """The code of a symbol. Raises KeyError for an unknown one."""
    return _symbols()[symbol]


def unit_of(code: str) -> str:
    """Unit in which figures of a factor are published; empty for a code the dictionary does not know."""
    found = factor(code)
    return found.unit if found else ""


AIR_SIX = MappingProxyType({symbol: code_of(symbol) for symbol in ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")})
"""The six pollutants of the air quality index, in the order of the standards' lists."""


class UnknownFactor(LookupError):
    """Neither a symbol of the dictionary nor the form of a factor code."""


def named(text: str) -> str:
    """The code of a factor given by symbol (`PM2.5`) or code (`a34004`); 2005 codes give those of today.

    Raises UnknownFactor.
    """
    if text in _symbols():
        return code_of(text)
    if factor(text) is None and not CODE.fullmatch(text):
        raise UnknownFactor(f"no factor '{text}'; give a code such as a34004, or a symbol such as {', '.join(AIR_SIX)}")
    return canonical(text)
