"""What the office ledger says of each entry: every version with its leaf, and what holds over valid time."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from qingyuan.console import home
from qingyuan.registry import Entry, EntryError, EntryKind, parse
from qingyuan.registry.entries import ENVELOPE

EDITABLE = (EntryKind.ORGANISATION, EntryKind.SITE, EntryKind.CHANNEL, EntryKind.PROFILE, EntryKind.PARK,
            EntryKind.LIMIT, EntryKind.CAMERA)
NEVER = -1                                   # base of an entry that is not there yet
Subject = tuple[EntryKind, str]


@dataclass(frozen=True)
class Version:
    """One leaf that speaks of an entry. `by` is a pseudonym, empty where no person is named."""

    leaf: int
    entry: Entry
    payload: Mapping[str, Any]
    by: str

    @property
    def data(self) -> dict[str, Any]:
        """Fields as they were written."""
        return dict(self.payload["data"])


@dataclass(frozen=True)
class Segment:
    """What holds over [from_us, to_us) of valid time; None: without bound. Without a version nothing is said."""

    from_us: int | None
    to_us: int | None
    version: Version | None


_lock = threading.Lock()
_indexes: dict[str, tuple[int, dict[Subject, tuple[Version, ...]]]] = {}


def everything() -> Mapping[Subject, Sequence[Version]]:
    """Every version of every entry that may be edited here, in ledger order; read on from where it last ended."""
    history = home.registry_history()
    with _lock:
        done, index = _indexes.get(str(settings.QINGYUAN_HOME), (0, {}))
        if len(history) > done:
            index = dict(index)              # whoever holds the old one goes on with it
            for learned_us, payload in history[done:]:
                try:
                    entry = parse(payload, learned_us)
                except EntryError:           # it stands in the ledger and says nothing
                    continue
                if entry.kind in EDITABLE:
                    plain = {name: payload[name] for name in ENVELOPE if name in payload}
                    version = Version(payload["leaf"], entry, plain, str(payload.get("by", "")))
                    index[entry.kind, entry.id] = (*index.get((entry.kind, entry.id), ()), version)
            _indexes[str(settings.QINGYUAN_HOME)] = len(history), index
    return index


def versions(kind: EntryKind, name: str, as_of_us: int | None = None) -> list[Version]:
    """Versions of one entry known at an instant of our time, in ledger order."""
    return [v for v in everything().get((kind, name), ()) if as_of_us is None or v.entry.learned_us <= as_of_us]


def base_of(found: Sequence[Version]) -> int:
    """The leaf a change of this entry rests on: the one learned last."""
    return found[-1].leaf if found else NEVER


def standing(found: Sequence[Version]) -> Version | None:
    """The version that holds for all time to come, else the last that ended; as the fold chooses it."""
    ranked = enumerate(found)
    best = max(ranked, key=lambda v: (v[1].entry.valid_to_us is None, v[1].entry.valid_to_us or 0, v[0]), default=None)
    return best[1] if best else None


def timeline(found: Iterable[Version]) -> list[Segment]:
    """What holds over all of valid time, without gaps: of several versions the one learned last."""
    ordered = list(found)
    begins = {v.entry.valid_from_us for v in ordered} | {v.entry.valid_to_us for v in ordered}
    edges: list[int | None] = [None, *sorted(edge for edge in begins if edge is not None)]
    out: list[Segment] = []
    for edge, after in zip(edges, [*edges[1:], None], strict=True):
        holds = next((v for v in reversed(ordered) if _covers(v.entry, edge)), None)
        if out and _same(out[-1].version, holds):
            out[-1] = Segment(out[-1].from_us, after, out[-1].version)
        else:
            out.append(Segment(edge, after, holds))
    return out


def _covers(entry: Entry, edge: int | None) -> bool:
    """True if the entry holds from an edge on; None: from the beginning of time."""
    return entry.valid_from_us is None if edge is None else entry.covers(edge)


def _same(one: Version | None, other: Version | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.entry.record == other.entry.record
