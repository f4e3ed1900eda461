"""The fleet of software loggers: its faults, and what it does with a platform that answers, is silent or away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from gateway_process import Gateway, new_home

from qingyuan import hj212
from qingyuan.gateway.simulator import Telegram, choose_source, fleet, provision, replay, send_all, telegrams
from qingyuan.gateway.simulator.faults import Fault, with_faults
from qingyuan.ledger import Home, Keyring, Ledger
from qingyuan.pipeline.explain.beliefs import registry_at

DAMAGED = (Fault.CRC, Fault.LENGTH, Fault.CUT, Fault.PASSWORD, Fault.UNKNOWN)


def faulty(fault: Fault) -> tuple[list[Telegram], list[Telegram]]:
    source = choose_source("simulated", hours=4, stations=2)
    return list(telegrams(source)), list(with_faults(telegrams(source), {fault: 1.0}))


@pytest.mark.parametrize("fault", DAMAGED)
def test_a_damaged_telegram_goes_before_the_right_one_and_no_answer_is_awaited(fault: Fault) -> None:
    plain, sent = faulty(fault)
    assert sent[1::2] == plain
    assert not any(t.answered for t in sent[::2])
    bad = [hj212.decode(t.frame) for t in sent[::2]]
    if fault is Fault.PASSWORD:
        assert {(t.pw, t.valid) for t in bad} == {("wrong0", True)}
    elif fault is Fault.UNKNOWN:
        assert all(t.valid and (t.mn or "").startswith("STRANGER") for t in bad)
    else:
        assert not any(t.valid for t in bad)


def test_the_other_faults_lose_nothing() -> None:
    assert set(Fault) == {*DAMAGED, Fault.REPEAT, Fault.LATE, Fault.HALF, Fault.GLUED}
    plain, twice = faulty(Fault.REPEAT)
    assert (twice[::2], twice[1::2]) == (plain, plain)
    plain, late = faulty(Fault.LATE)
    assert [(t.frame, t.send_at_us) for t in late] == [(t.frame, t.send_at_us + 7_200_000_000) for t in plain]
    plain, halves = faulty(Fault.HALF)
    assert [t._replace(halves=False) for t in halves] == plain
    assert all(t.halves for t in halves)
    plain, glued = faulty(Fault.GLUED)
    for one, two in zip(plain, glued, strict=True):
        first, second = hj212.StreamReader().feed(two.frame)
        assert first.raw == one.frame
        told, twin = hj212.decode(first.raw), hj212.decode(second.raw)
        assert twin.valid
        assert (told.factors, told.qn[:16]) == (twin.factors, twin.qn[:16])
        assert told.qn != twin.qn


@pytest.mark.slow
def test_a_fleet_with_every_fault_is_acknowledged_whole(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home", "60")
    source = choose_source("simulated", hours=6, stations=8)
    provision(home, Keyring.open(home.path / "keys"), source, real_us=0, speed=1, tick_s=60)
    gateway = Gateway(home.path, register="strict")
    frames = with_faults(telegrams(source), dict.fromkeys(Fault, 0.12), seed=3)
    report = asyncio.run(send_all("127.0.0.1", gateway.port, frames, lambda _: 0.0))
    assert gateway.stop() == 0
    assert (report.given_up, report.errors) == (0, [])
    assert report.acknowledged >= source.telegrams
    office = Ledger(home.ledger_path("office"))
    kept = b"".join(leaf.data for leaf in office.leaves())
    assert not any(source.password(station.id).encode() in kept for station in source.stations)


@pytest.mark.slow
def test_a_replay_keeps_its_pace_and_its_data_clock(tmp_path: Path) -> None:
    import time

    home = Home.create(tmp_path / "home")
    source = choose_source("simulated", hours=2, stations=3)
    real_us, seen = time.time_ns() // 1000 + 200_000, []
    provision(home, Keyring.open(home.path / "keys"), source, real_us=real_us, speed=3600, tick_s=0.5)
    registry = registry_at(home, 2**62)
    assert registry.data_now(real_us) == source.start_us + 3_300_000_000
    assert (registry.tick_us, len(registry.sites)) == (500_000, 3)
    gateway = Gateway(home.path, register="strict")
    report = replay("127.0.0.1", gateway.port, source, real_us=real_us, speed=3600, progress=seen.append)
    needed = registry.real_at(source.start_us + 2 * 3_600_000_000)
    assert time.time_ns() // 1000 >= needed
    assert gateway.stop() == 0
    assert (report.acknowledged, report.given_up, seen[-1]) == (6, 0, 6)


def test_an_error_of_the_watcher_ends_the_fleet(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_count: int) -> None:
        raise OverflowError("enough")

    source = choose_source("simulated", hours=2, stations=2)
    with pytest.raises(OverflowError):
        replay("127.0.0.1", 1, source, real_us=0, speed=1e12, progress=broken)


def test_a_logger_gives_up_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "RETRIES", 1)
    source = choose_source("simulated", hours=1, stations=2)
    report = asyncio.run(send_all("127.0.0.1", 1, telegrams(source), lambda _: 0.0))
    assert (report.acknowledged, report.given_up, len(report.errors)) == (0, 2, 2)
