"""A small synthetic home in memory, the same bytes at every run: two stations, a gateway's and an office ledger, one
publication, and the bundles of its figures. Nothing in it was measured."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qingyuan import hj212
from qingyuan.evidence import bundle, figures, merkle, note
from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, build_frame, build_json
from qingyuan.numerics.time import format_cst, parse_cst
from qingyuan.registry import EntryKind, payload

HOME, WITNESS, WITNESSED_S = "qingyuan/synthetic", "witness.example", 1_767_300_000
GATEWAY, OFFICE, QUARANTINE = f"{HOME}/gw1", f"{HOME}/office", f"{HOME}/gw1.quarantine"
DAY_US, HOUR_US = parse_cst("20260101000000") or 0, 3_600_000_000
NOON_US, TICK_US = DAY_US + 12 * HOUR_US, DAY_US + 26 * HOUR_US
PM25, O3 = "a34004", "a05024"
LOG = f"//restarted; {PM25}-Avg=98, {O3}-Avg=7//"
Content = dict[str, Any]


@dataclass(frozen=True)
class Key:
    """A signer from a seed."""

    name: str
    seed: int

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed.to_bytes(32, "big"))

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


WITNESS_KEY = note.vkey(WITNESS, Key(WITNESS, 3).public, note.COSIGNATURE)


@dataclass(frozen=True)
class Proof:
    """A leaf and its path."""

    origin: str
    index: int
    data: bytes
    path: list[bytes]


class Tree:
    """A ledger in memory."""

    def __init__(self, origin: str, seed: int) -> None:
        self.key, self.leaves = Key(origin, seed), list[bytes]()

    def add(self, leaf: bytes) -> int:
        self.leaves.append(leaf)
        return len(self.leaves) - 1

    def _hash(self, level: int, index: int) -> bytes:
        return merkle.root_of([merkle.leaf_hash(d) for d in self.leaves[index << level:(index + 1) << level]])

    def prove(self, index: int) -> Proof:
        path = merkle.inclusion(index, len(self.leaves), self._hash)
        return Proof(self.key.name, index, self.leaves[index], path)

    def checkpoint(self, witness: Key | None = Key(WITNESS, 3)) -> str:
        root = merkle.root_at(len(self.leaves), self._hash)
        signed = note.sign_checkpoint(self.key.name, len(self.leaves), root, self.key)
        return signed if witness is None else note.cosign(signed, witness, WITNESSED_S)

    @property
    def vkey(self) -> str:
        return note.vkey(self.key.name, self.key.public)


def telegram(mn: str, start_us: int, values: dict[str, str], *, cn: str = "2061", info: str = LOG, received_us: int = 0,
             verdict: Verdict = Verdict.ACCEPTED) -> bytes:
    """A frame leaf with the password withheld; `info` is a log text of the logger."""
    head = [("QN", "20260102000000000"), ("ST", "22"), ("CN", cn), ("PW", "123456"), ("MN", mn), ("Flag", "5")]
    items = [[("DataTime", format_cst(start_us))], [("i11001-Info", info)]]
    items += [[(f"{code}-Avg", value), (f"{code}-Flag", "N")] for code, value in values.items()]
    raw = hj212.encode(head, items)
    spans = [(raw.index(b"PW=123456") + 3, 6), (len(raw) - 6, 4)]
    return build_frame(received_us or start_us + HOUR_US, raw, spans, bytes(16), "10.0.0.7", 40000, 9212,
                       CrcVariant.STANDARD, verdict)[0]


def figure(name: str, subject: str, value: str, *, start_us: int = NOON_US, span_s: int = 3600, factor: str = PM25,
           unit: str = "ug/m3", standard: str = "GB 3095-2012", detail: str = "{}") -> Content:
    """A published line."""
    scale = len(value.partition(".")[2])
    number = value.replace(".", "").lstrip("-").isdigit()
    return {"name": name, "subject": subject, "factor": factor, "start": start_us, "span_s": span_s, "value": value,
            "mantissa": int(value.replace(".", "")) if number else None, "scale": scale if number else None,
            "unit": unit, "stage": "provisional", "standard": standard, "rules": "air@2026.1+0123456789ab",
            "detail": detail, "believed_from": TICK_US, "version": 1, "reason": "first", "digest": "00" * 32}


DAILY: Content = {"start_us": DAY_US, "span_s": 86400}
PM25_HOURS = [str(30 + hour) for hour in range(24)]                # the mean is 41.5
O3_HOURS = [str(60 + 7 * (hour % 12)) for hour in range(24)]       # 60 … 137, twice; the largest 8 h mean is 112.5
LINES = [
    figure("day.O3", "S1", "112", factor=O3, **DAILY), figure("day.PM2.5", "S1", "42", **DAILY),
    figure("hour.PM2.5", "S1", "42"), figure("hour.PM2.5", "S2", "52.5"), figure("hour.PM2.5", "S3", "33"),
    figure("hour.PM2.5", "city:北城", "47"), figure("hour.PM2.5", "S4", "31"),
    figure("hour.PM10", "S1", "", factor="a34002", detail='{"excluded":["sentinel"],"origin":"simulated"}'),
    figure("hour.NO2", "S1", "17", factor="a21004"),
    figure("aqi.realtime", "S1", "59", factor="", unit="", standard="HJ 633-2012"),
    figure("aqi.daily", "S1", "61", factor="", unit="", standard="HJ 633-2012", **DAILY),
    figure("hour.w00000", "S5", "", factor="w00000", unit="L/s", detail='{"excluded":["unit"],"origin":"simulated"}'),
    figure("hour.w00000", "S5", "12.5", factor="w00000", unit="L/s", start_us=NOON_US + HOUR_US),
    figure("hour.a01006", "S5", "1013.2", factor="a01006", unit="hPa"),
    figure("hour.PM2.5", "S6", "51", start_us=NOON_US - HOUR_US),
    figure("hour.PM2.5", "S7", "52", start_us=NOON_US),
    figure("hour.PM2.5", "S1", "42") | {"start": NOON_US + 0.5},
]
ALONE = figure("hour.PM2.5", "S1", "98")                           # never published


def steps_over(first: int, count: int, op: str, out: str, **more: Any) -> Content:
    """A step over earlier ones in a row."""
    return {"op": op, "in": list(range(first, first + count)), "out": out, **more}


class Scene:
    """The synthetic home, and bundles of its figures."""

    def __init__(self) -> None:
        self.trees = {origin: Tree(origin, seed) for origin, seed in ((GATEWAY, 1), (OFFICE, 2), (QUARANTINE, 4))}
        gateway, office, quarantine = self.trees.values()
        self.sites = {name: office.add(self._site(name, **more)) for name, more in (
            ("S1", {}), ("S2", {"units": {PM25: "mg/m3"}}), ("S3", {"city": "南城"}), ("S4", {"city": ""}),
            ("S5", {"units": {"w00000": "m3/h", "a01006": "kPa"}}))}
        self.hours = {hour: gateway.add(telegram("MN-S1", DAY_US + hour * HOUR_US, {
            PM25: PM25_HOURS[hour], O3: O3_HOURS[hour]})) for hour in range(24)}
        self.second = gateway.add(telegram("MN-S2", NOON_US, {PM25: "0.0525"}))
        self.other = gateway.add(telegram("MN-S3", NOON_US, {PM25: "42"}))
        self.marked = gateway.add(telegram("MN-S1", NOON_US, {"a34002": "99999", "a21004": "16"}))
        self.minutes = [gateway.add(telegram("MN-S3", NOON_US + n * HOUR_US // 6, {PM25: str(30 + n)}, cn="2051"))
                        for n in (1, 2, 3, 4, 5)]
        self.only_log = gateway.add(telegram("MN-S1", NOON_US, {O3: "88"}))
        self.refused = gateway.add(telegram("MN-S1", NOON_US, {PM25: "42"}, verdict=Verdict.BAD_CRC))
        self.shown = gateway.add(telegram("MN-S1", NOON_US, {PM25: "42"}).replace(b"PW=******", b"PW=123456"))
        self.admitted = quarantine.add(telegram("MN-S4", NOON_US, {PM25: "31"}, verdict=Verdict.UNKNOWN_MN))
        self.admission = office.add(self._entry(EntryKind.ADMISSION, "gw1.quarantine-0", {
            "ledger": "gw1.quarantine", "mn": "MN-S4", "from_leaf": 0, "to_leaf": 1}))
        cut = {"gw1": len(gateway.leaves), "office": len(office.leaves)}
        self.moved = [office.add(self._site(name, since_us=since_us, mn=mn)) for name, mn, since_us in (
            ("S6", "MN-S6", None), ("S6", "MN-new", NOON_US), ("S7", "MN-S6", NOON_US))]
        self.moving = [gateway.add(telegram("MN-S6", NOON_US + n * HOUR_US, {PM25: str(52 + n)})) for n in (-1, 0)]
        cut["office"] = len(office.leaves)
        self.flow = gateway.add(telegram("MN-S5", NOON_US, {"w00000": "12.5", "a01006": "101.32"}))
        self.flow_later = gateway.add(telegram("MN-S5", NOON_US + HOUR_US, {"w00000": "12.5"}))
        cut["gw1"] = len(gateway.leaves)
        self.late = gateway.add(telegram("MN-S1", NOON_US, {PM25: "42"}, received_us=TICK_US + 1))
        self.late_entry = office.add(self._site("S1", received_us=TICK_US + 1))
        rows = [figures.canonical(line) for line in LINES]
        self.publication = office.add(build_json(Kind.PUBLICATION, TICK_US + 2, {
            "tick_us": TICK_US, "figures_root": figures.figures_root(rows).hex(), "figures_count": len(rows),
            "cut": cut, "rules": ["air@2026.1+0123456789ab"], "software": "qingyuan synthetic", "reason": "tick"}))
        self._rows = rows

    def _site(self, name: str, received_us: int = DAY_US, since_us: int | None = None, **more: Any) -> bytes:
        data = {"name": f"{name}站", "kind": "air", "st": "22", "city": "北城", "mn": f"MN-{name}",
                "origin": "simulated", **more}
        entry = build_json(Kind.REGISTRY, received_us, payload(EntryKind.SITE, name, data, valid_from_us=since_us))
        if name != "S4":
            return entry
        known = json.loads(entry[13:]) | {"key": "gateway/register/S4"}
        return build_json(Kind.REGISTRY, received_us, known)

    def _entry(self, kind: EntryKind, name: str, data: Content, received_us: int = DAY_US) -> bytes:
        return build_json(Kind.REGISTRY, received_us, payload(kind, name, data))

    def bundle(self, line: Content, leaves: Sequence[tuple[str, int]], steps: Sequence[Content]) -> bytes:
        """The bundle of a published line; leaves are (origin, index), the publication comes last."""
        proofs = [self.trees[origin].prove(index) for origin, index in [*leaves, (OFFICE, self.publication)]]
        used = {proof.origin for proof in proofs}
        index = LINES.index(line)
        return bundle.build(
            keys=[*(tree.vkey for tree in self.trees.values()), WITNESS_KEY],
            checkpoints={origin: self.trees[origin].checkpoint() for origin in sorted(used)}, leaves=proofs,
            figure=line, figure_path=figures.figure_path(self._rows, index), publication=len(leaves), steps=steps)

    def hour(self, site: str = "S1", leaf: int | None = None, out: str = "42", exponent: int = 0) -> bytes:
        """An hour as one telegram states it."""
        line = next(f for f in LINES if (f["name"], f["subject"]) == ("hour.PM2.5", site))
        where = leaf if leaf is not None else {"S1": self.hours[12], "S2": self.second}[site]
        return self.bundle(line, [(OFFICE, self.sites[site]), (GATEWAY, where)], [
            said_of(0, site), read_from(1, out, exponent=exponent)])

    def whole(self) -> dict[str, bytes]:
        """Every genuine bundle by name."""
        one = [(OFFICE, self.sites["S1"]), *((GATEWAY, self.hours[hour]) for hour in range(24))]
        pm = [read_from(hour + 1, PM25_HOURS[hour]) for hour in range(24)]
        ozone = [read_from(hour + 1, O3_HOURS[hour], factor=O3) for hour in range(24)]
        mean, largest = steps_over(1, 24, "mean", "42"), steps_over(1, 24, "mda8", "112")
        index = [said_of(0, "S1"), *pm, mean, {"op": "iaqi", "in": [25], "out": "59"}, *ozone,
                 steps_over(27, 24, "mda8", "112"), {"op": "iaqi", "in": [51], "out": "60"},
                 {"op": "text", "out": "61"}, {"op": "max", "in": [26, 52, 53], "out": "61"}]
        named = {(line["name"], line["subject"]): line for line in LINES}
        return {
            "hour-sent": self.hour(),
            "hour-other-unit": self.hour("S2", out="52.5", exponent=3),
            "hour-of-minutes": self.bundle(
                named["hour.PM2.5", "S3"], [(OFFICE, self.sites["S3"]), *((GATEWAY, at) for at in self.minutes)],
                [said_of(0, "S3"), *(read_from(n + 1, str(31 + n)) for n in range(5)), steps_over(1, 5, "mean", "33")]),
            "hour-of-a-city": self.bundle(
                named["hour.PM2.5", "city:北城"], [(OFFICE, self.sites["S1"]), (OFFICE, self.sites["S2"]),
                                                 (GATEWAY, self.hours[12]), (GATEWAY, self.second)],
                [said_of(0, "S1"), said_of(1, "S2"), read_from(2, "42"), read_from(3, "52.5", exponent=3),
                 {"op": "points", "in": [2, 3], "out": "47"}]),
            "hour-admitted": self.bundle(
                named["hour.PM2.5", "S4"],
                [(OFFICE, self.sites["S4"]), (OFFICE, self.admission), (QUARANTINE, self.admitted)],
                [said_of(0, "S4"), {"op": "registry", "leaf": 1, "mn": "MN-S4", "out": "gw1.quarantine-0"},
                 read_from(2, "31")]),
            "day-mean": self.bundle(named["day.PM2.5", "S1"], one, [said_of(0, "S1"), *pm, mean]),
            "day-ozone": self.bundle(named["day.O3", "S1"], one, [said_of(0, "S1"), *ozone, largest]),
            "no-value": self.bundle(
                named["hour.PM10", "S1"], [(OFFICE, self.sites["S1"]), (GATEWAY, self.marked)],
                [said_of(0, "S1"), read_from(1, "99999", factor="a34002"), {"op": "text", "out": ""}]),
            **self._in_other_units(),
            "hour-before-a-move": self.moving_logger(0), "hour-after-a-move": self.moving_logger(1),
            "older-rules": self.bundle(
                named["hour.NO2", "S1"], [(OFFICE, self.sites["S1"]), (GATEWAY, self.marked)],
                [said_of(0, "S1"), read_from(1, "16", factor="a21004"), {"op": "text", "out": "17"}]),
            "index-realtime": self.bundle(
                named["aqi.realtime", "S1"], [(OFFICE, self.sites["S1"]), (GATEWAY, self.hours[12])],
                [said_of(0, "S1"), read_from(1, "42"), {"op": "iaqi", "in": [1], "out": "59"},
                 read_from(1, "60", factor=O3), {"op": "iaqi", "in": [3], "out": "19"},
                 {"op": "max", "in": [2, 4], "out": "59"}]),
            "index-over-a-stated-part": self.bundle(named["aqi.daily", "S1"], one, index),
            "leaf-telegram": self.leaf(GATEWAY, self.hours[12]), "leaf-registry": self.leaf(OFFICE, self.sites["S4"]),
        }

    def _in_other_units(self) -> dict[str, bytes]:
        """Figures of a station that sends flow in m3/h, from which no power leads to L/s, and pressure in kPa."""
        lines = [line for line in LINES if line["subject"] == "S5"]
        leaves = [[(OFFICE, self.sites["S5"]), (GATEWAY, at)] for at in (self.flow, self.flow_later, self.flow)]
        flow = read_from(1, "12.5", factor="w00000")
        without, stated, pressure = ([said_of(0, "S5"), *steps] for steps in (
            [flow, {"op": "text", "out": ""}], [flow], [read_from(1, "1013.2", factor="a01006", exponent=1)]))
        return {"no-value-unit": self.bundle(lines[0], leaves[0], without),
                "unit-not-led": self.bundle(lines[1], leaves[1], stated),
                "hour-pressure": self.bundle(lines[2], leaves[2], pressure)}

    def moving_logger(self, hour: int, entries: Sequence[int] = (0, 1, 2)) -> bytes:
        """An hour of the logger that went from S6 to S7 at noon, with some of the three entries that say so."""
        named = [("MN-S6", "S6"), ("MN-new", "S6"), ("MN-S6", "S7")]
        said = [{"op": "registry", "leaf": at, "mn": named[number][0], "out": named[number][1]}
                for at, number in enumerate(entries)]
        line = next(line for line in LINES if line["subject"] == ("S6", "S7")[hour])
        return self.bundle(line, [*((OFFICE, self.moved[n]) for n in entries), (GATEWAY, self.moving[hour])],
                           [*said, read_from(len(entries), str(51 + hour))])

    def broken_period(self) -> bytes:
        """A published line whose hour begins at half a microsecond: no figure of this house."""
        return self.bundle(LINES[-1], [(OFFICE, self.sites["S1"]), (GATEWAY, self.hours[12])],
                           [said_of(0, "S1"), read_from(1, "42")])

    def leaf(self, origin: str, index: int) -> bytes:
        """The proof of one leaf."""
        tree = self.trees[origin]
        return bundle.build(keys=[tree.vkey, WITNESS_KEY], checkpoints={origin: tree.checkpoint()},
                            leaves=[tree.prove(index)])


def said_of(leaf: int, site: str) -> Content:
    """The step of a registry entry."""
    return {"op": "registry", "leaf": leaf, "mn": f"MN-{site}", "out": site}


def read_from(leaf: int, out: str, *, factor: str = PM25, exponent: int = 0) -> Content:
    """The step of a telegram."""
    return {"op": "telegram", "leaf": leaf, "factor": factor, "unit_exp": exponent, "out": out}


def sealed(content: object) -> bytes:
    """Content under a digest that fits it, as a forger would do."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(errors="surrogatepass")
    return f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body
