#!/usr/bin/env python3
"""Check a bundle of Qingyuan offline: one file, nothing but Python's standard library, nothing of Qingyuan.

    python verify_bundle.py FILE [--key VERIFIER_KEY_LINE]... [--lang zh]

Exit code 0: everything holds. 1: something does not. 2: the file cannot be read. With --key only those keys are
trusted; without it the keys inside the file are used, and you must compare them with what you know from elsewhere.
"""

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
from collections import namedtuple
from fractions import Fraction
from itertools import pairwise

FORMAT = "qingyuan-bundle-v1"
Check = namedtuple("Check", "name ok detail")      # one line of the report
PARTS = {"keys": list, "checkpoints": dict, "leaves": list, "steps": list, "tables": dict, "limits_of_proof": list}
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
ZH = {
    "file": "文件完整", "keys": "公钥", "checkpoint": "检查点签名", "witness": "见证签名", "leaf": "叶节点在账本中",
    "publication": "数据已发布", "figure": "数据在发布清单中", "step": "计算步骤", "value": "结果与发布值一致",
    "ok": "通过", "failed": "不通过", "all": "全部通过", "bad": "验证未通过", "limits": "本证明不能说明的",
    "tables": "所用标准表（请与标准原文核对）", "content": "叶节点内容", "adds": "文件另称",
}
LIMITS = {"en": (
    "Telegrams are unsigned: the proof starts at receipt and does not show who sent them.",
    "Tables are this file's, whoever made it: compare each with the standard, by its numbers or its digest.",
    "Which telegrams and steps were chosen, whose an MN is and all that is stated is the file's word: see its steps.",
), "zh": ("报文没有签名：证明自收到报文起，不能说明由谁发出。", "标准表取自本文件，请按数值或摘要与标准原文核对。",
          "选用哪些报文和步骤、MN 属于哪个站点、仅作陈述的内容，均为本文件的说法，请查看其中各步骤。")}


class Failed(Exception):
    """A check does not hold."""


# Ed25519 (RFC 8032), verification only

def _decode(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(a, b):
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    out = (0, 1, 1, 0)
    while number:
        if number & 1:
            out = _add(out, point)
        point = _add(point, point)
        number >>= 1
    return out


def ed25519(public, message, signature):
    """True if the signature of the message is the key's."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _decode(public), _decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(s, _decode(b"\x58" + b"\x66" * 31)), _add(r, _times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# signed notes and trees (C2SP signed-note, tlog-checkpoint, tlog-cosignature; RFC 6962)

def read_key(line):
    """Name, key id, algorithm, public key."""
    name, identity, packed = line.strip().split("+", 2)
    raw = base64.b64decode(packed, validate=True)
    if hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8] != identity:
        raise Failed(f"key line {name}: the id is not that of the key")
    return name, bytes.fromhex(identity), raw[0], raw[1:]


def check_note(note, keys, origin):
    """Size and root of a checkpoint, and the witnesses that signed; the ledger itself must have signed."""
    text, _, tail = note.rpartition("\n\n")
    text += "\n"
    lines, signed, witnesses = text.split("\n"), False, []
    for line in tail.strip("\n").split("\n"):
        name, _, packed = line.removeprefix("— ").partition(" ")
        raw = base64.b64decode(packed, validate=True)
        for known, identity, algorithm, public in keys:
            if known != name or identity != raw[:4]:
                continue
            body, message = raw[4:], text.encode()
            if algorithm == 4:
                when = int.from_bytes(body[:8], "big")
                body, message = body[8:], f"cosignature/v1\ntime {when}\n{text}".encode()
            if not ed25519(public, message, body):
                raise Failed(f"{origin}: the signature of {name} is wrong")
            if algorithm == 4:
                witnesses.append((name, when))
            elif name == origin:
                signed = True
    if lines[0] != origin or not signed:
        raise Failed(f"{origin}: the checkpoint is not signed by its ledger with a known key")
    return int(lines[1]), base64.b64decode(lines[2], validate=True), witnesses


def sha(*parts):
    """SHA-256 of the parts joined."""
    return hashlib.sha256(b"".join(parts)).digest()


def root_of_path(index, size, data, path):
    """Root that a leaf and its path lead to."""
    if not 0 <= index < size:
        raise Failed(f"leaf {index} is outside a tree of {size}")
    node, last, out = index, size - 1, sha(b"\0", data)
    for other in path:
        if not last:
            raise Failed("a path is too long")
        if node & 1 or node == last:
            out = sha(b"\1", other, out)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            out = sha(b"\1", out, other)
        node, last = node >> 1, last >> 1
    if last:
        raise Failed("a path is too short")
    return out


def frame_of(leaf):
    """Verdict and masked frame of a frame leaf, with its withheld spans checked."""
    if leaf[:5] != b"QYL1\1":
        raise Failed("a telegram step names a leaf that is no frame")
    _, verdict, _, _, length = struct.unpack_from(">BBHHB", leaf, 13)
    at = 20 + length
    count = leaf[at]
    spans = [struct.unpack_from(">HH", leaf, at + 1 + 4 * i) for i in range(count)]
    frame = leaf[at + 1 + 4 * count + (32 if count else 0):]
    if any(frame[o:o + n] != b"*" * n for o, n in spans):
        raise Failed("a withheld span is not overwritten")
    return verdict, frame


def source(leaf):
    """MN and data time that a frame leaf states."""
    found = (re.search(rb"(?<![A-Za-z])" + name + rb"=([^;,&]*)", frame_of(leaf)[1]) for name in (b"MN", b"DataTime"))
    return [match[1].decode("latin-1") if match else "?" for match in found]


def value_in_frame(leaf, factor, suffix):
    """Text of the first `factor-suffix=` in the data area of an accepted frame."""
    verdict, frame = frame_of(leaf)
    if verdict not in (1, 2):
        raise Failed("a telegram step names a frame that was not accepted")
    area = frame.partition(b"CP=")[2].strip().removeprefix(b"&&").decode("latin-1")
    wanted = f"{factor}-{suffix}"
    for item in area.replace(";", ",").replace("&&", ",").split(","):
        name, equals, value = item.partition("=")
        if equals and name.strip() == wanted:
            return value.strip()
    raise Failed(f"the telegram does not state {wanted}")


def number(text):
    """A plain decimal as a fraction; anything else could stand for other numbers, or take for ever."""
    if not isinstance(text, str) or not re.fullmatch(r"[+-]?(?=\.?[0-9])[0-9]{0,40}\.?[0-9]{0,40}", text):
        raise Failed(f"no plain decimal: {str(text)[:40]}")
    return Fraction(text)


def whole(value, low, high):
    """A whole number within bounds."""
    if type(value) is not int or not low <= value <= high:
        raise Failed(f"no whole number from {low} to {high}: {str(value)[:40]}")
    return value


def rounded(value, digits, mode):
    """A fraction rounded once; text with that many decimals."""
    scaled = value * 10 ** whole(digits, 0, 20)
    low = scaled.numerator // scaled.denominator
    rest = scaled - low
    if mode == "up":
        low += rest > 0
    elif mode == "half_even":
        low += rest > Fraction(1, 2) or (rest == Fraction(1, 2) and low & 1)
    else:
        raise Failed(f"unknown rounding {mode}")
    text = str(abs(low)).rjust(digits + 1, "0")
    return ("-" if low < 0 else "") + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def mda8(values, step):
    """Largest 8 h mean of a day, as the step's settings say."""
    first, last = step["windows"]
    hours = [[v for v in values[max(0, end - 8):end] if v is not None]
             for end in range(whole(first, 1, 24), whole(last, 1, 24) + 1)]
    means = [sum(known, Fraction()) / len(known) for known in hours if len(known) >= whole(step["min_hours"], 1, 8)]
    if not means:
        raise Failed("no 8 h mean is valid")
    out = rounded(max(means), step["digits"], "half_even")
    if len(means) < 14 and not number(out) > number(step["limit"]):
        raise Failed("too few 8 h means")
    return out


def sub_index(value, table):
    """Sub-index by the table, always rounded up."""
    special = table.get("special")
    if special and value > number(special["above"]):
        return special["fixed"]
    points = [(whole(i, 0, 500), number(c)) for i, c in table["points"]]
    for (low_i, low_c), (high_i, high_c) in pairwise(points):
        if low_c <= value <= high_c:
            return rounded((high_i - low_i) / (high_c - low_c) * (value - low_c) + low_i, 0, "up")
    if value < 0:
        raise Failed("a negative concentration has no sub-index")
    return table["above"]


def replay(step, values, leaves, tables):
    """What a step gives when it is done again."""
    op = step["op"]
    if op == "telegram":
        sent = number(value_in_frame(leaves[step["leaf"]], step["factor"], step["suffix"]))
        same = sent * Fraction(10) ** whole(step["unit_exp"], -12, 12) == number(step["out"])
        return step["out"] if same else f"{sent} in the telegram"
    if op == "text":
        return step["out"]
    inputs = [None if name is None else values[name] for name in step["in"]]
    numbers = [None if text is None else number(text) for text in inputs]
    if op == "mda8":
        return mda8(numbers, step)
    known = [n for n in numbers if n is not None]
    if op == "mean":
        return rounded(sum(known, Fraction()) / len(known), step["digits"], step["mode"])
    if op == "round":
        return rounded(known[0], step["digits"], step["mode"])
    if op == "iaqi":
        return sub_index(known[0], tables[step["table"]])
    if op == "max":
        return inputs[numbers.index(max(known))]
    raise Failed(f"unknown operation {op}")


def canonical(value):
    """JSON as it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _checks(data, pinned):
    head, _, body = data.partition(b"\n")
    if head != f"{FORMAT} sha256={hashlib.sha256(body).hexdigest()}".encode():
        raise Failed("file: the first line is not that of a bundle with this content")
    bundle = json.loads(body)
    shaped = bundle["format"] == FORMAT and all(isinstance(bundle[name], kind) for name, kind in PARTS.items())
    if canonical(bundle) != body or not shaped or not all("points" in table for table in bundle["tables"].values()):
        raise Failed("file: the content is not that of a bundle, in canonical JSON")
    yield Check("file", True, f"{len(data)} bytes, sha256 as stated")
    keys = [read_key(line) for line in (pinned or bundle["keys"])]
    yield Check("keys", True, ("given by you: " if pinned else "CLAIMED by the file, compare them: ")
                + ", ".join(pinned or bundle["keys"]))
    roots = {}
    for origin, note in sorted(bundle["checkpoints"].items()):
        size, root, witnesses = check_note(note, keys, origin)
        roots[origin] = size, root
        yield Check("checkpoint", True, f"{origin}: {size} leaves")
        yield Check("witness", True, f"{origin}: " + (", ".join(
            f"{name} at unix time {when}" for name, when in witnesses) or "none has signed this one"))
    leaves = []
    for item in bundle["leaves"]:
        leaf = base64.b64decode(item["leaf"], validate=True)
        size, root = roots[item["origin"]]
        path = [base64.b64decode(h, validate=True) for h in item["path"]]
        if root_of_path(item["index"], size, leaf, path) != root:
            raise Failed(f"leaf {item['index']} of {item['origin']} is not under its checkpoint")
        shown = frame_of(leaf)[1] if leaf[:5] == b"QYL1\1" else leaf[13:]
        leaves.append(leaf)
        if bundle["figure"] is None:
            yield Check("content", True, f"{item['index']} of {item['origin']}, kind {leaf[4]}, received "
                        f"{int.from_bytes(leaf[5:13], 'big')} us: {shown.decode('utf-8', 'backslashreplace')}")
    if not leaves:
        raise Failed("leaf: nothing is proven, the file holds no leaf")
    yield Check("leaf", True, f"{len(leaves)} leaves lead to their checkpoints")
    if bundle["figure"] is not None:
        yield from _figure(bundle, leaves)


def _figure(bundle, leaves):
    figure, place = bundle["figure"], bundle["figure_path"]
    leaf, item = ((kept[whole(bundle["publication"], 0, len(leaves) - 1)]) for kept in (leaves, bundle["leaves"]))
    if leaf[:5] != b"QYL1\x0a" or not item["origin"].endswith("/office"):
        raise Failed("publication: the leaf named is none")
    published = json.loads(leaf[13:])
    if published["tick_us"] != figure["believed_from"]:
        raise Failed("publication: it is of another instant than the figure's believed_from")
    yield Check("publication", True, f"{published['figures_count']} figures, {published['software']}")
    path = [bytes.fromhex(h) for h in place["path"]]
    root = root_of_path(place["index"], place["size"], canonical(figure), path)
    if root.hex() != published["figures_root"] or place["size"] != published["figures_count"]:
        raise Failed("figure: it is not in that publication")
    yield Check("figure", True, f"{figure['name']} of {figure['subject']}: {figure['value'] or 'no value'} "
                f"{figure['unit']}, {figure['stage']}, number {place['index']} of {place['size']}")
    values: dict[str, str] = {}
    for step in bundle["steps"]:
        out = replay(step, values, leaves, bundle["tables"])
        if out != step["out"]:
            raise Failed(f"step {step['id']}: {step['op']} gives {out}, not {step['out']}")
        values[step["id"]] = out
    stated = sum(step["op"] == "text" for step in bundle["steps"])
    used = [source(leaves[step["leaf"]]) for step in bundle["steps"] if step["op"] == "telegram"]
    names, times = sorted({name for name, _ in used}), sorted(time for _, time in used)
    yield Check("step", True, f"{len(values)} steps done again, {stated} stated and not recomputed; " + (
        f"telegrams of MN {', '.join(names)}, data time {times[0]} to {times[-1]}" if used else "no telegram"))
    if not bundle["steps"] or bundle["steps"][-1]["out"] != figure["value"]:
        raise Failed("value: the last step is not the figure's value")
    yield Check("value", True, (figure["value"] or "no value") + (
        ", stated and NOT recomputed" if bundle["steps"][-1]["op"] == "text" else ""))


def check(data, keys=None):
    """All checks of a bundle's bytes, in order; the last one is not ok where something fails."""
    done = []
    try:
        for item in _checks(data, keys):
            done.append(item)
    except Failed as error:
        done.append(Check("failed", False, str(error)))
    except (ValueError, LookupError, TypeError, struct.error, AttributeError, ArithmeticError, RecursionError) as error:
        done.append(Check("failed", False, f"not of the form of a bundle: {error!r}"))
    return done


def say(text):
    """Print a line; what could move a terminal's cursor, or it has no letter for, is spelled out."""
    shown, encoding = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text), sys.stdout.encoding or "ascii"
    print(shown.encode(encoding, "backslashreplace").decode(encoding))


def main(arguments):
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--key", action="append", metavar="VERIFIER_KEY_LINE", help="trust only the keys given")
    parser.add_argument("--lang", default="en", help="en or zh")
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        print(f"{given.file}: {error.strerror}")
        return 2
    word, limits = (ZH, LIMITS["zh"]) if given.lang.startswith("zh") else ({}, LIMITS["en"])
    done = check(data, given.key)
    for item in done:
        state = word.get("ok", "ok") if item.ok else word.get("failed", "FAILED")
        say(f"[{state}] {word.get(item.name, item.name)}: {item.detail}")
    good = all(item.ok for item in done)
    if good:
        bundle = json.loads(data.partition(b"\n")[2])
        for name, table in sorted(bundle["tables"].items()):
            say(f"{word.get('tables', 'table used (compare it with the standard)')}: {name}, "
                f"sha256 {hashlib.sha256(canonical(table)).hexdigest()}, {canonical(table).decode()}")
        for limit in limits:
            say(f"{word.get('limits', 'not shown by this proof')}: {limit}")
        for limit in bundle["limits_of_proof"]:
            say(f"{word.get('adds', 'the file adds')}: {limit}")
    say(word.get("all", "everything holds") if good else word.get("bad", "does NOT hold"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
