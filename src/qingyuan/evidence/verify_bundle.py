#!/usr/bin/env python3
"""Check a bundle of Qingyuan offline: one file, nothing but Python's standard library, nothing of Qingyuan.

    python verify_bundle.py FILE [--key VERIFIER_KEY_LINE]...

Exit code 0: everything holds. 1: something does not. 2: no such file. 3: published and signed, but NOT recomputed.
With --key only those keys are trusted, and each witness given must have signed; else compare the keys of the file."""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections import namedtuple
from contextlib import suppress
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

FORMAT = "qingyuan-bundle-v1"
PARTS = ["checkpoints", "figure", "figure_path", "format", "keys", "leaves", "publication", "steps"]
STEPS = {"registry": ["leaf", "mn"], "telegram": ["factor", "leaf", "unit_exp"], "text": [], "mean": ["in"],
         "points": ["in"], "round": ["in"], "mda8": ["in"], "iaqi": ["in"], "max": ["in"]}      # beside `op` and `out`
GIVES = {("mean", "minute"): "hour", ("mean", "hour"): "day", ("mda8", "hour"): "day", ("points", "hour"): "hour",
         ("points", "day"): "day", ("round", "hour"): "hour", ("round", "day"): "day", ("iaqi", "hour"): "index",
         ("iaqi", "day"): "index", ("max", "index"): "aqi"}       # operation and kind of its inputs: what it makes
RESULTS = {"recomputed": "everything holds 全部通过", "leaf_proven": "everything holds 全部通过",
           "no_value": "everything holds: published WITHOUT a value 全部通过：发布时没有数值",
           "not_recomputed": "published and signed, but NOT recomputed 已发布并签名，但数值未重新计算"}
LIMITS = ("Telegrams are unsigned: the proof starts at receipt, not at the sender. 报文没有签名，不能说明由谁发出。",
          "That no telegram, station or later registry entry is left out is not shown. 不能说明没有遗漏。")
FACTORS = {"a21026": "SO2", "a21004": "NO2", "a21005": "CO", "a05024": "O3", "a34002": "PM10", "a34004": "PM2.5"}
OLD_CODES = {"02": "a21026", "04": "a21005"}       # HJ/T 212-2005; other old codes are shown, compare them with annex B
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)      # of the concentrations below: HJ 633 table 1 (2026: 1 and 3)
TABLES = {name: [int(text) for text in row.split()] for name, _, row in (line.partition(" = ") for line in (
    "SO2/24h = 0 50 150 475 800 1600 2100 2620", "NO2/24h = 0 40 80 180 280 565 750 940", "SO2/1h = 0 150 500 650 800",
    "NO2/1h = 0 100 200 700 1200 2340 3090 3840", "CO/24h = 0 2 4 14 24 36 48 60", "CO/1h = 0 5 10 35 60 90 120 150",
    "O3/8h = 0 100 160 215 265 800", "O3/1h = 0 160 200 300 400 800 1000 1200",
    "HJ 633-2012/PM10/24h = 0 50 150 250 350 420 500 600", "HJ 633-2012/PM2.5/24h = 0 35 75 115 150 250 350 500",
    "HJ 633-2026/PM10/24h = 0 50 120 250 350 420 500 600", "HJ 633-2026/PM2.5/24h = 0 35 60 115 150 250 350 500"))}
ABOVE = {"HJ 633-2026/SO2/1h": "200", "HJ 633-2026/O3/8h": "300", "HJ 633-2012/SO2/1h": None, "HJ 633-2012/O3/8h": None}
ROWS = ("t:6 kg:3 g:0 mg:-3 ug:-6 ng:-9|m3:0 L:-3 mL:-6|km:3 m:0 cm:-2 mm:-3|kPa:3 hPa:2 Pa:0|S:0 mS:-3 uS:-6|"
        "kV:3 V:0 mV:-3|A:0 mA:-3|MWh:6 kWh:3 Wh:0|s:0|min:0|h:0|Bq:0|count:0")    # units of a quantity, powers of ten
UNITS = {unit: (what, int(power)) for what, row in enumerate(ROWS.split("|"))
         for unit, power in re.findall(r"(\S+):(\S+)", row)}
HOUR_US, LOCAL_US, EPOCH = 3_600_000_000, 28_800_000_000, datetime(1970, 1, 1)     # times of HJ 212 are those of +08:00
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Check = namedtuple("Check", "name ok detail code")             # one line of the report; the last one has a code
Done = namedtuple("Done", "text kind factor used")             # a step done again; used: (leaf, factor, site, hour)
class Failed(Exception):
    """A check does not hold: code and sentence."""

def need(holds, code, sentence):
    """Fail unless it holds."""
    if not holds:
        raise Failed(code, sentence)

def whole(value, end, code="form"):
    """A number of one of so many."""
    need(type(value) is int and 0 <= value < end, code, f"there is no number {str(value)[:40]} of {end}")
    return value

def _decode(data):             # Ed25519 (RFC 8032), verification only
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    wrong = y >= P or (x * x - square) % P or (x == 0 and sign)
    return None if wrong else (P - x if x % 2 != sign else x, y)

def _add(a, b):
    product = D * a[0] * b[0] * a[1] * b[1]
    return ((a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P) % P,
            (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P)

def _times(number, point):
    rest = _times(number >> 1, _add(point, point)) if number else (0, 1)
    return _add(rest, point) if number & 1 else rest

def ed25519(public, message, signature):
    """True if the signature of the message is the key's."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _decode(public), _decode(signature[:32]), int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return None not in (a, r) and s < L and _times(s, _decode(b"\x58" + b"\x66" * 31)) == _add(r, _times(h, a))

def unpack(text):
    """Bytes of base64 in its one canonical form."""
    need(base64.b64encode(data := base64.b64decode(text, validate=True)).decode() == text, "form", "uncanonical base64")
    return data

def read_key(line):
    """Name and key id, algorithm, public key, and the line (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""
    name, identity, packed = line.split("+", 2)
    raw = unpack(packed)
    need(hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] == identity, "signature", f"{name}: wrong key id")
    return (name, bytes.fromhex(identity)), raw[0], raw[1:], line

def check_note(note, keys, origin, pinned):
    """Size and root of a checkpoint, and its witnesses. Every signature must be right; only pinned keys are trusted."""
    text, _, tail = note.rpartition("\n\n")
    lines, signers = text.split("\n"), dict[str, tuple]()
    for line in tail.removesuffix("\n").split("\n"):
        dash, name, packed = line.split(" ")
        raw = unpack(packed)
        key: tuple = next((key for key in keys if key[0] == (name, raw[:4])), ())
        need(dash == "—" and key, "signature", f"{origin}: a signature of {name} by a key that the file does not hold")
        when = int.from_bytes(raw[4:12], "big") if key[1] == 4 else None
        message = f"{text}\n" if when is None else f"cosignature/v1\ntime {when}\n{text}\n"
        need(ed25519(key[2], message.encode(), raw[4 if when is None else 12:]), "signature", f"{name}: bad signature")
        signers |= {key[3]: (name, when)} if not pinned or key[3] in pinned else {}
    need(lines[0] == origin and (origin, None) in signers.values(), "unsigned", f"{origin}: unsigned by a trusted key")
    for (name, _), algorithm, _, line in map(read_key, pinned or ()):
        need(line in signers or algorithm != 4, "witness", f"{origin}: {name} has not signed the checkpoint")
    seen = [f"{name} at {local(when * 1_000_000)}" for name, when in signers.values() if when is not None]
    return int(lines[1]), unpack(lines[2]), ", ".join(seen) or "nobody yet"

def root_of_path(index, size, node, path):
    """Root that a hash at an index leads to, by its path in a tree of that size (RFC 6962 2.1.1)."""
    whole(index, size, "leaf")
    if size == 1 or not path:
        need(size == 1 and not path, "leaf", "a path has another length than its tree asks for")
        return node
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return hashlib.sha256(b"\1" + root_of_path(index, half, node, path[:-1]) + path[-1]).digest()
    return hashlib.sha256(b"\1" + path[-1] + root_of_path(index - half, size - half, node, path[:-1])).digest()

def frame_of(leaf):
    """Verdict and frame of a frame leaf; what is withheld must be overwritten."""
    need(leaf[:5] == b"QYL1\1", "telegram", "a telegram step names a leaf that is no frame")
    verdict, at, count = leaf[14], 21 + leaf[19], leaf[20 + leaf[19]]
    spans = [[int.from_bytes(leaf[i:i + 2], "big") for i in (o, o + 2)] for o in range(at, at + 4 * count, 4)]
    frame = leaf[at + 4 * count + (32 if count else 0):]
    need(all(frame[o:o + n] == b"*" * n for o, n in spans), "withheld", "a withheld span is not overwritten")
    return verdict, frame

def first_of(items, fold=str):
    """Names and values, of doubles the first; around the last dash of a name (factor-suffix) blanks do not count."""
    out = dict[str, str]()
    for item in items:
        name, equals, value = item.partition("=")
        code, dash, suffix = name.strip().rpartition("-")
        if equals and name.strip():
            out.setdefault(fold(code.rstrip() + dash + suffix.lstrip()), value.strip())
    return out

def read_frame(frame):
    """Names and values of head (names in small letters) and data area of HJ 212, read as the gateway reads them. Items
    end at `;` and `,`, but not inside `//...//`, which is a text; one with full-width signs outside texts is none."""
    length = re.match(rb"##([0-9]{4})", frame)
    segment = frame[6:6 + int(length[1])] if length else frame.removeprefix(b"##")
    if length and (len(segment) < int(length[1]) or not segment.endswith(b"&&")):
        last = re.search(rb"&&[0-9A-Fa-f]{4}[\r\n \t]*$", frame)
        segment = frame[6:last.start() + 2] if last else segment
    for encoding in ("latin-1", "gb18030", "utf-8"):                        # the last one that fits
        with suppress(UnicodeDecodeError):
            text = segment.decode(encoding)
    head, area = [*re.split(r"CP\s*=\s*&&", text, maxsplit=1, flags=re.IGNORECASE), ""][:2]
    area = area[:area.rindex("&&")] if "&&" in area else area
    items = (item[1] for item in re.finditer(r"((?://.*?//|[^;,])*)(?:[;,]|\Z)", area, re.DOTALL))
    plain = (item for item in items if not re.search("[；，＝]", re.sub("//.*?//", "", item, flags=re.DOTALL)))
    return first_of(re.split(r";|,(?=\s*(?:[A-Za-z]+\s*=|;|\Z))", head), str.lower), first_of(plain)

def local(us):
    """Local time with its offset."""
    return (EPOCH + timedelta(microseconds=us + LOCAL_US)).isoformat() + "+08:00"

def leads(one, unit):
    """Power of ten from a unit to another; None where none leads over."""
    (whats, powers), (others, there) = (zip(*(UNITS.get(part, (None, 0)) for part in name.split("/")), strict=True)
                                        for name in (one, unit))
    known = whats == others and None not in whats
    return 0 if one == unit else 2 * (powers[0] - there[0]) - sum(powers) + sum(there) if known else None

def number(text):
    """A plain decimal as a fraction; anything else could stand for other numbers, or take for ever."""
    need(re.fullmatch(r"[+-]?(?=\.?[0-9])[0-9]{0,40}\.?[0-9]{0,40}", text), "step", f"no decimal: {text[:40]}")
    return Fraction(text)

def like(value, shown):
    """A fraction rounded once by GB/T 8170 (an exact half to the even digit) to as many decimals as a text shows."""
    digits = len(shown.partition(".")[2])
    text = str(abs(whole := round(value * 10 ** digits))).rjust(digits + 1, "0")
    return ("-" if whole < 0 else "") + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)

def mda8(values):
    """Largest 8 h mean of a day's 24 values: 6 hours a window, 14 windows or above the limit (GB 3095, HJ 663)."""
    windows = [[v for v in values[end - 8:end] if v is not None] for end in range(8, 25)]
    means = [sum(known, Fraction()) / len(known) for known in windows if len(known) >= 6]
    need(means and (len(means) >= 14 or round(max(means)) > 160), "step", "too few 8 h means")
    return max(means)

def sub_index(value, name):
    """Sub-index by a table of HJ 633, always rounded up."""
    row = TABLES.get(name) or TABLES.get(name.partition("/")[2], [])
    need(row and value >= 0, "step", f"no sub-index by {name}")
    for (low_i, low_c), (high_i, high_c) in pairwise(zip(INDEX, row, strict=False)):
        if value <= high_c:
            return str(low_i - (high_i - low_i) * (value - low_c) // (low_c - high_c))
    return ABOVE.get(name, "500")

class Way:
    """The steps of a bundle done again, with what its registry entries say."""
    def __init__(self, bundle, leaves, published, tell):
        self.figure, self.published, self.tell, self.done = bundle["figure"], published, tell, []
        self.entries, self.admitted = {}, []
        home = bundle["leaves"][bundle["publication"]]["origin"].removesuffix("office")
        for number, step in enumerate(bundle["steps"]):
            op, out = step["op"], step["out"]
            need(sorted(step) == sorted([*STEPS[op], "op", "out"]), "form", f"step {number} has not the fields of {op}")
            one = self.compute(op, step) if "in" in step else Done(out, "text", None, frozenset())
            if "leaf" in step:
                item = bundle["leaves"][whole(step["leaf"], len(leaves))]
                need(item["origin"].startswith(home), "cut", f"{item['origin']} is of another home")
                one = getattr(self, op)(step, (item["origin"].removeprefix(home), item["index"]), leaves[step["leaf"]])
            need(one.text == out, "step", f"step {number}: {op} gives {one.text}, not {out}")
            self.done.append(one)
        touched = {bundle["publication"], *(step["leaf"] for step in bundle["steps"] if "leaf" in step)}
        need(len(touched) == len(leaves), "unused", "no step names a leaf that the file holds")

    def registry(self, step, where, leaf):
        """An entry of the registry: whose an MN is, or which quarantined telegrams of an MN were admitted."""
        need(leaf[:5] == b"QYL1\5" and where[0] == "office", "registry", f"{where} is no entry of the registry")
        need(where[1] < self.published["cut"]["office"], "cut", f"entry {where} came after the cut")
        entry = json.loads(leaf[13:].decode())
        kind, name, data, mn = entry["entry"], entry["id"], entry["data"], step["mn"]
        need((data["mn"], name) == (mn, step["out"]), "registry", f"entry {where} is of MN {data['mn']} and {name}")
        if kind == "admission":
            self.admitted.append((data["ledger"], mn, range(data["from_leaf"], data["to_leaf"])))
        else:
            self.entries[where[1]] = name, data, entry["valid_from_us"], entry["valid_to_us"]
        who = "by the gateway alone, at its first telegram" if "gateway/" in entry.get("key", "") else "by hand or file"
        self.tell("registry", f"{kind} {name}, MN {mn}, {data.get('name')}, {data.get('city')}: {where}, made {who}")
        return Done(name, "entry", None, frozenset())

    def whose(self, mn, at_us, where):
        """The site that had an MN then, and its entry in force (of several the newest; where there is none, all)."""
        held = {name: data for _, (name, data, since, until) in sorted(self.entries.items())
                if (since is None or since <= at_us) and (until is None or at_us < until)}
        ever = {name for name, data, *_ in self.entries.values() if data["mn"] == mn}
        site, *more = {name for name, data in held.items() if data["mn"] == mn} or ever or [None]
        need(site and not more, "registry", f"no entry or several in the file say whose MN {mn} is (telegram {where})")
        return site, [held[site]] if site in held else [e[1] for e in self.entries.values() if e[0] == site]

    def telegram(self, step, where, leaf):
        """The mean that a telegram states, in the figure's unit; station, period, factor must be the figure's."""
        (verdict, frame), figure, published = frame_of(leaf), self.figure, self.published
        head, area = read_frame(frame)
        mn, cn, code = head.get("mn"), head.get("cn"), step["factor"]
        when = area.get("DataTime", next((text for name, text in area.items() if name.lower() == "datatime"), None))
        admitted = verdict == 2 and int.from_bytes(leaf[5:13], "big") <= published["tick_us"] and any(
            (where[0], mn) == given[:2] and where[1] in given[2] for given in self.admitted)
        need(verdict == 1 or admitted, "telegram", f"telegram {where} was not accepted, and no entry admits it")
        need(admitted or where[1] < published["cut"].get(where[0], 0), "cut", f"telegram {where} came after the cut")
        need(re.fullmatch("[0-9]{14}([0-9]{3})?", when or ""), "period", f"telegram {where} has no DataTime")
        at, kind = datetime.strptime(when[:14], "%Y%m%d%H%M%S"), {"2051": "minute", "2061": "hour"}.get(cn)
        at_us = (at - EPOCH) // timedelta(microseconds=1) - LOCAL_US
        since, (site, entries) = at_us - figure["start"], self.whose(mn, at_us, where)
        whose = site, *(f"city:{data.get('city')}" for data in entries)
        need(figure["subject"] in whose, "site", f"telegram {where} is of {whose}, not of {figure['subject']}")
        need(kind and 0 <= since < figure["span_s"] * 1_000_000, "period", f"telegram {where} is of CN {cn}, {when}")
        factor = OLD_CODES.get(code) or (figure["factor"] if re.fullmatch("[0-9BS][0-9]{1,2}", code) else code)
        need(factor in ([figure["factor"]] if figure["factor"] else FACTORS), "factor", f"{code} of telegram {where}")
        unit = figure["unit"] or ("mg/m3" if factor == "a21005" else "ug/m3")
        sent, shift = {data.get("units", {}).get(factor, unit) for data in entries}, step["unit_exp"]
        ways = [leads(one, unit) for one in sent]
        need(type(shift) is int and shift in [way or 0 for way in ways], "unit",
             f"10^{shift} does not lead from {' or '.join(sent)}, registered for telegram {where}, to {unit}")
        text = area.get(f"{code}-Avg")
        need(text is not None, "telegram", f"telegram {where} does not state {code}-Avg")
        out = like(number(text) * Fraction(10) ** shift, "." + "0" * (len(text.partition(".")[2]) - shift))
        used = frozenset([(step["leaf"], factor, site, since // HOUR_US)])
        return Done(out, kind if shift in ways else "text", factor, used)            # "text": no unit leads there

    def compute(self, op, step):
        """What a step over earlier ones gives."""
        given = [None if at is None else self.done[whole(at, len(self.done))] for at in step["in"]]
        known = [one for one in given if one]
        used = frozenset().union(*(one.used for one in known))
        need(known and sum(len(one.used) for one in known) == len(used), "step", "nothing, or a telegram twice")
        kinds, factors = {one.kind for one in known}, {one.factor for one in known}
        numbers, sites, hours = [number(one.text) for one in known], {u[2] for u in used}, {u[3] for u in used}
        kind = "text" if "text" in kinds else GIVES.get((op, *kinds))
        need(kind, "step", f"there is no {op} of {' and '.join(sorted(kinds))}")
        need(op == "max" or len(factors - {None}) <= 1, "factor", f"{op} mixes factors")
        need(len(sites) <= {"mean": 1, "mda8": 1, "points": len(known)}.get(op, 999), "site", f"{op} mixes stations")
        need(kinds != {"minute"} or len(hours) == 1, "period", "minutes of several hours")
        need((op, kind) != ("mean", "day") or len(known) >= 20, "step", "a day's mean needs 20 hours (GB 3095)")
        if op == "max":
            return Done(known[numbers.index(max(numbers))].text, kind, None, used)
        if op == "iaqi":
            period, name = "day" if self.figure["span_s"] > 3600 else "hour", FACTORS.get(known[0].factor, "")
            need(kinds <= {"text", period}, "period", "an index of means over another period")
            averaging = "8h" if (name, period) == ("O3", "day") else "24h" if period == "day" or "PM" in name else "1h"
            return Done(sub_index(numbers[0], f"{self.figure['standard']}/{name}/{averaging}"), kind, None, used)
        placed = all(u[3] == at for at, one in enumerate(given) if one for u in one.used)
        need(op != "mda8" or placed, "period", "the hours of the day are not in their places")
        result = numbers[0] if op == "round" else sum(numbers, Fraction()) / len(numbers)
        result = mda8([one and number(one.text) for one in given]) if op == "mda8" else result
        return Done(like(result, step["out"]), kind, known[0].factor, used)

def canonical(value):
    """JSON as it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()

def _checks(data, pinned, tell):
    head, _, body = data.partition(b"\n")
    right = head == f"{FORMAT} sha256={hashlib.sha256(body).hexdigest()}".encode()
    bundle = json.loads(body) if right else {}
    right = right and canonical(bundle) == body and sorted(bundle) == PARTS and bundle["format"] == FORMAT
    need(right, "form", "the first line is not that of a bundle with this content, or the content is of another form")
    tell("file", f"{len(data)} bytes, sha256 as stated")
    keys, trees, leaves = [read_key(line) for line in bundle["keys"]], {}, []
    tell("keys", ("given by you: " if pinned else "CLAIMED, compare them: ") + ", ".join(pinned or bundle["keys"]))
    for origin, note in sorted(bundle["checkpoints"].items()):
        *trees[origin], witnesses = check_note(note, keys, origin, pinned)
        tell("checkpoint", f"{origin}: {trees[origin][0]} leaves, witnessed by {witnesses}")
    for item in bundle["leaves"]:
        need(sorted(item) == ["index", "leaf", "origin", "path"], "form", "a leaf has other fields")
        leaf, (size, root) = unpack(item["leaf"]), trees[item["origin"]]
        place = item["index"], size, hashlib.sha256(b"\0" + leaf).digest(), [*map(unpack, item["path"])]
        need(root_of_path(*place) == root, "leaf", f"leaf {item['index']} is not under its checkpoint {item['origin']}")
        shown = frame_of(leaf)[1] if leaf[:5] == b"QYL1\1" else leaf[13:]
        leaves.append(leaf)
        if bundle["figure"] is None:
            tell("content", f"{item['index']} of {item['origin']}, kind {leaf[4]}, received "
                 f"{int.from_bytes(leaf[5:13], 'big')} us: {shown.decode('utf-8', 'backslashreplace')}")
    need(leaves and {item["origin"] for item in bundle["leaves"]} == set(trees), "unused", "a checkpoint has no leaf")
    tell("leaf", f"{len(leaves)} leaves lead to their checkpoints")
    if bundle["figure"] is None:
        need(bundle | {"figure_path": None, "publication": None, "steps": []} == bundle, "form", "a leaf has no steps")
        return "leaf_proven"
    return _figure(bundle, leaves, tell)

def _figure(bundle, leaves, tell):
    figure, place, at = bundle["figure"], bundle["figure_path"], whole(bundle["publication"], len(leaves))
    right = leaves[at][:5] == b"QYL1\x0a" and bundle["leaves"][at]["origin"].endswith("/office")
    published = json.loads(leaves[at][13:].decode()) if right else {}
    need(right and published["tick_us"] == figure["believed_from"], "publication", "the leaf named is not the figure's")
    tell("publication", f"{published['figures_count']} figures, {published['software']}")
    path = [bytes.fromhex(h) for h in place["path"]]
    need(sorted(place) == ["index", "path", "size"] and [h.hex() for h in path] == place["path"], "form", "figure_path")
    root = root_of_path(place["index"], place["size"], hashlib.sha256(b"\0" + canonical(figure)).digest(), path)
    where = published["figures_root"], published["figures_count"]
    need((root.hex(), place["size"]) == where, "figure", "it is not in that publication")
    need(type(figure["start"]) is type(figure["span_s"]) is int, "form", "a period is stated in whole numbers")
    tell("figure", f"{figure['name']} of {figure['subject']}, {local(figure['start'])} to "
         f"{local(figure['start'] + figure['span_s'] * 1_000_000)}, factor {figure['factor'] or 'none'}: "
         f"{figure['value'] or 'no value'} {figure['unit']}, {figure['stage']}, {figure['standard']}")
    done = Way(bundle, leaves, published, tell).done
    tell("step", f"{len(done)} steps, {sum(one.kind == 'text' for one in done)} of them stated and not recomputed")
    last = done[-1] if done else Done(None, "", None, ())
    need(last.text == figure["value"], "value", f"the last step gives {last.text}, not {figure['value']}")
    tell("value", figure["value"] or f"none, as published: {figure['detail']}")
    if last.kind == "text" or not re.fullmatch("-?[0-9.]+", figure["value"]):
        return "not_recomputed" if re.fullmatch("-?[0-9.]+", figure["value"]) else "no_value"
    right = last.kind == figure["name"].partition(".")[0] and last.factor in (figure["factor"], None)
    need(right, "value", f"the last step gives {last.kind} of {last.factor}")
    named = {len(done) - 1, *(at for step in bundle["steps"] for at in step.get("in", ()))}
    need(all(at in named or one.kind == "entry" for at, one in enumerate(done)), "unused", "some steps lead nowhere")
    return "recomputed"

def check(data, keys=None):
    """All checks of a bundle's bytes, in order; the last one is `result` and has its code (docs/formats.md)."""
    done = []
    try:
        code = _checks(data, keys, lambda name, detail: done.append(Check(name, True, detail, "")))
        sentence = RESULTS[code]
    except Failed as error:
        code, sentence = error.args
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        code, sentence = "form", f"not of the form of a bundle: {error!r}"
    return [*done, Check("result", code in RESULTS and code != "not_recomputed", sentence, code)]

def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("file")
    parser.add_argument("--key", action="append")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as stream:
            done = check(stream.read(), given.key)
    except OSError as error:
        print(f"{given.file}: {error.strerror}")
        return 2
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]    # a terminal may lack letters
    code = 3 if done[-1].code == "not_recomputed" else int(not done[-1].ok)
    limits = [Check("limit", True, limit, "") for limit in LIMITS] if code != 1 else []
    for item in (*done[:-1], *limits, done[-1]):
        state = "ok 通过" if item.ok else "FAILED 不通过" if code == 1 else "NOT RECOMPUTED 未重新计算"
        print("".join(c if c.isprintable() else ascii(c)[1:-1] for c in f"[{state}] {item[0]}: {item[2]} {item[3]}"))
    return code

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
