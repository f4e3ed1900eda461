"""Kernels over groups in threads."""

import threading

import pyarrow as pa
import pytest
from sample_lake import HOUR_US, T0, figure, fill, observation

from qingyuan.lake import Question, WrongColumns
from qingyuan.lake.engines.local import groups, map_groups


def total(rows):
    return sum(rows.column("avg").to_pylist()), rows.column("start").cast(pa.int64()).to_pylist()


def test_one_call_a_group_in_order_of_the_keys(lake):
    fill(lake, "observation", [observation(s, start=T0 + n * HOUR_US, avg=n, leaf=n)
                               for n in range(3) for s in "BAC"])
    starts = [T0, T0 + HOUR_US, T0 + 2 * HOUR_US]
    assert list(map_groups(lake, "observation", total)) == [((s,), (3, starts)) for s in "ABC"]


def test_groups_by_several_columns_with_a_question(lake):
    fill(lake, "observation", [observation(s, f, leaf=1) for s in "AB" for f in ("a34002", "a34004")])
    fill(lake, "observation", [observation("A", avg=99, received=T0 + 9 * HOUR_US, leaf=2)])
    found = map_groups(lake, "observation", lambda rows: rows.column("avg").to_pylist(), ("factor", "site"),
                       question=Question(as_of_us=T0 + HOUR_US), columns=["avg"], workers=1)
    assert list(found) == [((f, s), [53]) for f in ("a34002", "a34004") for s in "AB"]


def test_groups_may_span_batches():
    batches = [pa.record_batch({"k": k}) for k in ([1, 1], [1], [], [1, 2, 2], [3])]
    found = [(key, len(rows)) for key, rows in groups(iter(batches), ("k",))]
    assert found == [((1,), 4), ((2,), 2), ((3,), 1)]


def test_null_is_a_group_of_its_own(lake):
    fill(lake, "observation", [observation("A", leaf=1), observation("B", leaf=2, mark="M")])
    assert [key for key, _ in map_groups(lake, "observation", len, ("mark",))] == [("M",), (None,)]


def test_empty_lake_has_no_group_and_no_by_is_refused(lake):
    assert list(map_groups(lake, "hour", len, ("subject",))) == []
    with pytest.raises(WrongColumns, match="at least one"):
        list(map_groups(lake, "hour", len, ()))
    with pytest.raises(WrongColumns, match="no column site"):
        list(map_groups(lake, "hour", len))


def test_exception_of_a_kernel_is_raised_and_threads_run_side_by_side(lake):
    fill(lake, "hour", [figure(s) for s in "ABCD"])
    meet = threading.Barrier(2, timeout=20)
    met = map_groups(lake, "hour", lambda _: meet.wait() >= 0, ("subject",), workers=2)
    assert [result for _, result in met] == [True] * 4
    with pytest.raises(ZeroDivisionError):
        list(map_groups(lake, "hour", lambda rows: 1 // 0, ("subject",)))
