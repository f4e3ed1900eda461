"""One process writes, others read."""

import subprocess
import sys

import pytest
from sample_lake import HOUR_US, T0, figure, fill

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from sample_lake import HOUR_US, T0, figure, fill
from qingyuan.lake import Lake
lake = Lake(sys.argv[1])
for tick in range(1, 41):
    rows = [figure(start=T0 + (tick - 1) * HOUR_US + n, believed=tick) for n in range(5)]
    fill(lake, "hour", rows, {"t": 5 * tick}, tick)
    if tick % 5 == 0:
        lake.compact(min_files=3)
        lake.gc()
"""


@pytest.mark.slow
def test_readers_always_see_rows_and_position_of_one_moment(lake):
    fill(lake, "figure", [figure(name="aqi.realtime")], {"t": 0}, 0)
    tests = __file__.rsplit("/lake/", 1)[0]
    with subprocess.Popen([sys.executable, "-c", WRITER, str(lake.path), tests]) as writer:
        seen = set()
        while writer.poll() is None or 40 not in seen:
            now = lake.current()
            assert len(lake.read("hour", at=now)) == now.position["t"]
            seen.add(now.tick_us)
            assert writer.poll() in (None, 0)
    assert writer.returncode == 0
    assert len(seen) > 3
    assert len(lake.read("hour", end_us=T0 + HOUR_US)) == 5


HOLDER = """
import sys
from qingyuan.lake import Lake
with Lake(sys.argv[1]).begin():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.slow
def test_lock_ends_with_the_process_that_held_it(lake):
    from qingyuan.lake import LakeBusy
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(lake.path)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LakeBusy):
            lake.begin()
        holder.kill()
        holder.wait()
    fill(lake, "hour", [figure()])
    assert len(lake.read("hour")) == 1
