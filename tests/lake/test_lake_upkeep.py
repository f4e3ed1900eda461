"""Merging, removing, and crashes between any two steps."""

import os

import pytest
from sample_lake import HOUR_US, T0, figure, fill, flag, observation, plain

from qingyuan.lake import Lake, durable


def hours(lake):
    return plain(lake.read("hour", all_versions=True), "subject", "start", "value", "believed_from")


def fill_some(lake, count=9):
    for n in range(count):
        fill(lake, "hour", [figure(start=T0 + n * HOUR_US, value=str(n))], {"t": n}, n)


def on_disk(lake):
    return sorted(str(p.relative_to(lake.path)) for p in lake.path.rglob("*.parquet"))


def test_compact_merges_small_files_of_a_month_and_changes_no_row(lake):
    fill_some(lake)
    fill(lake, "flag", [flag()], {"t": 9}, 9)
    before, answer = lake.current(), hours(lake)
    after = lake.compact()
    assert hours(lake) == answer
    assert len(before.files) == 10
    assert [(f.table, f.rows) for f in after.files] == [("flag", 1), ("hour", 9)]
    assert (after.position, after.tick_us) == (before.position, before.tick_us)
    assert after.number == before.number + 1
    assert lake.check() == []


def test_compact_leaves_few_files_alone(lake):
    fill_some(lake, 3)
    before = lake.current()
    assert lake.compact() == before
    assert len(lake.compact(min_files=2).files) == 1


def test_compact_keeps_the_order_of_writing_for_rows_of_one_tick(lake):
    fill(lake, "flag", [flag(level=3), flag(level=1)])
    fill(lake, "flag", [flag("Z")])
    lake.compact(min_files=2)
    assert plain(lake.read("flag"), "site", "level") == [("1151A", 1), ("Z", 3)]


def test_gc_waits_for_readers_and_keeps_the_manifest_before(lake):
    fill_some(lake)
    old = lake.current()
    lake.compact()
    assert lake.gc() == []
    assert len(lake.read("hour", at=old)) == 9
    removed = lake.gc(older_than_s=-1)
    assert removed == [f"manifests/{n:08d}.json" for n in range(8, 0, -1)]
    fill(lake, "observation", [observation()])
    removed = lake.gc(older_than_s=-1)
    assert removed == ["manifests/00000009.json", *sorted(f.path for f in old.files)]
    assert on_disk(lake) == sorted(f.path for f in lake.current().files)
    assert len(hours(lake)) == 9


def test_gc_by_age_of_the_successor(lake):
    fill_some(lake, 4)
    for number, age in ((1, 9000), (2, 8000), (3, 100), (4, 50)):
        path = lake.manifests / f"{number:08d}.json"
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    # 1 was replaced 8000 s ago; 2 was replaced 100 s ago and may still have readers
    assert lake.gc(older_than_s=3600) == ["manifests/00000001.json"]


class Crash(Exception):
    """Power off."""


@pytest.mark.parametrize("step", range(40))
@pytest.mark.parametrize("act", ["commit", "compact", "gc"])
def test_crash_between_any_two_steps_leaves_a_readable_lake(lake, monkeypatch, act, step):
    fill_some(lake, 8)
    lake.compact()
    fill_some(lake, 8)
    answer = hours(lake)
    new = [figure("new", start=T0 + n * 40 * 24 * HOUR_US) for n in range(2)]
    acts = {"commit": lambda: fill(lake, "hour", new, {"t": 99}, 99),
            "compact": lambda: lake.compact(min_files=2), "gc": lambda: lake.gc(older_than_s=-1)}
    counted = _crash_at(monkeypatch, step)
    crashed = False
    try:
        acts[act]()
    except Crash:
        crashed = True
    monkeypatch.undo()
    reopened = Lake(lake.path)
    assert crashed == (counted() > step)
    expected = sorted(answer + [("new", f["start"], "53", f["believed_from"]) for f in new])
    shown = sorted(hours(reopened))
    if act == "commit":
        assert shown == (expected if reopened.current().position["t"] == 99 else sorted(answer))
        assert crashed or shown == expected
    else:
        assert shown == sorted(answer)
    assert reopened.check() == []
    fill(reopened, "hour", new, {"t": 99}, 99)
    reopened.compact(min_files=2)
    reopened.gc(older_than_s=-1)
    assert sorted(set(hours(reopened))) == sorted(set(expected))
    assert not list(lake.path.rglob(f"*{durable.TEMPORARY}"))


def _crash_at(monkeypatch, step):
    """Count the calls that change the disk and raise before number `step`."""
    calls = 0

    def counting(function):
        def call(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise Crash
            return function(*args, **kwargs)
        return call

    for name in ("fsync", "replace", "unlink"):
        monkeypatch.setattr(os, name, counting(getattr(os, name)))
    return lambda: calls
