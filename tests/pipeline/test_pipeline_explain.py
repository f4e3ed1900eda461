"""Every figure proves itself: bundles, bit flips, forgeries, and what an explanation says."""

import base64
import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from qingyuan.evidence import verify_bundle
from qingyuan.lake import Lake
from qingyuan.ledger import Home
from qingyuan.pipeline import rows
from qingyuan.pipeline.explain import NoSuchFigure, explain, write_bundle

pytestmark = pytest.mark.xdist_group("home")


def some_figures(path: Path, count: int) -> list[str]:
    lake = Lake(path / "lake")
    found = sorted({str(f.key) for table in rows.TABLES for f in rows.figures(lake.read(table))})
    return random.Random(7).sample(found, count)


def resealed(content: dict) -> bytes:
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return f"qingyuan-bundle-v1 sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def holds(data: bytes, keys: list[str] | None = None) -> bool:
    return all(check.ok for check in verify_bundle.check(data, keys))


def flipped(content: dict, draw: random.Random) -> bytes:
    """The bundle with one bit changed in a leaf, in the published line or in a step, under a digest that fits."""
    content = json.loads(json.dumps(content))
    part = draw.choice(["leaf", "figure", "step"])
    if part == "leaf":
        item = draw.choice(content["leaves"])
        leaf = bytearray(base64.b64decode(item["leaf"]))
        leaf[draw.randrange(len(leaf))] ^= 1 << draw.randrange(8)
        item["leaf"] = base64.b64encode(leaf).decode()
    else:
        row = content["figure"] if part == "figure" else draw.choice(content["steps"])
        name = draw.choice([key for key, value in row.items() if isinstance(value, str) and value])
        at = draw.randrange(len(row[name]))
        row[name] = row[name][:at] + chr(ord(row[name][at]) ^ 1 << draw.randrange(7)) + row[name][at + 1:]
    return resealed(content)


def test_a_hundred_figures_prove_themselves_and_one_flipped_bit_fails_each(demo_home: Path) -> None:
    home, draw, codes = Home.open(demo_home), random.Random(11), set()
    for name in some_figures(demo_home, 100):
        bundle = write_bundle(home, explain(home, name))
        checks = verify_bundle.check(bundle)
        assert all(c.ok for c in checks), (name, [(c.name, c.detail) for c in checks if not c.ok])
        codes.add(checks[-1].code)
        changed = bytearray(bundle)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        assert not holds(bytes(changed)), name
        assert not holds(flipped(json.loads(bundle.partition(b"\n")[2]), draw)), name
    assert codes <= {"recomputed", "no_value"}
    assert "recomputed" in codes


def test_a_bundle_names_the_site_of_each_mn_by_a_registry_leaf_and_holds_no_leaf_too_many(demo_home: Path) -> None:
    home = Home.open(demo_home)
    name = next(n for n in some_figures(demo_home, 100) if n.startswith("hour.") and "city:" not in n)
    content = json.loads(write_bundle(home, explain(home, name)).partition(b"\n")[2])
    assert [step["op"] for step in content["steps"]] == ["registry", "telegram"]
    assert len(content["leaves"]) == 3
    del content["steps"][0], content["leaves"][0]
    content["steps"][0]["leaf"], content["publication"] = 0, 1
    assert verify_bundle.check(resealed(content))[-1].code == "registry"


@pytest.fixture(scope="module")
def city_day(demo_home: Path) -> dict:
    home = Home.open(demo_home)
    day = next(f for f in rows.figures(Lake(demo_home / "lake").read("figure"))
               if f.name == "aqi.daily" and f.subject.startswith("city:") and f.valid)
    return json.loads(write_bundle(home, explain(home, str(day.key))).partition(b"\n")[2])


def test_the_bundle_of_a_city_day_goes_down_to_every_telegram(city_day: dict) -> None:
    assert holds(resealed(city_day))
    assert sum(step["op"] == "telegram" for step in city_day["steps"]) >= 100
    operations = {step["op"] for step in city_day["steps"]}
    assert operations >= {"registry", "telegram", "mean", "points", "mda8", "iaqi", "max"}


@pytest.mark.parametrize("forge", ["value", "believed_from", "step", "leaf", "path", "note", "last_step"])
def test_a_forger_who_recomputes_the_digest_is_found(city_day: dict, forge: str) -> None:
    content = json.loads(json.dumps(city_day))
    if forge in ("value", "believed_from"):
        content["figure"][forge] = "17" if forge == "value" else content["figure"][forge] + 1
    elif forge == "step":
        step = next(s for s in content["steps"] if s["op"] == "telegram")
        step["out"] = "1"
    elif forge == "leaf":
        leaf = bytearray(base64.b64decode(content["leaves"][0]["leaf"]))
        leaf[-20] ^= 1
        content["leaves"][0]["leaf"] = base64.b64encode(leaf).decode()
    elif forge == "path":
        content["leaves"][0]["path"] = content["leaves"][0]["path"][:-1]
    elif forge == "note":
        origin = next(iter(content["checkpoints"]))
        lines = content["checkpoints"][origin].split("\n")
        lines[1] = str(int(lines[1]) + 1)
        content["checkpoints"][origin] = "\n".join(lines)
    else:
        content["steps"].append({"op": "text", "out": "3"})
        content["figure"]["value"] = "3"
    assert not holds(resealed(content))


def test_keys_given_by_the_reader_decide(city_day: dict, tmp_path: Path) -> None:
    data = resealed(city_day)
    assert holds(data, city_day["keys"])
    from qingyuan.evidence.note import vkey

    assert not holds(data, [vkey("qingyuan/other", bytes(31) + b"\1")])


def test_the_verifier_runs_alone_in_both_languages(city_day: dict, tmp_path: Path) -> None:
    script, bundle = tmp_path / "check.py", tmp_path / "figure.bundle"
    script.write_bytes(Path(verify_bundle.__file__).read_bytes())
    bundle.write_bytes(resealed(city_day))
    words = [sys.executable, "-I", str(script), str(bundle)]
    out = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path)
    assert out.returncode == 0, out.stdout
    assert "everything holds 全部通过" in out.stdout
    bundle.write_bytes(b"no bundle")
    assert subprocess.run([sys.executable, "-I", str(script), str(bundle)], capture_output=True).returncode == 1
    assert subprocess.run([sys.executable, "-I", str(script), str(tmp_path / "none")],
                          capture_output=True).returncode == 2


def test_what_was_not_published_is_said(demo_home: Path) -> None:
    with pytest.raises(NoSuchFigure, match="has been published"):
        explain(Home.open(demo_home), "aqi.realtime/nobody/2020-04-01T14:00")
    name = some_figures(demo_home, 1)[0]
    with pytest.raises(NoSuchFigure, match="by then"):
        explain(Home.open(demo_home), name, as_of_us=1)


def test_no_password_is_in_any_bundle(demo_home: Path) -> None:
    home = Home.open(demo_home)
    for name in some_figures(demo_home, 10):
        content = json.loads(write_bundle(home, explain(home, name)).partition(b"\n")[2])
        for leaf in content["leaves"]:
            data = base64.b64decode(leaf["leaf"])
            assert b"PW=" not in data or b"PW=" + 20 * b"*" in data
