"""A figure over two ledgers and a witness: whole it passes, and whoever forges it and mends the digest is found."""

import ast
import base64
import copy
import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qingyuan.evidence import bundle, figures, merkle, note, verify_bundle
from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, build_frame, build_json

GATEWAY, OFFICE, WITNESS = "qingyuan/home/gw1", "qingyuan/home/office", "witness.example"
TICK_US, HOURS = 1_585_756_860_000_000, 24
PM25 = "HJ 633-2012/PM2.5/24h"
TABLE = {"points": [[0, "0"], [50, "35"], [100, "75"], [150, "115"], [200, "150"]], "above": "201"}
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


@dataclass(frozen=True)
class Proof:
    """A leaf and its path."""

    ledger: str
    origin: str
    index: int
    data: bytes
    path: list[bytes]


class Tree:
    """A ledger in memory."""

    def __init__(self, origin: str, seed: int) -> None:
        self.key, self.leaves = Key(origin, seed), list[bytes]()

    def _hash(self, level: int, index: int) -> bytes:
        return merkle.root_of([merkle.leaf_hash(d) for d in self.leaves[index << level:(index + 1) << level]])

    def prove(self, index: int) -> Proof:
        path = merkle.inclusion(index, len(self.leaves), self._hash)
        return Proof(self.key.name.rpartition("/")[2], self.key.name, index, self.leaves[index], path)

    def checkpoint(self) -> str:
        signed = note.sign_checkpoint(self.key.name, len(self.leaves), merkle.root_at(len(self.leaves), self._hash),
                                      self.key)
        return note.cosign(signed, Key(WITNESS, 3), 1_585_756_900)

    def vkey(self) -> str:
        return note.vkey(self.key.name, self.key.public)


def frame(hour: int) -> bytes:
    return (f"##0090QN=202004{hour:02d};ST=22;CN=2061;PW=secret;MN=STATION01;CP=&&DataTime=20200401{hour:02d}0000;"
            f"a34004-Avg=0.0{hour + 30},a34004-Flag=N&&ABCD\r\n").encode()


def frame_leaf(raw: bytes, when: int = 1, *, masked: bool = True) -> bytes:
    spans = [(raw.index(b"secret"), 6)] if masked else []
    return build_frame(when, raw, spans, bytes(16), "10.0.0.7", 1, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)[0]


def made(hours: int = HOURS, mean: str = "42", sub_index: str = "59") -> bytes:
    """The bundle of a daily index from hourly telegrams in one ledger and the publication in another."""
    gateway, office = Tree(GATEWAY, 1), Tree(OFFICE, 2)
    for hour in range(hours):
        gateway.leaves.append(frame_leaf(frame(hour % HOURS), hour))
        gateway.leaves.append(build_json(Kind.TICK, hour, {"n": hour}))
    figure = {"name": "aqi.daily", "subject": "S1", "value": "60", "unit": "", "stage": "provisional",
              "believed_from": TICK_US}
    lines = [figures.canonical({**figure, "subject": f"S{i}"}) for i in range(5)]
    office.leaves += [build_json(Kind.REGISTRY, i, {"id": f"S{i}"}) for i in range(6)]
    office.leaves.append(build_json(Kind.PUBLICATION, TICK_US, {
        "tick_us": TICK_US, "figures_root": figures.figures_root(lines).hex(), "figures_count": 5,
        "cut": {"gw1": 2 * hours, "office": 6}, "rules": ["air@2026.1"], "software": "qingyuan 0.1.0",
        "reason": "tick"}))
    steps: list[Content] = [{"id": f"t{i}", "op": "telegram", "leaf": i, "factor": "a34004", "suffix": "Avg",
                             "unit_exp": 3, "out": str(i % HOURS + 30)} for i in range(hours)]
    steps += [{"id": "mean", "op": "mean", "in": [f"t{i}" for i in range(hours)], "digits": 0, "mode": "half_even",
               "out": mean},                                                        # 41.5: to the even one
              {"id": "sub", "op": "iaqi", "in": ["mean"], "table": PM25, "out": sub_index},  # 58.75, up
              {"id": "other", "op": "text", "in": [], "reason": "said", "out": "60"},
              {"id": "max", "op": "max", "in": ["sub", "other", None], "out": "60"}]
    return bundle.build(
        about={"figure": "aqi.daily/S1"},
        keys=[gateway.vkey(), office.vkey(), note.vkey(WITNESS, Key(WITNESS, 3).public, note.COSIGNATURE)],
        checkpoints={GATEWAY: gateway.checkpoint(), OFFICE: office.checkpoint()},
        leaves=[*(gateway.prove(2 * i) for i in range(hours)), office.prove(6)], figure=figure,
        figure_path=figures.figure_path(lines, 1), publication=hours, steps=steps, tables={PM25: TABLE})


def sealed(content: object) -> bytes:
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def failure(data: bytes, keys: list[str] | None = None) -> str | None:
    done = verify_bundle.check(data, keys)
    return None if done[-1].ok else done[-1].detail


WHOLE = made()
CONTENT = bundle.parse(WHOLE)
LEDGER_KEYS = CONTENT["keys"][:2]


def test_a_figure_over_two_ledgers_passes_and_says_what_it_rests_on() -> None:
    said = {check.name: check.detail for check in verify_bundle.check(WHOLE) if check.ok}
    assert said["value"] == "60"
    assert said["step"] == ("28 steps done again, 1 stated and not recomputed; telegrams of MN STATION01, data time "
                            "20200401000000 to 20200401230000")
    witnessed = [check.detail for check in verify_bundle.check(WHOLE) if check.name == "witness"]
    assert witnessed == [f"{origin}: {WITNESS} at unix time 1585756900" for origin in (GATEWAY, OFFICE)]
    assert said["keys"].startswith("CLAIMED by the file")


def test_keys_are_claimed_until_the_reader_pins_them_and_an_unpinned_witness_does_not_count() -> None:
    done = verify_bundle.check(WHOLE, LEDGER_KEYS)
    assert all(check.ok for check in done)
    said = {check.name: check.detail for check in done}
    assert said["keys"].startswith("given by you")
    assert "none has signed" in said["witness"]
    assert "not signed by its ledger" in str(failure(WHOLE, LEDGER_KEYS[:1]))


def test_random_flipped_bits_are_all_refused() -> None:
    draw = random.Random(5)
    for _ in range(400):
        flipped, bit = bytearray(WHOLE), draw.randrange(8 * len(WHOLE))
        flipped[bit // 8] ^= 1 << bit % 8
        assert failure(bytes(flipped)) is not None, bit


def decoded(content: Content, number: int) -> bytes:
    return base64.b64decode(content["leaves"][number]["leaf"])


def put(content: Content, number: int, leaf: bytes) -> None:
    content["leaves"][number]["leaf"] = base64.b64encode(leaf).decode()


def forge_value(c: Content) -> None:
    c["figure"]["value"] = "50"


def forge_value_and_last_step(c: Content) -> None:
    c["figure"]["value"] = c["steps"][-1]["out"] = c["steps"][-2]["out"] = "70"


def forge_only_the_last_step(c: Content) -> None:
    c["steps"].append({"id": "x", "op": "text", "in": [], "reason": "", "out": "70"})


def forge_telegram_step(c: Content) -> None:
    c["steps"][3]["out"] = "34"


def forge_mean(c: Content) -> None:
    c["steps"][HOURS]["out"] = "41"


def forge_rounding(c: Content) -> None:
    c["steps"][HOURS]["mode"] = "down"


def forge_factor(c: Content) -> None:
    c["steps"][3]["factor"] = "a34002"


def forge_unit(c: Content) -> None:
    c["steps"][3]["unit_exp"] = 2


def forge_which_leaf(c: Content) -> None:
    c["steps"][3]["leaf"] = 4


def forge_leaf(c: Content) -> None:
    put(c, 3, decoded(c, 3).replace(b"0.033", b"0.011"))
    c["steps"][3]["out"] = "11"


def forge_receive_time(c: Content) -> None:
    leaf = decoded(c, 3)
    put(c, 3, leaf[:12] + bytes([leaf[12] ^ 1]) + leaf[13:])


def forge_path(c: Content) -> None:
    c["leaves"][3]["path"][2] = base64.b64encode(bytes(32)).decode()


def forge_short_path(c: Content) -> None:
    del c["leaves"][3]["path"][-1]


def forge_index(c: Content) -> None:
    c["leaves"][3]["index"] += 1


def forge_origin(c: Content) -> None:
    c["leaves"][3]["origin"] = OFFICE


def forge_table(c: Content) -> None:
    c["tables"][PM25]["points"][1] = [50, "45"]


def forge_publication_root(c: Content) -> None:
    lines = [figures.canonical({**c["figure"], "value": "17"})]
    c["figure"], c["figure_path"] = json.loads(lines[0]), figures.figure_path(lines, 0)
    leaf = json.loads(decoded(c, HOURS)[13:])
    leaf |= {"figures_root": figures.figures_root(lines).hex(), "figures_count": 1}
    put(c, HOURS, build_json(Kind.PUBLICATION, TICK_US, leaf))


def forge_figure_path(c: Content) -> None:
    c["figure_path"]["index"] = 2


def forge_instant(c: Content) -> None:
    c["figure"]["believed_from"] += 60_000_000


def forge_which_publication(c: Content) -> None:
    c["publication"] = 0


def forge_checkpoint(c: Content) -> None:
    c["checkpoints"][GATEWAY] = c["checkpoints"][GATEWAY].replace("\n48\n", "\n49\n")


def forge_signature(c: Content) -> None:
    text, _ = note.split_note(c["checkpoints"][GATEWAY])
    raw = note.key_id(GATEWAY, note.ED25519, Key(GATEWAY, 1).public) + bytes(64)
    c["checkpoints"][GATEWAY] = f"{text}\n— {GATEWAY} {base64.b64encode(raw).decode()}\n"


def forge_witness_time(c: Content) -> None:
    head, _, line = c["checkpoints"][GATEWAY][:-1].rpartition(" ")
    raw = bytearray(base64.b64decode(line))
    raw[11] ^= 1
    c["checkpoints"][GATEWAY] = f"{head} {base64.b64encode(raw).decode()}\n"


def forge_no_own_signature(c: Content) -> None:
    text, tail = c["checkpoints"][GATEWAY].split("\n\n")
    c["checkpoints"][GATEWAY] = text + "\n\n" + tail.split("\n")[1] + "\n"


def forge_swapped_checkpoints(c: Content) -> None:
    both = c["checkpoints"]
    both[GATEWAY], both[OFFICE] = both[OFFICE], both[GATEWAY]


def forge_key(c: Content) -> None:
    c["keys"][0] = note.vkey(GATEWAY, Key(GATEWAY, 9).public)


def forge_key_id(c: Content) -> None:
    c["keys"][0] = c["keys"][0].replace(GATEWAY, OFFICE)


FORGERIES: list[Callable[[Content], None]] = [
    forged for name, forged in sorted(globals().items()) if name.startswith("forge_")]


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_forger_who_mends_the_digest_is_found(forged: Callable[[Content], None]) -> None:
    content = copy.deepcopy(CONTENT)
    forged(content)
    assert sealed(content) != WHOLE
    assert failure(sealed(content)) is not None


def test_a_forger_with_keys_of_his_own_passes_only_where_no_key_is_pinned() -> None:
    content = copy.deepcopy(CONTENT)
    other = Key(GATEWAY, 77)
    found = note.parse_checkpoint(content["checkpoints"][GATEWAY])
    content["checkpoints"][GATEWAY] = note.sign_checkpoint(GATEWAY, found.size, found.root, other)
    content["keys"][0] = note.vkey(GATEWAY, other.public)
    assert failure(sealed(content)) is None
    assert failure(sealed(content), LEDGER_KEYS) is not None


def alone(tmp_path: Path, data: bytes, *words: str) -> tuple[int, str]:
    """The verifier as a stranger runs it: copied out, isolated, without our packages."""
    script, file = tmp_path / "check.py", tmp_path / "b"
    script.write_bytes(Path(verify_bundle.__file__).read_bytes())
    file.write_bytes(data)
    out = subprocess.run([sys.executable, "-I", "-S", str(script), str(file), *words], capture_output=True, text=True,
                         cwd=tmp_path, env={"PYTHONUTF8": "1"}, encoding="utf-8")
    return out.returncode, out.stdout


def test_what_a_proof_does_not_show_is_printed_whatever_the_file_says(tmp_path: Path) -> None:
    assert CONTENT["limits_of_proof"] == []
    digest = hashlib.sha256(figures.canonical(TABLE)).hexdigest()
    for language, words in (("en", ("Telegrams are unsigned", "compare each with the standard", "everything holds")),
                            ("zh", ("报文没有签名", "与标准原文核对", "全部通过", "计算步骤"))):
        code, said = alone(tmp_path, WHOLE, "--lang", language)
        assert code == 0
        assert all(word in said for word in (*words, f"{PM25}, sha256 {digest}", '"above":"201"'))


def test_a_terminal_without_chinese_letters_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(WHOLE)
    out = subprocess.run([sys.executable, verify_bundle.__file__, str(tmp_path / "b"), "--lang", "zh"],
                         capture_output=True, env={"PYTHONIOENCODING": "ascii"})
    assert out.returncode == 0, out.stderr
    assert b"\\u5168\\u90e8\\u901a\\u8fc7" in out.stdout


def test_exit_codes_are_0_1_and_2(tmp_path: Path) -> None:
    pinned = [word for line in LEDGER_KEYS for word in ("--key", line)]
    assert alone(tmp_path, WHOLE, *pinned)[0] == 0
    assert alone(tmp_path, WHOLE[:-1])[0] == 1
    assert alone(tmp_path, WHOLE, "--unknown")[0] == 2
    assert verify_bundle.main([str(tmp_path / "none")]) == 2


def test_a_bundle_that_holds_nothing_proves_nothing() -> None:
    empty = sealed(CONTENT | {"leaves": [], "figure": None, "figure_path": None, "publication": None, "steps": []})
    assert failure(empty) == "leaf: nothing is proven, the file holds no leaf"


def test_a_value_that_is_only_stated_says_so() -> None:
    content = copy.deepcopy(CONTENT)
    content["steps"] = [{"id": "a", "op": "text", "in": [], "reason": "", "out": "60"}]
    assert verify_bundle.check(sealed(content))[-1].detail == "60, stated and NOT recomputed"


@pytest.mark.parametrize("leaf", [frame_leaf(frame(1)), build_json(Kind.MANUAL, 7, {"value": "1"})])
def test_the_proof_of_a_leaf_shows_it(leaf: bytes) -> None:
    tree = Tree(GATEWAY, 1)
    tree.leaves += [leaf, build_json(Kind.TICK, 8, {})]
    data = bundle.build(about={}, keys=[tree.vkey()], checkpoints={GATEWAY: tree.checkpoint()},
                        leaves=[tree.prove(0)])
    assert failure(data) is None
    said = next(check.detail for check in verify_bundle.check(data) if check.name == "content")
    assert said.startswith(f"0 of {GATEWAY}, kind {leaf[4]}, received {int.from_bytes(leaf[5:13], 'big')} us: ")
    assert ("PW=******;MN=STATION01" if leaf[4] == Kind.FRAME else '{"value":"1"}') in said


def test_a_span_said_to_be_withheld_but_shown_is_refused_even_where_no_step_reads_it() -> None:
    leaf = frame_leaf(frame(1)).replace(b"PW=******", b"PW=secret")
    tree = Tree(GATEWAY, 1)
    tree.leaves.append(leaf)
    data = bundle.build(about={}, keys=[tree.vkey()], checkpoints={GATEWAY: tree.checkpoint()},
                        leaves=[tree.prove(0)])
    assert failure(data) == "a withheld span is not overwritten"


def test_three_hundred_leaves_are_checked_in_three_seconds() -> None:
    data = made(300, "41", "58")
    begun = time.process_time()
    assert failure(data) is None
    assert time.process_time() - begun < 3


def test_the_verifier_is_one_file_of_the_standard_library() -> None:
    source = Path(verify_bundle.__file__).read_text("utf-8")
    assert len(source.splitlines()) < 400
    names = {alias.name if isinstance(node, ast.Import) else node.module or "." for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
    assert names <= sys.stdlib_module_names
