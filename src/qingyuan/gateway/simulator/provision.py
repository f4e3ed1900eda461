"""Enter a source's stations, its replay profile and the tick into a home's office ledger."""

from __future__ import annotations

from fractions import Fraction

from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.simulator.source import Source
from qingyuan.ledger import Home, Keyring, open_office
from qingyuan.ledger.office import append_once
from qingyuan.numerics.time import HOUR_US
from qingyuan.registry import EntryKind, payload

BEFORE_US = 300_000_000        # the data clock begins five minutes before the first hour ends


def data_begin_us(source: Source) -> int:
    """Data time at which a replay begins."""
    return source.start_us + HOUR_US - BEFORE_US


def provision(home: Home, keyring: Keyring, source: Source, *, real_us: int, speed: float, tick_s: float) -> None:
    """Append registry, replay and setting entries (each once); passwords enter only as keyed hashes."""
    entries = [
        payload(EntryKind.SETTING, "home", {"tick_s": _ratio(tick_s)}),
        payload(EntryKind.REPLAY, source.name, {"real_us": real_us, "data_us": data_begin_us(source),
                                                "speed": _ratio(speed)}),
        *(payload(EntryKind.SITE, station.id, source.registry_data(station, keyring.password_check))
          for station in source.stations)]
    with open_office(home, keyring) as writer:
        for entry in entries:
            key = f"provision/{source.name}/{entry['entry']}/{entry['id']}"
            append_once(writer, Kind.REGISTRY, entry | {"key": key})


def _ratio(value: float) -> str:
    return str(Fraction(value).limit_denominator(1_000_000))
