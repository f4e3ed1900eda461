"""Folders of killed rebuilds go; one in use stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gateway_process import new_home

from qingyuan.pipeline.besides import HELD, PREFIX, UNMARKED_S, beside, remove_leftovers
from qingyuan.pipeline.follow import run_once
from qingyuan.pipeline.rebuild import rebuild

STUCK = """
import sys, time
from pathlib import Path
import qingyuan.pipeline.rebuild as room
from qingyuan.lake import Lake
from qingyuan.ledger import Home
class Stuck:
    def __init__(self, home, fresh, *_):
        (fresh.path / "figure").mkdir()
        (fresh.path / "figure" / "half.parquet").write_bytes(b"half")
        print("up", flush=True)
        time.sleep(60)
room.Reckoning = Stuck
room.rebuild(Home.open(Path(sys.argv[1])))
"""


def left(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("lake.*"))


@pytest.mark.parametrize("start", [rebuild, run_once])
def test_the_folder_of_a_killed_rebuild_goes_and_one_at_work_stays(tmp_path: Path, start: object) -> None:
    home = new_home(tmp_path / "home")
    running = [subprocess.Popen([sys.executable, "-c", STUCK, str(home.path)], stdout=subprocess.PIPE)
               for _ in range(2)]
    try:
        assert all(child.stdout is not None and child.stdout.readline() == b"up\n" for child in running)
        assert len(left(home.path)) == 2
        running[0].kill()
        running[0].wait()
        start(home)
        kept = left(home.path)
        assert len(kept) == 1
        assert (home.path / kept[0] / "figure" / "half.parquet").read_bytes() == b"half"
    finally:
        for child in running:
            child.kill()
            child.wait()
            child.stdout.close()
    assert remove_leftovers(home) == kept
    assert left(home.path) == []


def test_an_unmarked_folder_may_be_in_use_for_a_day(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    old, fresh, other = (home.path / name for name in (f"{PREFIX}1", f"{PREFIX}2", "lake.kept"))
    for folder in (old, fresh, other):
        (folder / "figure").mkdir(parents=True)
    then = time.time() - UNMARKED_S - 60
    for path in (old / "figure", old, fresh, other / "figure", other):
        os.utime(path, (then, then))
    assert remove_leftovers(home) == [old.name]         # in the other one something changed since
    assert left(home.path) == [other.name, fresh.name]


def test_nobody_removes_the_folder_one_works_in(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with beside(home) as path:
        assert (path / HELD).exists()
        assert remove_leftovers(home) == []
        assert path.is_dir()
    assert left(home.path) == []
