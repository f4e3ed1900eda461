"""Telegrams of a logger that came before it was registered: found in quarantine, admitted by registry entries."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from qingyuan.evidence.leaf import FrameLeaf, Kind, Verdict, parse
from qingyuan.gateway.head import read_head
from qingyuan.ledger import QUARANTINE, Home, Keyring, Ledger, open_office
from qingyuan.ledger.dropped import read_dropped
from qingyuan.ledger.office import append_once
from qingyuan.ledger.repeats import raw_of
from qingyuan.pipeline.admitted import takes_in
from qingyuan.registry import Admission, EntryKind, Registry, Site, payload

Run = tuple[str, str, int, int]      # ledger, MN, first leaf, leaf after the last


def admit(home: Home, keyring: Keyring, sites: Collection[Site]) -> int:
    """Admit the quarantined frames of sites; returns how many entries were new.

    No retention comes in between: it drops only while it holds the office ledger, and what was found before something
    was dropped is looked for again.
    """
    while True:
        before, entries = _first_leaves(home), admissions(home, keyring, sites)
        if not entries:
            return 0
        with open_office(home, keyring) as office:
            if _first_leaves(home) == before:
                size = office.size
                for entry in entries:
                    append_once(office, Kind.REGISTRY, entry)
                return office.size - size


def _first_leaves(home: Home) -> dict[str, int]:
    """How far the retention has come in each quarantine."""
    return {name: read_dropped(home.ledger_path(name)).first for name in home.ledgers() if name.endswith(QUARANTINE)}


def any_admitted(home: Home, registry: Registry, name: str, first: int, stop: int) -> bool:
    """True if an admission of the registry takes in a leaf of a quarantine ledger in [first, stop)."""
    named = [one for one in registry.admissions if one.ledger == name and one.from_leaf < stop and one.to_leaf > first]
    if not named:
        return False
    with Ledger(home.ledger_path(name)) as ledger:
        begin, end = max(first, min(one.from_leaf for one in named)), min(stop, max(one.to_leaf for one in named))
        return any(takes_in(one, stored.index, leaf) for stored in ledger.still_there(begin, end)
                   for leaf in [parse(stored.data)] for one in named)


def admissions(home: Home, keyring: Keyring, sites: Iterable[Site],
               before: Iterable[Admission] = ()) -> list[dict[str, Any]]:
    """Payloads that admit the quarantined frames of sites, each with a `key` so that it is appended once. What an
    admission made `before` takes in is left out.

    Only frames that were refused because their MN was unknown, and whose password is the one registered now. Between
    the ends of a run lies no frame of another unknown logger.
    """
    wanted, before = {site.mn: site for site in sites}, tuple(before)
    out = []
    for name in home.ledgers():
        if name.endswith(QUARANTINE):
            for ledger, mn, first, end in _runs(home, keyring, name, wanted, before):
                entry = payload(EntryKind.ADMISSION, f"{ledger}-{first}", {
                    "ledger": ledger, "mn": mn, "from_leaf": first, "to_leaf": end})
                out.append(entry | {"key": f"admit/{ledger}/{first}/{end}/{mn}"})
    return out


def _runs(home: Home, keyring: Keyring, name: str, wanted: Mapping[str, Site],
          before: Sequence[Admission]) -> Iterator[Run]:
    run: Run | None = None
    done = [one for one in before if one.ledger == name and one.mn in wanted]
    with Ledger(home.ledger_path(name)) as ledger:
        for stored in ledger.leaves(ledger.first(), ledger.size):
            frame = parse(stored.data).payload
            if not isinstance(frame, FrameLeaf) or frame.verdict is not Verdict.UNKNOWN_MN:
                continue
            mn = _whose(frame, stored.private, keyring, wanted)
            if any(one.mn == mn and one.from_leaf <= stored.index < one.to_leaf for one in done):
                mn = None
            if run is not None and mn != run[1]:
                yield run
                run = None
            if mn is not None:
                run = (name, mn, run[2] if run else stored.index, stored.index + 1)
    if run is not None:
        yield run


def _whose(frame: FrameLeaf, private: bytes, keyring: Keyring, wanted: Mapping[str, Site]) -> str | None:
    """MN of a frame if it is one of the wanted and the password is right."""
    head = read_head(raw_of(frame, private))
    site = None if head is None else wanted.get(head.mn)
    if head is None or site is None or (site.password_check and not hmac.compare_digest(
            site.password_check, keyring.password_check(head.mn, head.password))):
        return None
    return head.mn
