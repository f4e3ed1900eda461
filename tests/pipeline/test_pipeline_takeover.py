"""A named site takes over a logger from the instant of data time its entry names, not before."""

from __future__ import annotations

from homes import Station, run

from qingyuan.evidence.leaf import Kind
from qingyuan.lake import Lake
from qingyuan.ledger import office_append
from qingyuan.numerics.time import parse_cst
from qingyuan.pipeline import rows
from qingyuan.registry import EntryKind, Register, payload

HOURS = [parse_cst(f"202004010{hour}0000") for hour in range(6)]


def test_hours_before_the_takeover_stay_with_the_site_that_registered_itself(tmp_path):
    station = Station(tmp_path / "home", register=Register.AUTO)
    station.replay(HOURS[0] + 6 * 3_600_000_000)
    station.send(station.frame(HOURS[0], {"a34004": "11"}, name="X"))
    station.settle()
    check = station.keyring.password_check("MN-X", "pw-X")
    office_append(station.home, station.keyring, Kind.REGISTRY, payload(
        EntryKind.SITE, "named", {"name": "named", "kind": "air", "st": "22", "city": "南京", "mn": "MN-X",
                                  "password_check": check, "origin": "measured"}, valid_from_us=HOURS[3]))
    station.send(*(station.frame(HOURS[n], {"a34004": f"2{n}"}, name="X", qn=n) for n in (1, 2, 3, 4)))
    station.settle()
    station.close()
    run(station.home)
    hours = rows.figures(Lake(station.home.path / "lake").read("hour", sites=["MN-X", "named"]))
    found = {(f.subject, f.start): f.value for f in hours}
    assert found == {("MN-X", HOURS[0]): "11", ("MN-X", HOURS[1]): "21", ("MN-X", HOURS[2]): "22",
                     ("named", HOURS[3]): "23", ("named", HOURS[4]): "24"}
