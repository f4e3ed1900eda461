"""The verifier in the browser says of every bundle what the one-file verifier says: genuine, flipped, forged."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qingyuan.evidence import verify_bundle
from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import explain, write_bundle

ROOT = Path(__file__).resolve().parents[2]
BUNDLES = ROOT / "tests/fixtures/bundles"
NODE, NPM = shutil.which("node"), shutil.which("npm")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is missing: apt-get install nodejs npm")
SEED, SMALL, ODD_CASES = 20260101, 10_000, 600        # SMALL: bytes


@dataclass(frozen=True)
class Case:
    """Bytes to be judged, with the key lines to be pinned."""

    name: str
    data: bytes
    keys: Sequence[str] = ()


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    """The one-file verifier remembers signatures that it has judged: hundreds of bundles share theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify_bundle, "ed25519", functools.cache(verify_bundle.ed25519))
        yield


def answers(questions: list[dict[str, Any]], folder: Path) -> list[Any]:
    """What the script says of each question, in order (frontend/test/judge.mjs)."""
    table = folder / "questions.jsonl"
    table.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
    assert NODE is not None
    done = subprocess.run([NODE, "test/judge.mjs", str(table)], cwd=ROOT / "frontend", capture_output=True,
                          encoding="utf-8", check=True)
    found = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert len(found) == len(questions)
    return found


def compare(cases: list[Case], folder: Path) -> list[str]:
    """The codes on which both agree; fails where they do not."""
    by_python = [verify_bundle.check(case.data, list(case.keys))[-1].code for case in cases]
    by_script = answers([{"data": base64.b64encode(case.data).decode(), "keys": list(case.keys)} for case in cases],
                        folder)
    assert [(case.name, one, other["code"]) for case, one, other in zip(cases, by_python, by_script, strict=True)
            if one != other["code"]] == []
    return by_python


def sealed(body: bytes) -> bytes:
    """A body with the first line that fits it, as a forger would write it."""
    return f"{verify_bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def flipped(data: bytes, bit: int) -> bytes:
    out = bytearray(data)
    out[bit // 8] ^= 1 << bit % 8
    return bytes(out)


def fixtures() -> Iterator[Case]:
    for entry in json.loads((BUNDLES / "manifest.json").read_text("utf-8"))["bundles"]:
        yield Case(entry["file"], (BUNDLES / entry["file"]).read_bytes(), entry["keys"])


@pytest.mark.skipif(NPM is None, reason="npm is missing: apt-get install nodejs npm")
def test_the_scripts_own_tests_pass() -> None:
    assert NPM is not None
    done = subprocess.run([NPM, "test"], cwd=ROOT / "frontend", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]


def test_both_have_the_same_units() -> None:
    assert f'"{verify_bundle.ROWS}"' in (ROOT / "frontend/src/verify/way.js").read_text("utf-8")


def test_one_flipped_bit_is_judged_alike(tmp_path: Path) -> None:
    dice, cases = random.Random(SEED), [case for case in fixtures() if len(case.data) < SMALL]
    flips = []
    for number in range(300):
        case = dice.choice(cases)
        bit = dice.randrange(8 * len(case.data))
        flips.append(Case(f"{case.name} bit {bit} of {number}", flipped(case.data, bit), case.keys))
    assert set(compare(flips, tmp_path)) == {"form"}


def test_a_flipped_bit_behind_a_mended_first_line_is_judged_alike(tmp_path: Path) -> None:
    dice, cases = random.Random(SEED + 1), [case for case in fixtures() if len(case.data) < SMALL]
    flips = []
    for number in range(300):
        case = dice.choice(cases)
        body = case.data.partition(b"\n")[2]
        bit = dice.randrange(8 * len(body))
        flips.append(Case(f"{case.name} bit {bit} of {number}", sealed(flipped(body, bit)), case.keys))
    assert set(compare(flips, tmp_path)) >= {"form", "signature", "leaf", "figure"}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in JSON: what holds it, and its name or number there."""
    for name in range(len(value)) if isinstance(value, list) else list(value) if isinstance(value, dict) else ():
        yield value, name
        yield from places(value[name])


ODD: tuple[Any, ...] = (None, True, False, 0, 1, 2, -1, 1.0, 0.5, -0.0, 1e16, 1.5e-7, 10**30, 2**70, "", "0", "42",
                        "42.", ".5", "-0", "1e5", "42.0000", "a34004", "text", "mean", "max", "S2", [], [0], [1],
                        [1, 1], [None, 1], {}, {"op": "text"})


def test_odd_values_anywhere_are_judged_alike(tmp_path: Path) -> None:
    dice, cases = random.Random(SEED + 3), [case for case in fixtures() if len(case.data) < SMALL]
    changed = []
    for number in range(ODD_CASES):
        case = dice.choice(cases)
        content = json.loads(case.data.partition(b"\n")[2])
        part = content if number % 3 == 0 else {name: content[name] for name in ("steps", "publication", "figure_path")}
        holder, name = dice.choice(list(places(part)))
        odd = json.loads(json.dumps(dice.choice(ODD)))
        if holder is part:
            content[name] = odd
        else:
            holder[name] = odd
        changed.append(Case(f"{case.name}: {odd!r} at {name} of {number}", sealed(verify_bundle.canonical(content)),
                            case.keys))
    assert set(compare(changed, tmp_path)) >= {"form", "signature", "leaf", "unused", "step", "unit", "factor"}


def test_frames_are_read_alike(tmp_path: Path) -> None:
    dice, frames = random.Random(SEED + 4), []
    parts = ("##0042", "##0300", "QN=1;", "ST=22;", "CN=2061;", "MN=甲1;", "mn = 2 ;", "CP=&&", "cp =\x1c&&", "&&",
             "&&1A2b\r\n", "DataTime=20260101120000;", "datatime=1;", "a34004-Avg=42,", "a34004 - Avg = 7;", "//",
             "，", "；", "＝", ",", ";", "=", "-", " ", "\x85", "\xa0", "\u3000", "\ufeff", "İ", "ß=1,", "\ue5e5=2,",
             "Flag=5,", ", CN=2051;")
    for number in range(1500):
        text = "".join(dice.choices(parts, k=dice.randrange(1, 16)))
        raw = bytearray(text.encode(("utf-8", "gb18030")[number % 2]))
        if number % 3 == 0:
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        frames.append(bytes(raw))
    found = answers([{"frame": base64.b64encode(frame).decode()} for frame in frames], tmp_path)
    for frame, (head, area) in zip(frames, found, strict=True):
        assert [list(map(list, part.items())) for part in verify_bundle.read_frame(frame)] == [head, area], frame


def test_figures_of_a_working_home_are_judged_alike(demo_home: Path, tmp_path: Path) -> None:
    dice, home = random.Random(SEED + 2), Home.open(demo_home)
    lake = Lake(home.path / "lake")
    figures = [dice.choice(list(rows.figures(lake.read(("hour", "day", "figure")[turn % 3])))) for turn in range(20)]
    cases = []
    for figure in figures:
        data = write_bundle(home, explain(home, str(figure.key)))
        body = data.partition(b"\n")[2]
        bits = dice.randrange(8 * len(data)), dice.randrange(8 * len(body))
        cases += [Case(str(figure.key), data), Case(f"{figure.key} bit {bits[0]}", flipped(data, bits[0])),
                  Case(f"{figure.key} mended, bit {bits[1]}", sealed(flipped(body, bits[1])))]
    codes = compare(cases, tmp_path)
    assert set(codes[::3]) <= set(verify_bundle.RESULTS)
    assert set(codes[1::3]) == {"form"}
