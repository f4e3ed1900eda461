"""Which of some new entries would change what is in force: an entry that says what is said already need not be kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from qingyuan.registry.entries import Entry, parse
from qingyuan.registry.errors import EntryError
from qingyuan.registry.fold import fold
from qingyuan.registry.kinds import EntryKind
from qingyuan.registry.records import Record

Said = tuple[int, Mapping[str, Any]]                       # learned_us, payload
WHOLE_HOME = (EntryKind.SETTING, EntryKind.REPLAY)         # such entries work together whatever their ids
MIN_US, MAX_US = -(1 << 63), 1 << 63


def changing(known: Sequence[Said], fresh: Sequence[Mapping[str, Any]]) -> list[int]:
    """Numbers of the fresh entries that must be added, in order.

    Entries of one subject are taken together, because a later one may end what an earlier one says: all of them are
    added if they make any difference at any instant of valid time, else none.
    """
    subjects: dict[Hashable, list[int]] = {}
    for number, payload in enumerate(fresh):
        subjects.setdefault(_subject(parse(payload)), []).append(number)
    before: dict[Hashable, list[Said]] = {}
    for learned_us, payload in known:
        try:
            subject = _subject(parse(payload))
        except EntryError:                                 # it stands in the ledger and says nothing
            continue
        before.setdefault(subject, []).append((learned_us, payload))
    out: list[int] = []
    for subject, numbers in subjects.items():
        old = before.get(subject, [])
        later_us = old[-1][0] + 1 if old else 0
        if _effect(old) != _effect([*old, *((later_us, fresh[number]) for number in numbers)]):
            out += numbers
    return sorted(out)


def _subject(entry: Entry) -> Hashable:
    return entry.kind if entry.kind in WHOLE_HOME else (entry.kind, entry.id)


def _effect(said: Sequence[Said]) -> object:
    """What the entries of one subject amount to, in a form that can be compared."""
    entries = [parse(payload, learned_us) for learned_us, payload in said]
    kind = entries[0].kind if entries else None
    if kind in WHOLE_HOME:
        registry = fold(said)
        return registry.clock, registry.tick_us, registry.idle_s, registry.max_connections
    if kind is EntryKind.ADMISSION:
        return {entry.id: entry.record for entry in entries}
    return _timeline(entries)


def _timeline(entries: Iterable[Entry]) -> list[tuple[int, Record | None]]:
    """(instant, what holds from then on) over all of valid time; of several entries the one learned last."""
    ordered = list(entries)
    edges = sorted({MIN_US} | {_begin(entry) for entry in ordered} | {_end(entry) for entry in ordered})
    out: list[tuple[int, Record | None]] = []
    for edge in edges:
        holds = next((e.record for e in reversed(ordered) if _begin(e) <= edge < _end(e)), None)
        if not out or out[-1][1] != holds:
            out.append((edge, holds))
    return out


def _begin(entry: Entry) -> int:
    return MIN_US if entry.valid_from_us is None else entry.valid_from_us


def _end(entry: Entry) -> int:
    return MAX_US if entry.valid_to_us is None else entry.valid_to_us
