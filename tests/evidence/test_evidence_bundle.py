"""Bundles: built, read back, checked; every rule done again; malformed and hostile ones told, never raised."""

import ast
import copy
import hashlib
import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sample_bundle import GATEWAY, HOUR_US, NOON_US, Content, Key, Scene, Tree, read_from, sealed, telegram

from qingyuan.evidence import bundle, note, verify_bundle
from qingyuan.evidence.bundle import BundleError
from qingyuan.evidence.leaf import Kind, build_json
from qingyuan.standards import TABLES

SCENE = Scene()
ALL = SCENE.whole()
WHOLE, CITY, OZONE = ALL["hour-sent"], ALL["hour-of-a-city"], ALL["day-ozone"]
KEYS = bundle.parse(WHOLE)["keys"]


def code(data: bytes, keys: list[str] | None = None) -> str:
    """The code of the result; everything before it holds."""
    done = verify_bundle.check(data, keys)
    assert all(check.ok for check in done[:-1])
    assert [check.code for check in done[:-1]] == [""] * (len(done) - 1)
    return done[-1].code


def test_a_bundle_is_read_back_and_every_check_is_named() -> None:
    content = bundle.parse(WHOLE)
    assert sealed(content) == WHOLE
    assert [check.name for check in verify_bundle.check(WHOLE)] == [
        "file", "keys", "checkpoint", "checkpoint", "leaf", "publication", "figure", "registry", "step", "value",
        "result"]
    assert b"PW=123456" not in WHOLE


def test_signatures_and_keys_that_do_not_belong_together_are_left_out() -> None:
    tree = Tree(GATEWAY, 1)
    tree.leaves.append(build_json(Kind.TICK, 8, {}))
    made = bundle.build(keys=[tree.vkey, note.vkey("w2", Key("w2", 7).public)], leaves=[tree.prove(0)],
                        checkpoints={GATEWAY: tree.checkpoint()})
    assert bundle.parse(made)["keys"] == [tree.vkey]
    assert "witness.example" not in made.decode()
    assert code(made) == "leaf_proven"


def test_content_that_two_readers_could_read_differently_is_refused() -> None:
    for old, new in ((b'{"checkpoints"', b'{"figure":null,"checkpoints"'), (b'"figure":', b'"figure": ')):
        body = WHOLE.partition(b"\n")[2].replace(old, new, 1)
        assert code(f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body) == "form"


def test_nothing_in_a_bundle_moves_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = Tree(GATEWAY, 1)
    tree.leaves.append(telegram("MN\x1b[2J\x9b1A", NOON_US, {}))
    made = bundle.build(keys=[tree.vkey], checkpoints={GATEWAY: tree.checkpoint(None)}, leaves=[tree.prove(0)])
    (tmp_path / "b").write_bytes(made)
    assert verify_bundle.main([str(tmp_path / "b")]) == 0
    said = capsys.readouterr().out
    assert "MN\\x1b[2J" in said
    assert "\x1b" not in said


def test_any_flipped_bit_is_refused_by_both_readers() -> None:
    draw = random.Random(3)
    places = [*range(90 * 8), *(draw.randrange(90 * 8, 8 * len(WHOLE)) for _ in range(700))]
    for place in places:
        flipped = bytearray(WHOLE)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(BundleError):
            bundle.parse(bytes(flipped))
        assert code(bytes(flipped)) == "form", place


@pytest.mark.parametrize("data", [b"", b"\n", WHOLE[:-1], WHOLE + b"\n", WHOLE.partition(b"\n")[2], sealed([]),
                                  sealed({}), sealed(None), sealed({"format": "qingyuan-bundle-v2"})])
def test_what_is_no_bundle_is_told_by_both_readers(data: bytes) -> None:
    with pytest.raises(BundleError):
        bundle.parse(data)
    assert code(data) == "form"


@pytest.mark.parametrize("body", [b"no JSON", b"\xff", b"[" * 100_000, b'{"format": 1'])
def test_a_right_digest_over_nonsense_is_no_bundle(body: bytes) -> None:
    data = f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body
    with pytest.raises(BundleError):
        bundle.parse(data)
    assert code(data) == "form"


def test_the_tables_of_the_verifier_are_those_of_the_standards() -> None:
    for standard in ("HJ 633-2012", "HJ 633-2026"):
        for name in ("SO2/1h", "SO2/24h", "NO2/1h", "NO2/24h", "CO/1h", "CO/24h", "O3/1h", "O3/8h", "PM10/24h",
                     "PM2.5/24h"):
            table = TABLES.published_table(standard, *name.split("/"))
            points: Any = table["points"]
            for value in sorted({Fraction(c) + shift for _, c in points for shift in (0, Fraction(1, 10), 7)}):
                special: Any = table.get("special")
                expected = sub_index(value, [(i, Fraction(c)) for i, c in points], special)
                assert verify_bundle.sub_index(value, f"{standard}/{name}") == expected, (standard, name, value)


def sub_index(value: Fraction, points: list, special: dict | None) -> str | None:
    """The sub-index by the tables of the product, worked out in another way than the verifier's."""
    if special is not None and value > Fraction(special["above"]):
        return None if special["fixed"] == "None" else special["fixed"]
    above = [n for n, (_, c) in enumerate(points) if value <= c]
    if not above:
        return "500"
    at = max(above[0], 1)
    (low_i, low_c), (high_i, high_c) = points[at - 1], points[at]
    exact = low_i + (value - low_c) * (high_i - low_i) / (high_c - low_c)
    return str(exact.numerator // exact.denominator + (exact.denominator > 1))


def test_half_goes_to_the_even_digit_and_a_zero_has_no_sign() -> None:
    shown = [verify_bundle.like(Fraction(text), like) for text, like in (
        ("42.5", "1"), ("43.5", "1"), ("-0.4", "0"), ("-0.5", "0.0"), ("0.125", "0.00"), ("1e3", "0.0"))]
    assert shown == ["42", "44", "0", "-0.5", "0.12", "1000.0"]


@pytest.mark.parametrize(("hours", "value", "good"), [
    ([100] * 24, 100, True), ([100] * 13 + [None] * 11, 0, False), ([None] * 24, 0, False),
    ([170] * 8 + [None] * 16, 170, True), ([160] * 8 + [None] * 16, 0, False),
    ([None, None] + [200] * 6 + [None] * 16, 200, True)])
def test_an_incomplete_day_of_ozone_counts_above_the_limit_only(hours: list, value: int, good: bool) -> None:
    if good:
        assert verify_bundle.mda8(hours) == value
    else:
        with pytest.raises(verify_bundle.Failed, match="too few 8 h means"):
            verify_bundle.mda8(hours)


def test_keys_given_by_the_reader_replace_those_of_the_file() -> None:
    assert code(WHOLE, KEYS) == code(WHOLE, KEYS[:2]) == "recomputed"
    assert code(WHOLE, KEYS[:1]) == code(WHOLE, [note.vkey(GATEWAY, Key(GATEWAY, 8).public)]) == "unsigned"
    witness_only = note.vkey(GATEWAY, Key(GATEWAY, 1).public, note.COSIGNATURE)
    assert code(WHOLE, [witness_only, *KEYS[1:]]) == "unsigned"
    said = {check.name: check.detail for check in verify_bundle.check(WHOLE, KEYS[:2])}
    assert said["keys"].startswith("given by you")
    assert said["checkpoint"].endswith("witnessed by nobody yet")


def test_a_forger_with_keys_of_his_own_passes_only_where_no_key_is_pinned() -> None:
    content, other = bundle.parse(WHOLE), Key(GATEWAY, 77)
    found = note.parse_checkpoint(content["checkpoints"][GATEWAY])
    content["checkpoints"][GATEWAY] = note.sign_checkpoint(GATEWAY, found.size, found.root, other)
    content["keys"] = [note.vkey(GATEWAY, other.public), *content["keys"][1:]]
    assert code(sealed(content)) == "recomputed"
    assert code(sealed(content), KEYS) == "unsigned"


def test_a_ledger_of_another_home_proves_nothing_about_this_one() -> None:
    elsewhere = Tree("qingyuan/other/gw1", 1)
    elsewhere.leaves += SCENE.trees[GATEWAY].leaves
    content = bundle.parse(WHOLE)
    foreign = json.loads(bundle.build(
        keys=[elsewhere.vkey, KEYS[-1]], checkpoints={elsewhere.key.name: elsewhere.checkpoint()},
        leaves=[elsewhere.prove(SCENE.hours[12])]).partition(b"\n")[2])
    content["leaves"][1] = foreign["leaves"][0]
    content["keys"] += [key for key in foreign["keys"] if key not in content["keys"]]
    content["checkpoints"] = content["checkpoints"] | foreign["checkpoints"]
    del content["checkpoints"][GATEWAY]
    told = verify_bundle.check(sealed(content))[-1]
    assert (told.code, "of another home" in told.detail) == ("cut", True)


PARTS = ["checkpoints", "leaves", "figure", "figure_path", "publication", "steps", "keys"]
ODD = [None, 0, -1, True, 1e400, "", "x", [], {}, [None], [[]], {"a": 1}, "1e999999999", 10**30, "\ud800"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_a_part_of_another_form_is_told_and_never_raised(part: str, value: object, tmp_path: Path) -> None:
    content = bundle.parse(WHOLE)
    content[part] = value
    path = tmp_path / "odd.bundle"
    path.write_bytes(sealed(content))
    assert verify_bundle.main([str(path)]) == 1
    del content[part]
    path.write_bytes(sealed(content))
    assert verify_bundle.main([str(path)]) == 1


def places(value: Any, path: tuple = ()) -> list[tuple]:
    """Places of all single values in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in pairs for place in places(item, (*path, key))] or [path]


@pytest.mark.parametrize("data", [CITY, ALL["index-realtime"], ALL["hour-admitted"]])
def test_no_single_value_of_another_form_raises_or_passes(data: bytes) -> None:
    content, draw = bundle.parse(data), random.Random(len(data))
    for place in places(content):
        for value in draw.sample(ODD, 1):
            changed: Content = copy.deepcopy(content)
            at: Any = changed
            for key in place[:-1]:
                at = at[key]
            was = at[place[-1]]
            same = json.dumps(was) == json.dumps(value) or (was == [] and value in ("", {}))
            at[place[-1]] = value
            assert same or code(sealed(changed)) not in verify_bundle.RESULTS, (place, value)


def alone(tmp_path: Path, data: bytes, *words: str, **environment: str) -> tuple[int, str]:
    """The verifier as a stranger runs it: copied out, isolated, without our packages."""
    script, file = tmp_path / "check.py", tmp_path / "b"
    script.write_bytes(Path(verify_bundle.__file__).read_bytes())
    file.write_bytes(data)
    out = subprocess.run([sys.executable, "-S", str(script), str(file), *words], capture_output=True, text=True,
                         cwd=tmp_path, env=environment or {"PYTHONUTF8": "1"}, encoding="utf-8")
    return out.returncode, out.stdout


def test_the_outcome_is_said_in_both_languages_with_what_a_proof_does_not_show(tmp_path: Path) -> None:
    for name, exit_code, words in (
            ("hour-sent", 0, ("everything holds 全部通过", "Telegrams are unsigned", "报文没有签名")),
            ("older-rules", 3, ("[NOT RECOMPUTED 未重新计算]", "published and signed, but NOT recomputed")),
            ("no-value", 0, ("published WITHOUT a value", '{"excluded":["sentinel"],"origin":"simulated"}'))):
        found, said = alone(tmp_path, ALL[name])
        assert found == exit_code
        assert all(word in said for word in words), said
    found, said = alone(tmp_path, WHOLE[:-1])
    assert (found, "FAILED 不通过" in said, "unsigned:" in said) == (1, True, False)


def test_a_terminal_without_chinese_letters_stops_nothing(tmp_path: Path) -> None:
    found, said = alone(tmp_path, WHOLE, PYTHONIOENCODING="ascii")
    assert found == 0
    assert "\\u5168\\u90e8\\u901a\\u8fc7" in said


def test_exit_codes_are_0_1_2_and_3(tmp_path: Path) -> None:
    pinned = [word for line in KEYS for word in ("--key", line)]
    assert alone(tmp_path, WHOLE, *pinned)[0] == 0
    assert alone(tmp_path, WHOLE[:-1])[0] == 1
    assert alone(tmp_path, WHOLE, "--unknown")[0] == 2
    assert alone(tmp_path, ALL["older-rules"])[0] == 3
    assert verify_bundle.main([str(tmp_path / "none")]) == 2


def test_a_bundle_that_holds_nothing_proves_nothing() -> None:
    empty = {"leaves": [], "figure": None, "figure_path": None, "publication": None, "steps": [], "checkpoints": {}}
    assert code(sealed(bundle.parse(WHOLE) | empty)) == "unused"


@pytest.mark.parametrize("leaf", [telegram("MN-S1", NOON_US, {}), build_json(Kind.MANUAL, 7, {"value": "1"})])
def test_the_proof_of_a_leaf_shows_it(leaf: bytes) -> None:
    tree = Tree(GATEWAY, 1)
    tree.leaves += [leaf, build_json(Kind.TICK, 8, {})]
    data = bundle.build(keys=[tree.vkey], checkpoints={GATEWAY: tree.checkpoint()}, leaves=[tree.prove(0)])
    assert code(data) == "leaf_proven"
    said = next(check.detail for check in verify_bundle.check(data) if check.name == "content")
    assert said.startswith(f"0 of {GATEWAY}, kind {leaf[4]}, received {int.from_bytes(leaf[5:13], 'big')} us: ")
    assert ("PW=******;MN=MN-S1" if leaf[4] == Kind.FRAME else '{"value":"1"}') in said


def test_three_hundred_leaves_are_checked() -> None:
    tree = Tree(GATEWAY, 1)
    tree.leaves += [telegram("MN-S1", NOON_US + n * HOUR_US, {"a34004": "42"}) for n in range(300)]
    data = bundle.build(keys=[tree.vkey], checkpoints={GATEWAY: tree.checkpoint()},
                        leaves=[tree.prove(n) for n in range(300)])
    assert code(data) == "leaf_proven"
    assert code(OZONE) == "recomputed"


def test_the_verifier_is_one_file_of_the_standard_library() -> None:
    source = Path(verify_bundle.__file__).read_text("utf-8")
    assert len(source.splitlines()) < 400
    names = {alias.name if isinstance(node, ast.Import) else node.module or "." for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names}
    assert names <= sys.stdlib_module_names


def test_the_operations_tried_are_all_that_the_verifier_knows() -> None:
    tried = {step["op"] for data in ALL.values() for step in bundle.parse(data)["steps"]}
    assert set(verify_bundle.STEPS) - tried == {"round"}
    content = bundle.parse(ALL["index-realtime"])
    first, second, *_ = content["steps"]
    rounded = [first, read_from(1, "42"), {"op": "round", "in": [1], "out": "42"},
               {"op": "iaqi", "in": [2], "out": "59"}, read_from(1, "60", factor="a05024"),
               {"op": "iaqi", "in": [4], "out": "19"}, {"op": "max", "in": [3, 5], "out": "59"}]
    assert second == rounded[1]
    assert code(sealed(content | {"steps": rounded})) == "recomputed"
    assert code(sealed(content | {"steps": [{"op": "divide", "in": [0], "out": "1"}]})) == "form"
