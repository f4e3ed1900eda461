"""Explaining a figure does not read every publication there ever was, and proves the same as if it did."""

from __future__ import annotations

import homes
import pytest

from qingyuan.evidence import leaf as leaves
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.committer import Committer
from qingyuan.ledger import Home, open_office
from qingyuan.pipeline.explain import explain, write_bundle
from qingyuan.pipeline.feed import publications
from qingyuan.registry import Register

START_US = 1_585_670_400_000_000                                     # 2020-04-01T00:00+08:00
FIGURE = "hour.PM2.5/S1/2020-04-01T00:00"


def publish(station: homes.Station, first: int, count: int) -> None:
    """Publications of nothing, as a home that has run for long has them."""
    with open_office(station.home, station.keyring) as office:
        for number in range(first, first + count):
            office.append_json(Kind.PUBLICATION, {
                "tick_us": number, "figures_root": f"{number:064x}", "figures_count": 0, "cut": {"gw1": 0}, "rules": [],
                "software": "x", "reason": "tick", "key": f"publication/{number}/{number:016x}"})


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> homes.Station:
    made = homes.Station(tmp_path_factory.mktemp("quick") / "home")
    made.site("S1", plan=["a34004"])
    made.replay(START_US + 6 * 3_600_000_000)
    for version in range(3):
        publish(made, 1 + 40 * version, 40)
        made.send(made.frame(START_US, {"a34004": str(30 + version)}, qn=version))
        made.close()
        homes.run(made.home)
        made.committer = Committer(made.home, made.keyring, "gw1", Register.STRICT)
    made.close()
    return made


def read(home: Home, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many leaves have their content read to explain the figure."""
    count = 0
    real = leaves.json.loads

    def counted(text: bytes, *more: object) -> object:
        nonlocal count
        count += 1
        return real(text, *more)

    with monkeypatch.context() as patch:
        patch.setattr(leaves.json, "loads", counted)
        explain(home, FIGURE)
    return count


def test_a_longer_past_is_not_read_for_it(station, monkeypatch):
    before = read(station.home, monkeypatch)
    publish(station, 1000, 200)
    assert read(station.home, monkeypatch) == before < 100


def test_what_is_proven_is_the_same_without_the_digests_of_keys(station):
    found = explain(station.home, FIGURE)
    quick = write_bundle(station.home, found)
    at = [index for index, content in publications(found.leaves.ledger("office"))
          if content["tick_us"] == found.figure.believed_from]
    assert found.publication == at[0]
    keys = station.home.ledger_path("office") / "keys.0"
    kept = keys.read_bytes()
    for harmed in (b"", kept[:40], bytes(len(kept))):
        keys.write_bytes(harmed)
        assert write_bundle(station.home, explain(station.home, FIGURE)) == quick
    keys.unlink()
    assert write_bundle(station.home, explain(station.home, FIGURE)) == quick
    keys.write_bytes(kept)


def test_each_version_has_its_own_registry(station):
    versions = [change.after.version for change in explain(station.home, FIGURE).changes]
    assert versions == [1, 2, 3]
    assert [change.new_leaves != [] for change in explain(station.home, FIGURE).changes] == [False, True, True]
