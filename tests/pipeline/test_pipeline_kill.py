"""A pipeline killed anywhere between a publication and the lake works the same ticks off again, once."""

from pathlib import Path

import homes
import pytest

from qingyuan.lake import Lake
from qingyuan.ledger import Ledger
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.pipeline.feed import publications
from qingyuan.pipeline.figure import HOUR_US
from qingyuan.pipeline.rebuild import rebuild
from qingyuan.pipeline.run import Pipeline

NOON = parse_cst("20200401120000") or 0


class Killed(Exception):
    """Stands for SIGKILL at this place."""


@pytest.mark.parametrize("place", ["before the lake", "after the third publication"])
def test_nothing_is_published_twice_or_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    made = homes.Station(tmp_path / "home")
    made.site()
    made.replay(NOON + 10 * HOUR_US)
    for i in range(5):
        made.send(made.frame(NOON + i * HOUR_US, {"a34004": str(20 + i)}, qn=i))
        made.settle()
    made.close()
    count = 0

    def die(self: Pipeline, *_: object) -> None:
        raise Killed

    def die_later(self: Pipeline, tick_us: int) -> None:
        nonlocal count
        count += 1
        if count > 3:
            raise Killed
        whole(self, tick_us)

    whole = Pipeline._tick
    with monkeypatch.context() as patch:
        if place == "before the lake":
            patch.setattr(Pipeline, "_commit", die)
        else:
            patch.setattr(Pipeline, "_tick", die_later)
        with pytest.raises(Killed):
            homes.run(made.home)
    assert Lake(made.home.path / "lake").current().number == 0
    homes.run(made.home)
    leaves = [p["tick_us"] for _, p in publications(Ledger(made.home.ledger_path("office")))]
    assert len(leaves) == len(set(leaves)) == 5
    figures = list(rows.figures(Lake(made.home.path / "lake").read("hour", all_versions=True)))
    assert len([f for f in figures if f.subject == "S1"]) == 5
    report = rebuild(made.home)
    assert (report.equal, report.differing_publications) == (True, [])
