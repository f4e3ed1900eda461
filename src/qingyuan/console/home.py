"""The home this console looks at: its registry at any instant, its lake, its status files."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.lake import Lake
from qingyuan.ledger import Home, Ledger
from qingyuan.registry import Registry, fold

OFFICE = "office"
SERVICES = ("pipeline", "witness")       # their status files stand beside those of gateways
KEPT = 16
FOREVER_US = 1 << 62


class Entries:
    """Registry entries of the office ledger, read on from where the last reading ended; folds are kept."""

    def __init__(self, home: Home) -> None:
        self._path = home.ledger_path(OFFICE)
        self._lock = threading.Lock()
        self._read = 0
        self._found: list[tuple[int, dict[str, Any]]] = []
        self._folds: OrderedDict[int, Registry] = OrderedDict()

    def registry(self, as_of_us: int | None) -> Registry:
        """The registry as known at an instant; None: now."""
        with self._lock:
            self._refresh()
            known = len(self._found)
            if as_of_us is not None:
                known = sum(1 for learned, _payload in self._found if learned <= as_of_us)
            if known not in self._folds:
                self._folds[known] = fold(self._found[:known])
                while len(self._folds) > KEPT:
                    self._folds.popitem(last=False)
            self._folds.move_to_end(known)
            return self._folds[known]

    def history(self) -> list[tuple[int, dict[str, Any]]]:
        """Every entry with the instant it was learned, in ledger order."""
        with self._lock:
            self._refresh()
            return list(self._found)

    def _refresh(self) -> None:
        ledger = Ledger(self._path)
        for stored in ledger.leaves(self._read, ledger.size):
            leaf = parse(stored.data)
            if leaf.kind is Kind.REGISTRY and isinstance(leaf.payload, dict):
                self._found.append((leaf.received_us, {**leaf.payload, "leaf": stored.index}))
        self._read = ledger.size


@cache
def _opened(path: Path) -> tuple[Home, Entries]:
    home = Home.open(path)
    return home, Entries(home)


def home() -> Home:
    """The home; raises ImproperlyConfigured where none is set."""
    return _at()[0]


def _at() -> tuple[Home, Entries]:
    path = settings.QINGYUAN_HOME
    if path is None:
        raise ImproperlyConfigured("no home is set; start the console by: qingyuan serve --home DIR")
    return _opened(Path(path))


def registry(as_of_us: int | None = None) -> Registry:
    """The registry as known at an instant of our time (microseconds); None: now."""
    return _at()[1].registry(as_of_us)


def registry_history() -> list[tuple[int, dict[str, Any]]]:
    """All registry entries with the instant each was learned; `leaf` is its number in the office ledger."""
    return _at()[1].history()


def lake() -> Lake:
    """The lake, opened for a question."""
    return Lake(home().path / "lake")


def status(name: str) -> dict[str, Any]:
    """A status file under run/ (`gw1.status.json`, `pipeline.status.json`); empty where there is none."""
    try:
        found = json.loads((home().path / "run" / name).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def gateways() -> dict[str, dict[str, Any]]:
    """Status of every gateway that ever ran here, by name."""
    names = sorted(p.name.removesuffix(".status.json") for p in (home().path / "run").glob("*.status.json"))
    return {name: status(f"{name}.status.json") for name in names if name not in SERVICES}


def now_us() -> int:
    """Our time, microseconds since 1970 UTC."""
    return time.time_ns() // 1000
