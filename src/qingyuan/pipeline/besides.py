"""Folders beside the lake in which a rebuild works. Each is held by its process; what nobody holds is removed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from qingyuan.lake.durable import LakeBusy, exclusive
from qingyuan.ledger import Home
from qingyuan.ledger.files import locked

HELD = "rebuild.lock"           # in the folder: held for as long as the folder is needed
PREFIX = "lake.rebuild-"
UNMARKED_S = 86_400.0           # a folder without that file may be of an older release that is still at work


@contextmanager
def beside(home: Home) -> Iterator[Path]:
    """An empty folder for one rebuild, gone afterwards; folders that killed ones left go at once."""
    with ExitStack() as held:
        with _one_at_a_time(home):
            _sweep(home)
            path = home.path / f"{PREFIX}{time.time_ns()}"
            held.enter_context(exclusive(path / HELD))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def remove_leftovers(home: Home) -> list[str]:
    """Remove the folders of killed rebuilds, never one in use; returns their names."""
    with _one_at_a_time(home):
        return _sweep(home)


def _one_at_a_time(home: Home) -> AbstractContextManager[None]:
    """Between making a folder and holding it nobody else may look."""
    folder = home.path / "run"
    folder.mkdir(exist_ok=True)
    return locked(folder / HELD)


def _sweep(home: Home) -> list[str]:
    gone = []
    for path in sorted(home.path.glob(f"{PREFIX}*")):
        if not path.is_dir() or path.is_symlink():
            continue
        if not (path / HELD).exists() and time.time() - _changed_s(path) < UNMARKED_S:
            continue
        try:
            with exclusive(path / HELD):
                shutil.rmtree(path, ignore_errors=True)
        except LakeBusy:
            continue
        gone.append(path.name)
    return gone


def _changed_s(folder: Path) -> float:
    """When anything in a folder changed last, seconds since 1970 UTC; now, if it changes while we look."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
    except FileNotFoundError:
        return time.time()
