"""Enter a source's stations, its replay profile and the tick into a home's office ledger."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.simulator.source import Source
from qingyuan.ledger import Home, Keyring, open_office
from qingyuan.ledger.office import append_once
from qingyuan.numerics.time import HOUR_US
from qingyuan.registry import DataClock, EntryKind, Replay, payload

BEFORE_US = 300_000_000        # the data clock begins five minutes before the first hour ends


def data_begin_us(source: Source) -> int:
    """Data time at which a replay begins."""
    return source.start_us + HOUR_US - BEFORE_US


def pace(source: Source, real_us: int, speed: float, then: tuple[int, float] | None = None) -> DataClock:
    """The clock of a replay: at `real_us` of our clock its data time begins, `speed` times as fast as ours; `then`: a
    later instant of data time, and the speed from there on.
    """
    first = Replay(source.name, real_us, data_begin_us(source), Fraction(_ratio(speed)))
    if then is None:
        return DataClock((first,))
    at_us, slower = then
    turn_us = DataClock((first,)).real_us(at_us)
    return DataClock((first, Replay(f"{source.name}-then", turn_us, at_us, Fraction(_ratio(slower)))))


def provision(home: Home, keyring: Keyring, source: Source, *also: Source, real_us: int, speed: float,
              tick_s: float, then: tuple[int, float] | None = None) -> None:
    """Append registry, replay and setting entries (each once); passwords enter only as keyed hashes. Of several
    sources that are played together the first sets the clock (`pace`).
    """
    entries: list[Mapping[str, Any]] = [
        payload(EntryKind.SETTING, "home", {"tick_s": _ratio(tick_s)}),
        *(payload(EntryKind.REPLAY, step.id, {"real_us": step.real_us, "data_us": step.data_us,
                                              "speed": str(step.speed)})
          for step in pace(source, real_us, speed, then).profiles)]
    for one in (source, *also):
        entries += one.entries
        entries += [payload(EntryKind.SITE, station.id, one.registry_data(station, keyring.password_check))
                    for station in one.stations]
    with open_office(home, keyring) as writer:
        for entry in entries:
            key = f"provision/{source.name}/{entry['entry']}/{entry['id']}"
            append_once(writer, Kind.REGISTRY, {**entry, "key": key})


def _ratio(value: float) -> str:
    return str(Fraction(value).limit_denominator(1_000_000))
