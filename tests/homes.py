"""Homes for tests: a real gateway's ledger side fed with frames, a real pipeline run over it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from qingyuan import hj212
from qingyuan.evidence.leaf import Kind
from qingyuan.gateway.committer import Committer, now_us
from qingyuan.gateway.inbox import Parcel, Peer
from qingyuan.gateway.simulator import Source, choose_source, data_begin_us, provision, telegrams
from qingyuan.ledger import Home, Keyring, office_append
from qingyuan.numerics.time import format_cst
from qingyuan.pipeline.run import Pipeline
from qingyuan.registry import EntryKind, Register, payload

TICK_S = 0.05


class Station:
    """One station of a small home: sends frames straight into the gateway's ledger side."""

    def __init__(self, path: Path, *, tick_s: float = TICK_S, register: Register = Register.STRICT) -> None:
        self.home = Home.create(path)
        self.keyring = Keyring.open(path / "keys")
        self.register("setting", "home", {"tick_s": str(tick_s)})
        self.committer = Committer(self.home, self.keyring, "gw1", register)
        self.peer = Peer("127.0.0.1", 40000, 9212)

    def register(self, kind: str, name: str, data: dict) -> None:
        """Append a registry entry."""
        office_append(self.home, self.keyring, Kind.REGISTRY, payload(EntryKind(kind), name, data))

    def site(self, name: str = "S1", **more: object) -> None:
        """Register an air station whose MN is MN-<name> and password pw-<name>."""
        mn = f"MN-{name}"
        self.register("site", name, {"name": name, "kind": "air", "st": "22", "city": "南京", "mn": mn,
                                     "password_check": self.keyring.password_check(mn, f"pw-{name}"),
                                     "origin": "simulated", **more})

    def replay(self, data_us: int, speed: str = "1") -> None:
        """From now on data time runs from `data_us`."""
        self.register("replay", "test", {"real_us": now_us(), "data_us": data_us, "speed": speed})

    def frame(self, start_us: int, values: dict[str, str], *, name: str = "S1", cn: str = "2061", mark: str = "N",
              qn: int = 0) -> bytes:
        """An hour (or minute) telegram of a station."""
        head = [("QN", f"2020040100{qn:07d}"), ("ST", "22"), ("CN", cn), ("PW", f"pw-{name}"), ("MN", f"MN-{name}"),
                ("Flag", "5")]
        items = [[("DataTime", format_cst(start_us))]]
        items += [[(f"{code}-Avg", value), (f"{code}-Flag", mark)] for code, value in values.items()]
        return hj212.encode(head, items)

    def send(self, *frames: bytes) -> list[bytes]:
        """Give bytes to the gateway; returns the answers."""
        self.committer.roster.refresh()
        return [data for _, data in self.committer.work([Parcel(self.peer, b"".join(frames), False)], 1)]

    def settle(self) -> None:
        """Let a tick pass, so that what came so far is worked off apart from what comes next."""
        time.sleep(2.5 * TICK_S)

    def close(self) -> None:
        """End the gateway's side in order."""
        self.committer.close(0)


def run(home: Home, **more: object) -> Pipeline:
    """Work off everything a home's ledgers hold."""
    from qingyuan.lake import Lake
    from qingyuan.pipeline.publication import OfficePublisher

    pipeline = Pipeline(home, Lake(home.path / "lake"), OfficePublisher(home, Keyring.open(home.path / "keys")), **more)
    time.sleep(2 * TICK_S)
    pipeline.advance(pipeline.feed.refresh())
    return pipeline


def fleet(path: Path, *, stations: int = 6, hours: int = 27, seconds: float = 3.0,
          change: Callable[[Source], Source] = lambda s: s) -> tuple[Home, Source]:
    """A home with a simulated fleet's telegrams in its ledger, paced so that the hours come in many ticks."""
    source = replace(choose_source("simulated", hours=hours, stations=stations), secret=b"0123456789abcdef")
    source = change(source)
    home = Home.create(path)
    keyring = Keyring.open(path / "keys")
    speed = round(hours * 3600 / seconds)
    real_us = now_us()
    provision(home, keyring, source, real_us=real_us, speed=speed, tick_s=TICK_S)
    committer = Committer(home, keyring, "gw1", Register.STRICT)
    begin_us, peer = data_begin_us(source), Peer("127.0.0.1", 40000, 9212)
    for group in _groups(telegrams(source)):
        wait = real_us / 1e6 + (group[-1].send_at_us - begin_us) / speed / 1e6 - time.time()
        time.sleep(max(0.0, wait))
        committer.work([Parcel(peer, b"".join(t.frame for t in group), False)], 1)
    time.sleep(2 * 3600 / speed + 0.2)      # the last day closes one hour after its end
    committer.close(0)
    return home, source


def _groups(frames: Iterable) -> Iterable[list]:
    group: list = []
    for telegram in frames:
        if group and telegram.send_at_us // 3_600_000_000 != group[0].send_at_us // 3_600_000_000:
            yield group
            group = []
        group.append(telegram)
    yield group
