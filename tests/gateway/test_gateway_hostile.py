"""What a stranger may send: nothing of it ends the gateway, takes a site's place, or fills its memory."""

from __future__ import annotations

import json
import random
import socket
import time
from pathlib import Path

import homes
import pytest
from gateway_process import Client, Gateway, new_home, telegram

from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf, Kind, parse
from qingyuan.gateway.inbox import Parcel
from qingyuan.ledger import Keyring, Ledger, office_append, open_office
from qingyuan.numerics.time import parse_cst
from qingyuan.registry import EntryKind, Register, payload

NOON = parse_cst("20200401120000") or 0
PLAIN = b"QN=20200401120000001;ST=22;CN=2061;PW=pw-S1;MN=MN-S1;Flag=5;CP=&&DataTime=20200401120000;a34004-Avg=35&&"


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    made.site()
    return made


@pytest.mark.parametrize("segment", [
    PLAIN.replace(b"Flag=5", b"Flag=" + b"9" * 5000),
    PLAIN.replace(b"CP=", b"PNUM=" + b"9" * 4500 + b";PNO=1;CP="),
    PLAIN.replace(b"PW=pw-S1", b"PW=\xff\xfe"),
    PLAIN.replace(b"MN=MN-S1", b"MN=\xff\xfe"),
    PLAIN.replace(b"ST=22", b"ST=\xff").replace(b"MN-S1", b"NEW"),
    PLAIN.replace(b"a34004-Avg=35", b"PW=1;" * 400),
    PLAIN.replace(b"MN=MN-S1", b"MN=" + b"A" * 9000),
    PLAIN.replace(b"PW=pw-S1", b"PW=" + b"x" * 9000),
], ids=["flag", "pnum", "password bytes", "mn bytes", "st bytes", "many secrets", "long mn", "long password"])
def test_an_odd_frame_is_judged_and_the_next_one_is_answered(station: homes.Station, segment: bytes) -> None:
    station.send(hj212.wrap(segment))
    assert len(station.send(hj212.wrap(PLAIN))) == 1
    station.close()


def test_mutated_frames_with_a_right_crc_are_all_judged(station: homes.Station) -> None:
    draw = random.Random(11)
    parts = [b";", b",", b"=", b"&&", b"PW=", b"MN=", b"CP=", b"\xff", b"//", b"Flag=", b"QN=", "中".encode(), b" "]
    sent = 3000
    for _ in range(sent):
        segment = bytearray(PLAIN)
        for _ in range(draw.randrange(1, 5)):
            at = draw.randrange(len(segment))
            segment[at:at + draw.randrange(3)] = draw.choice([*parts, bytes([draw.randrange(256)])])
        station.committer.take([Parcel(station.peer, hj212.wrap(bytes(segment) + b"&&"), False)], 1)
    counters = station.committer.counters
    assert counters.telegrams + counters.repeats + sum(counters.rejected.values()) >= sent
    station.close()


def test_blanks_without_end_behind_a_frame_are_cut_off(station: homes.Station) -> None:
    assert len(station.send(hj212.wrap(PLAIN) + b" " * 200_000)) == 1
    station.close()
    ledger = Ledger(station.home.ledger_path("gw1"))
    frame = next(f for s in ledger.leaves() if isinstance(f := parse(s.data).payload, FrameLeaf))
    assert len(frame.masked) == 0xFFFF


def test_a_stranger_whose_mn_is_the_id_of_a_site_does_not_take_its_place(station: homes.Station) -> None:
    before = station.committer.roster.registry.sites
    assert station.send(hj212.wrap(PLAIN.replace(b"MN=MN-S1", b"MN=S1"))) == []
    assert station.committer.counters.rejected["unknown_mn"] == 1
    assert station.committer.roster.registry.sites["S1"].mn == "MN-S1"
    assert set(before) <= set(station.committer.roster.registry.sites)
    station.close()


def test_a_stranger_that_cannot_be_registered_now_is_not_answered_and_may_come_again(
        station: homes.Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qingyuan.ledger.office.SETTINGS", _hasty())
    raw = hj212.wrap(PLAIN.replace(b"MN-S1", b"NEW"))
    with open_office(station.home, station.keyring):
        assert station.committer.take([Parcel(station.peer, raw, False)], 1) == []
    assert len(station.send(raw)) == 1
    assert (station.committer.counters.registered, station.committer.counters.telegrams) == (1, 1)
    station.close()


def _hasty() -> object:
    from dataclasses import replace

    from qingyuan.ledger.office import SETTINGS

    return replace(SETTINGS, wait_s=0.05)


def test_a_tick_that_falls_into_a_batch_stands_between_its_leaves(station: homes.Station) -> None:
    frames = [station.frame(NOON, {"a34004": str(n)}, qn=n) for n in range(4000)]
    station.committer.take([Parcel(station.peer, b"".join(frames), False)], 1)
    station.close()
    leaves = [parse(s.data) for s in Ledger(station.home.ledger_path("gw1")).leaves()]
    ticks = [(n, leaf) for n, leaf in enumerate(leaves) if leaf.kind is Kind.TICK and not leaf.payload["last"]]
    assert len(ticks) > 1
    for number, tick in ticks:
        boundary = tick.payload["tick_us"]
        assert all(leaf.received_us > boundary for leaf in leaves[number:])
        assert all(leaf.received_us <= boundary + 50_000 for leaf in leaves[:number]), "one tick length"


@pytest.mark.slow
def test_silent_and_too_many_connections_are_closed(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    entry = payload(EntryKind.SETTING, "gateway", {"idle_s": 1, "max_connections": 3})
    office_append(home, Keyring.open(home.path / "keys"), Kind.REGISTRY, entry)
    gateway = Gateway(home.path)
    connections = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(4)]
    time.sleep(0.3)
    with pytest.raises(OSError):            # the fourth: reset, or nothing to read and then a broken pipe
        _until_broken(connections[3])
    connections[0].settimeout(10)
    assert connections[0].recv(1) == b"", "closed for silence"
    client = Client(gateway.port)
    client.send(telegram(1))
    assert len(client.answers(1)) == 1
    client.close()
    for connection in connections:
        connection.close()
    assert gateway.stop() == 0
    log = [json.loads(line) for line in (home.path / "logs" / "gateway.log").read_text().splitlines()]
    stopped = next(line for line in log if line["event"] == "stopped")
    assert (stopped["refused"], stopped["idle"] >= 1) == (1, True)
    assert {"listening", "registered", "stopping"} <= {line["event"] for line in log}


@pytest.mark.slow
def test_a_sender_that_never_reads_its_answers_is_cut_off(tmp_path: Path) -> None:
    gateway = Gateway(tmp_path / "home")
    raw = telegram(1, password="p" * 9000)             # the answer repeats it: large answers, few frames
    deaf = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
    with pytest.raises(OSError):
        _send_without_end(deaf, raw)
    deaf.close()
    client = Client(gateway.port)
    client.send(telegram(2))
    assert client.answers(1, 2.0) == [], "another password than at registration"
    client.close()
    assert gateway.stop() == 0
    status = json.loads((tmp_path / "home" / "run" / "gw1.status.json").read_text())
    assert status["telegrams"] == 1
    assert status["repeats"] > 50
    assert status["last_commit_us"] > 0


def _send_without_end(connection: socket.socket, raw: bytes) -> None:
    for _ in range(20_000):
        connection.sendall(raw)


def _until_broken(connection: socket.socket) -> None:
    connection.settimeout(5)
    while True:
        if connection.recv(1) == b"":
            connection.sendall(b"x" * 1000)
