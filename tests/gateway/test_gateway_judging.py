"""What the gateway makes of a frame: every verdict, registration, repeats, splits; and the fleet that tries it."""

from __future__ import annotations

import json
import socket
from itertools import pairwise
from pathlib import Path

import homes
import pytest

from qingyuan import hj212
from qingyuan.evidence.leaf import CrcVariant, FrameLeaf, Kind, Verdict, parse
from qingyuan.gateway.committer import Committer
from qingyuan.gateway.head import read_head, slow_head
from qingyuan.gateway.inbox import Parcel, Peer
from qingyuan.gateway.run import run
from qingyuan.gateway.simulator import choose_source, telegrams
from qingyuan.hj212.crc import modbus
from qingyuan.ledger import Home, HomeError, Ledger
from qingyuan.numerics.time import parse_cst
from qingyuan.registry import Register

NOON = parse_cst("20200401120000") or 0


@pytest.fixture
def station(tmp_path: Path) -> homes.Station:
    made = homes.Station(tmp_path / "home")
    made.site(edition="2017")
    made.site("S2", crc=["standard", "modbus"])
    return made


def good(station: homes.Station, **more: object) -> bytes:
    return station.frame(NOON, {"a34004": "35"}, **more)      # type: ignore[arg-type]


def with_modbus(raw: bytes) -> bytes:
    return raw[:-6] + b"%04X\r\n" % modbus(raw[6:-6])


def no_mn() -> bytes:
    return hj212.encode([("QN", "20200401120000001"), ("ST", "22"), ("CN", "2061"), ("Flag", "5")], [])


def of_edition(raw: bytes, flag: bytes) -> bytes:
    return hj212.wrap(raw[6:-6].replace(b"Flag=5", b"Flag=" + flag))


CASES = {
    Verdict.ACCEPTED: lambda s: good(s),
    Verdict.UNKNOWN_MN: lambda s: good(s, name="S9"),
    Verdict.WRONG_PASSWORD: lambda s: hj212.wrap(good(s)[6:-6].replace(b"pw-S1", b"pw-S2")),
    Verdict.BAD_CRC: lambda s: good(s)[:-6] + b"0000\r\n",
    Verdict.BAD_LENGTH: lambda s: b"##0199" + good(s)[6:] + b"x" * 99,
    Verdict.UNREADABLE: lambda s: no_mn(),
    Verdict.EDITION_NOT_ALLOWED: lambda s: of_edition(good(s), b"9"),
}


def test_the_cases_name_every_verdict() -> None:
    assert set(CASES) == set(Verdict)


@pytest.mark.parametrize("verdict", list(CASES))
def test_every_verdict_is_reached_kept_and_answered_only_when_accepted(station: homes.Station,
                                                                       verdict: Verdict) -> None:
    raw = CASES[verdict](station)
    answers = station.send(raw)
    station.close()
    accepted = verdict is Verdict.ACCEPTED
    ledger = Ledger(station.home.ledger_path("gw1" if accepted else "gw1.quarantine"))
    frames = [leaf.payload for leaf in map(parse, (s.data for s in ledger.leaves()))
              if isinstance(leaf.payload, FrameLeaf)]
    assert [f.verdict for f in frames] == [verdict]
    assert bool(answers) is accepted
    if not accepted:
        assert station.committer.counters.rejected[verdict.name.lower()] == 1


def test_a_crc_variant_is_accepted_only_where_it_is_registered(station: homes.Station) -> None:
    assert station.send(with_modbus(good(station))) == []
    assert len(station.send(with_modbus(good(station, name="S2")))) == 1
    station.close()
    leaf = next(parse(s.data) for s in Ledger(station.home.ledger_path("gw1")).leaves()
                if parse(s.data).kind is Kind.FRAME)
    assert leaf.payload.crc_variant is CrcVariant.MODBUS


def test_auto_registers_a_stranger_before_it_is_answered(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    assert len(made.send(good(made, name="NEW"))) == 1
    assert made.committer.counters.registered == 1
    wrong = hj212.wrap(good(made, name="NEW", qn=2)[6:-6].replace(b"pw-NEW", b"pw-BAD"))
    assert made.send(wrong) == []
    assert made.committer.counters.rejected["wrong_password"] == 1
    site = made.committer.roster.registry.by_mn["MN-NEW"]
    assert (site.id, site.kind.value) == ("MN-NEW", "air")
    made.close()


def test_a_head_too_long_to_be_answered_is_kept_and_not_answered(tmp_path: Path) -> None:
    made = homes.Station(tmp_path / "home", register=Register.AUTO)
    raw = hj212.wrap(f"PW={'A' * 9970};MN=LONG;Flag=5;CP=&&&&".encode())
    assert made.send(raw) == []
    assert made.committer.counters.telegrams == 1
    made.close()


def test_repeats_are_known_after_a_restart(station: homes.Station) -> None:
    raw = good(station)
    first = station.send(raw)
    station.close()
    again = Committer(station.home, station.keyring, "gw1", Register.STRICT)
    answers = again.work([Parcel(Peer("127.0.0.1", 1, 2), raw, False)], 1)
    assert [data for _, data in answers] == first
    assert (again.counters.repeats, again.counters.telegrams) == (1, 0)
    again.close(0)


def test_what_a_connection_leaves_behind_is_judged_when_it_ends(station: homes.Station) -> None:
    station.committer.work([Parcel(station.peer, good(station)[:30], True)], 0)
    assert sum(station.committer.counters.rejected.values()) == 1
    station.close()


def test_ticks_count_and_the_last_one_says_so(station: homes.Station) -> None:
    station.send(good(station))
    station.settle()
    station.committer.work([], 3)
    station.close()
    leaves = [parse(s.data) for s in Ledger(station.home.ledger_path("gw1")).leaves()]
    ticks = [leaf.payload for leaf in leaves if leaf.kind is Kind.TICK]
    assert [t["last"] for t in ticks][-1] is True
    assert any(t["connections"] == 3 and t["counters"]["telegrams"] == 1 for t in ticks)
    assert all(a.received_us <= b.received_us for a, b in pairwise(leaves))


HEADS = ["QN=20200401120000001;ST=22;CN=2061;PW=1;MN=A;Flag=5;", "ST=22;CN=2061;PW=1;MN=A;",
         "QN=1;ST=22;CN=2061;PW=1;MN=A;Flag=5;", "QN=20200401120000001;ST=22;CN=2061;PW=;MN=A;Flag=300;",
         "QN=20200401120000001;ST=22;CN=2061;PW=1;MN=A;Flag=7;PNUM=2;PNO=1;", "MN=A;ST=22;CN=2061;Flag=4;QN=x;",
         "QN=20200401120000001,ST=22;CN=2061;Mn=A;Flag=5;", "ST=22;CN=2061;Flag=5;"]


@pytest.mark.parametrize("head", HEADS)
def test_the_fast_head_is_the_codecs_head(head: str) -> None:
    raw = hj212.wrap(f"{head}CP=&&DataTime=20200401120000;a-Rtd=1&&".encode())
    assert read_head(raw) == slow_head(raw)


def test_a_simulated_fleet_is_the_same_for_the_same_seed() -> None:
    first, again, other = (choose_source("simulated", hours=6, stations=3, seed=s) for s in (1, 1, 2))
    assert first.readings == again.readings
    assert first.readings != other.readings
    assert all(hj212.decode(t.frame).valid for t in telegrams(first))
    assert "SIMULATED" in first.describe()


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "stations"), [("delta", 200), ("beijing", 12)])
def test_measured_sources_place_their_stations(shared: Path, kind: str, stations: int) -> None:
    source = choose_source(kind, hours=24)
    assert len(source.stations) >= stations
    placed = [s for s in source.stations if s.lon is not None]
    assert len(placed) > 0.9 * len(source.stations)
    first = next(iter(telegrams(source)))
    assert hj212.decode(first.frame).cn == "2061"
    assert json.dumps(source.registry_data(source.stations[0], lambda mn, pw: "0" * 64))


@pytest.mark.parametrize("name", ["office", "gw1.quarantine"])
def test_a_gateway_is_not_named_like_another_ledger(tmp_path: Path, name: str) -> None:
    with pytest.raises(HomeError, match="name of a gateway"):
        run(Home.create(tmp_path / "home"), "127.0.0.1", 0, name, Register.AUTO, lambda _host, _port: None)
    assert Home.open(tmp_path / "home").ledgers() == ["office"]


def test_a_gateway_that_cannot_listen_leaves_no_ledger_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(OSError, match="in use"):
        run(Home.create(tmp_path / "home"), "127.0.0.1", other.getsockname()[1], "gw7", Register.STRICT,
            lambda _host, _port: None)
    assert Home.open(tmp_path / "home").ledgers() == ["office"]
