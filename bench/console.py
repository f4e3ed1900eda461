"""How long pages take over five thousand sites: the slowest of twenty, beside an empty page of the same server."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bench import console_browser
from bench.table import Row

if TYPE_CHECKING:
    from qingyuan.ledger import Home, Keyring

SITES, HOURS, POINTS, REQUESTS = 5000, 24, 200_000, 100
SITE, TELEGRAMS, PASSWORD = 1, 300, "123456"                # the station whose page is asked for
HOUR_US, FIVE_US = 3_600_000_000, 300_000_000
NAMES = {"aqi.realtime": "", "hour.PM2.5": "a34004", "hour.O3": "a05024"}
CHART = "/sites/N0001/chart/?factor=a34004&mean=raw&from={first}&to={last}&marks=0"
GOALS = {"home of a duty officer": ("/", 100), "page of a station": ("/sites/N0001/", 150),
         "GeoJSON of 5,000 sites": ("/map/sites.geojson", 200), "chart of 200,000 points": (CHART, 1000)}


def make(path: Path, now_us: int) -> None:
    """A home with 5,000 stations: their entries, a day of figures, and 200,000 five-minute values of one of them."""
    from qingyuan.evidence.leaf import Kind
    from qingyuan.lake import FIGURE, OBSERVATION, Lake
    from qingyuan.ledger import Home, Keyring, office_append
    from qingyuan.registry import EntryKind, payload
    from qingyuan.vocabulary.factors import AIR_SIX

    home = Home.create(path)
    keyring = Keyring.open(path / "keys")
    for number in range(SITES):
        mn = f"MN{number:06}"
        secret = {"password_check": keyring.password_check(mn, PASSWORD)} if number == SITE else {}
        office_append(home, keyring, Kind.REGISTRY, payload(EntryKind.SITE, f"N{number:04}", {
            "name": f"站{number}", "kind": "air", "st": "22", "city": f"城{number % 13}", "city_code": "320100",
            "mn": mn, **secret, "origin": "simulated", "lon": 117 + 4 * (number * 0.618 % 1),
            "lat": 31 + 3 * (number * 0.754 % 1), "plan": list(AIR_SIX.values())}))
    last_us = now_us // HOUR_US * HOUR_US - HOUR_US
    _telegrams(home, keyring, last_us)
    with Lake(path / "lake").begin() as transaction:
        for table, names in (("figure", ["aqi.realtime"]), ("hour", ["hour.PM2.5", "hour.O3"])):
            transaction.write(table, _table(FIGURE, _figures(names, last_us)))
        transaction.write("observation", _table(OBSERVATION, _values(last_us)))
        transaction.commit({}, now_us)


def _telegrams(home: Home, keyring: Keyring, last_us: int) -> None:
    """The telegrams that the page of the station shows, in the ledger of a gateway."""
    from qingyuan.gateway.committer import Committer
    from qingyuan.gateway.inbox import Parcel, Peer
    from qingyuan.hj212 import encode
    from qingyuan.numerics.time import format_cst
    from qingyuan.registry import Register

    committer, peer = Committer(home, keyring, "gw1", Register.STRICT), Peer("127.0.0.1", 40000, 9212)
    frames = [encode([("QN", f"2020040100{number:07d}"), ("ST", "22"), ("CN", "2051"), ("PW", PASSWORD),
                      ("MN", f"MN{SITE:06}"), ("Flag", "5")],
                     [[("DataTime", format_cst(last_us - FIVE_US * number))], [("a34004-Avg", "30"),
                                                                             ("a34004-Flag", "N")]])
              for number in range(TELEGRAMS)]
    committer.work([Parcel(peer, b"".join(frames), False)], 1)
    committer.close(0)


def _figures(names: list[str], last_us: int) -> dict[str, object]:
    count = SITES * HOURS * len(names)
    start = np.tile(last_us - HOUR_US * np.arange(HOURS), SITES * len(names))
    values = 20 + np.arange(count) * 7 % 180
    name = np.repeat(names, SITES * HOURS)
    return {"name": name, "subject": np.tile(np.repeat([f"N{n:04}" for n in range(SITES)], HOURS), len(names)),
            "factor": [NAMES[one] for one in name], "start": start, "span_s": np.full(count, 3600),
            "value": values.astype(str), "mantissa": values, "scale": np.zeros(count, int),
            "unit": ["ug/m3" if NAMES[one] else "" for one in name], "stage": ["provisional"] * count,
            "standard": ["HJ 633-2012"] * count, "rules": ["air@bench"] * count, "detail": ["{}"] * count,
            "believed_from": start + HOUR_US, "version": np.ones(count, int), "reason": ["first"] * count,
            "digest": ["0" * 64] * count}


def _values(last_us: int) -> dict[str, object]:
    start = last_us - FIVE_US * np.arange(POINTS)
    return {"site": ["N0001"] * POINTS, "factor": ["a34004"] * POINTS, "kind": ["minute"] * POINTS, "start": start,
            "span_s": np.full(POINTS, 300), "received": start + FIVE_US, "ledger": ["gw1"] * POINTS,
            "leaf": np.arange(POINTS) % TELEGRAMS, "mark": ["N"] * POINTS, "avg": 300 + np.arange(POINTS) % 500,
            "avg_scale": np.ones(POINTS, int)}


def _table(schema: pa.Schema, columns: dict[str, object]) -> pa.Table:
    count = len(columns["start"])                                           # type: ignore[arg-type]
    return pa.table([pa.array(columns[f.name]).cast(f.type) if f.name in columns else pa.nulls(count, f.type)
                     for f in schema], schema=schema)


def rows() -> list[Row]:
    """The 95th percentile of a hundred requests of each page, milliseconds of the wall."""
    now_us = time.time_ns() // 1000
    first, last = (time.strftime("%Y-%m-%d", time.gmtime((now_us - back) / 1e6 + 28_800)) for back in
                   (POINTS * FIVE_US, 0))
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "home", now_us)
        with _served(Path(folder)) as (port, cookie):
            _half, floor = _taken(port, cookie, "/empty/")
            found = []
            for what, (path, goal) in GOALS.items():
                half, most = _taken(port, cookie, path.format(first=first, last=last))
                load = os.getloadavg()[0] / (os.cpu_count() or 1)
                note = (f"goal {goal} ms, median {half:.0f} ms, {load:.1f} jobs a core, granian {version('granian')}, "
                        f"django {version('django')}")
                found.append(Row(f"{what}, p95", most, "ms, wall", "a page with nothing in it, p95", floor, note))
            return found + console_browser.rows(port, cookie, GOALS["page of a station"][0],
                                                CHART.format(first=first, last=last))


def _taken(port: int, cookie: str, path: str) -> tuple[float, float]:
    """Median and 95th percentile of a hundred requests, milliseconds."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken = []
    for _ in range(REQUESTS + 3):
        start = time.perf_counter()
        link.request("GET", path, headers={"Cookie": f"qy_session={cookie}", "Accept-Language": "en",
                                             "Accept-Encoding": "gzip"})
        answer = link.getresponse()
        answer.read()
        taken.append(1000 * (time.perf_counter() - start))
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {path}")
    del taken[:3]                                                 # they fill what the server keeps
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str]]:
    """Port of a granian over the home, and the session of a duty officer."""
    environment = os.environ | {
        "QINGYUAN_HOME": str(folder / "home"), "QINGYUAN_DATABASE_URL": f"sqlite:///{folder}/console.sqlite3",
        "DJANGO_SETTINGS_MODULE": "qingyuan.console.settings"}
    made = subprocess.run([sys.executable, "-m", "bench.console", str(folder / "home")], env=environment, check=True,
                          capture_output=True, text=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    run = subprocess.Popen([sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
                            str(port), "--workers", "1", "--blocking-threads", "4", "--no-access-log", "--log-level",
                            "warning", "bench.console_floor:application"], env=environment)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield port, json.loads(made.stdout.splitlines()[-1])
    finally:
        run.terminate()
        run.wait(20)


def _officer(home: Path) -> str:
    """Make the database and a duty officer; the number of a session. Runs in a process of its own."""
    from qingyuan.console import prepare
    from qingyuan.ledger import Home

    prepare.use(Home.open(home))
    prepare.migrate()
    from django.test import Client

    from qingyuan.console.accounts.models import Grant, User

    person = User.objects.create_user(username="officer", password=None)
    Grant.objects.create(holder=person, role="duty-officer")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["qy_session"].value


if __name__ == "__main__":
    print(json.dumps(_officer(Path(sys.argv[1]))))
