"""Bundles: built, read back, checked; every operation done again; malformed and hostile ones told, never raised."""

import copy
import hashlib
import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qingyuan.evidence import bundle, figures, merkle, note, verify_bundle
from qingyuan.evidence.bundle import BundleError
from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, build_frame, build_json

ORIGIN, TICK_US = "qingyuan/home/office", 1_585_720_800_000_000
FRAME = b"##0050QN=1;PW=secret;MN=A;CP=&&DataTime=20200401140000;a34004-Avg=0.0525,a34004-Flag=N&&ABCD\r\n"
TABLE = {"points": [[0, "0"], [50, "35"], [100, "75"], [150, "115"]], "above": "151",
         "special": {"above": "800", "fixed": "200"}}


@dataclass(frozen=True)
class Proof:
    """A leaf and its path."""

    ledger: str
    origin: str
    index: int
    data: bytes
    path: list[bytes]


class Key:
    """The ledger's key."""

    name = ORIGIN
    _key = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\7")

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def steps_to(*steps: dict[str, Any]) -> list[dict[str, Any]]:
    telegram = {"id": "s0", "op": "telegram", "leaf": 0, "factor": "a34004", "suffix": "Avg", "unit_exp": 3,
                "out": "52.5"}
    return [telegram, *({"id": f"s{i}", **step} for i, step in enumerate(steps, 1))]


def made(steps: list[dict[str, Any]], *, verdict: Verdict = Verdict.ACCEPTED, frame: bytes = FRAME,
         tables: dict[str, Any] | None = None) -> bytes:
    """A bundle of one figure over one telegram in a ledger of five leaves."""
    figure = {"name": "day.PM2.5", "subject": "S1", "value": steps[-1]["out"], "unit": "ug/m3", "stage": "raw",
              "believed_from": TICK_US}
    lines = [figures.canonical({**figure, "subject": f"S{i}"}) for i in range(1, 4)]
    publication = {"tick_us": TICK_US, "figures_count": 3, "figures_root": figures.figures_root(lines).hex(),
                   "software": "qingyuan"}
    leaf, _ = build_frame(1, frame, [(frame.index(b"secret"), 6)], bytes(16), "10.0.0.7", 1, 2, CrcVariant.STANDARD,
                          verdict)
    leaves = [leaf, *(build_json(Kind.TICK, i, {"n": i}) for i in range(3)),
              build_json(Kind.PUBLICATION, 9, publication)]
    hashes = [merkle.leaf_hash(data) for data in leaves]

    def stored(level: int, index: int) -> bytes:
        return merkle.root_of(hashes[index << level:(index + 1) << level])

    proofs = [Proof("office", ORIGIN, i, leaves[i], merkle.inclusion(i, 5, stored)) for i in (0, 4)]
    checkpoint = note.sign_checkpoint(ORIGIN, 5, merkle.root_of(hashes), Key())
    return bundle.build(about={"what": "a test"}, keys=[note.vkey(ORIGIN, Key().public)],
                        checkpoints={ORIGIN: checkpoint}, leaves=proofs, figure=figure,
                        figure_path=figures.figure_path(lines, 0), publication=1, steps=steps,
                        tables=tables or {"T": TABLE}, limits=["Not whether the logger told the truth."])


def sealed(content: object) -> bytes:
    body = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(errors="surrogatepass")
    return f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body


def failure(data: bytes, keys: list[str] | None = None) -> str | None:
    """What the verifier finds wrong."""
    done = verify_bundle.check(data, keys)
    assert all(check.ok for check in done[:-1])
    return None if done[-1].ok else done[-1].detail


WHOLE = made(steps_to({"op": "round", "in": ["s0"], "digits": 0, "mode": "half_even", "out": "52"}))


def test_a_bundle_is_read_back_and_every_check_is_named() -> None:
    content = bundle.parse(WHOLE)
    assert sealed(content) == WHOLE
    assert content["limits_of_proof"] == ["Not whether the logger told the truth."]
    assert [leaf["index"] for leaf in content["leaves"]] == [0, 4]
    assert [check.name for check in verify_bundle.check(WHOLE)] == [
        "file", "keys", "checkpoint", "witness", "leaf", "publication", "figure", "step", "value"]
    assert b"secret" not in WHOLE


def test_content_that_two_readers_could_read_differently_is_refused() -> None:
    for old, new in ((b'{"about"', b'{"figure":null,"about"'), (b'"about":', b'"about": ')):
        body = WHOLE.partition(b"\n")[2].replace(old, new, 1)
        told = failure(f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body)
        assert told == "file: the content is not that of a bundle, in canonical JSON"


def test_nothing_in_a_bundle_moves_the_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = bundle.parse(WHOLE)
    content["limits_of_proof"] = ["\x1b[2Jeverything\rholds"]
    (tmp_path / "b").write_bytes(sealed(content))
    assert verify_bundle.main([str(tmp_path / "b")]) == 0
    assert "\\x1b[2Jeverything\\rholds\n" in capsys.readouterr().out


def test_any_flipped_bit_is_refused_by_both_readers() -> None:
    draw = random.Random(3)
    places = [*range(90 * 8), *(draw.randrange(90 * 8, 8 * len(WHOLE)) for _ in range(700))]
    for place in places:
        flipped = bytearray(WHOLE)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(BundleError):
            bundle.parse(bytes(flipped))
        assert failure(bytes(flipped)) is not None, place


@pytest.mark.parametrize("data", [b"", b"\n", WHOLE[:-1], WHOLE + b"\n", WHOLE.partition(b"\n")[2], sealed([]),
                                  sealed({}), sealed(None), sealed({"format": "qingyuan-bundle-v2"})])
def test_what_is_no_bundle_is_told_by_both_readers(data: bytes) -> None:
    with pytest.raises(BundleError):
        bundle.parse(data)
    assert failure(data) is not None


@pytest.mark.parametrize("body", [b"no JSON", b"\xff", b"[" * 100_000, b'{"format": 1'])
def test_a_right_digest_over_nonsense_is_no_bundle(body: bytes) -> None:
    data = f"{bundle.FORMAT} sha256={hashlib.sha256(body).hexdigest()}\n".encode() + body
    with pytest.raises(BundleError):
        bundle.parse(data)
    assert failure(data) is not None


MDA8 = {"op": "mda8", "in": [*["s0"] * 8, *[None] * 16], "limit": "160", "min_hours": 6, "windows": [8, 24],
        "digits": 0}
OPERATIONS = [
    ({"op": "round", "in": ["s0"], "digits": 0, "mode": "half_even"}, "52"),
    ({"op": "round", "in": ["s0"], "digits": 0, "mode": "up"}, "53"),
    ({"op": "mean", "in": ["s0", None, "s0"], "digits": 2, "mode": "half_even"}, "52.50"),
    ({"op": "max", "in": ["s0", None]}, "52.5"),
    ({"op": "iaqi", "in": ["s0"], "table": "T"}, "72"),            # 50 + 50 * 17.5 / 40 = 71.875, up
    ({"op": "iaqi", "in": ["s0"], "table": "low"}, "151"),
    ({"op": "iaqi", "in": ["s0"], "table": "fixed"}, "200"),
    ({"op": "text", "in": [], "reason": "said"}, "anything"),
    ({**MDA8, "limit": "52"}, None), ({**MDA8, "limit": "51"}, "52"),
]
TABLES = {"T": TABLE, "low": {**TABLE, "points": [[0, "0"], [50, "20"]]}, "fixed": {**TABLE, "special": {
    "above": "50", "fixed": "200"}}}


@pytest.mark.parametrize(("step", "out"), OPERATIONS)
def test_every_operation_is_done_again(step: dict[str, Any], out: str | None) -> None:
    told = failure(made(steps_to({**step, "out": out or "52"}), tables=TABLES))
    assert told is None if out else told == "too few 8 h means"
    if step["op"] != "text":
        assert failure(made(steps_to({**step, "out": "17"}), tables=TABLES)) is not None


def test_the_operations_tried_are_all_that_the_verifier_knows() -> None:
    source = Path(verify_bundle.__file__).read_text("utf-8")
    known = set(re.findall(r'\bop == "(\w+)"', source))
    assert known - {"telegram"} == {step["op"] for step, _ in OPERATIONS}
    assert failure(made(steps_to({"op": "divide", "in": ["s0"], "out": "1"}))) == "unknown operation divide"


def test_a_day_with_fourteen_ozone_means_needs_no_limit() -> None:
    step = {**MDA8, "in": [*["s0"] * 20, *[None] * 4]}
    assert failure(made(steps_to({**step, "out": "52"}))) is None
    assert failure(made(steps_to({**step, "in": [None] * 24, "out": "52"}))) == "no 8 h mean is valid"


def test_only_an_accepted_frame_can_give_a_value_and_the_first_one_counts() -> None:
    steps = steps_to({"op": "round", "in": ["s0"], "digits": 0, "mode": "half_even", "out": "52"})
    for verdict in Verdict:
        told = failure(made(steps, verdict=verdict))
        assert (told is None) == (verdict in (Verdict.ACCEPTED, Verdict.UNKNOWN_MN)), verdict
    twice = FRAME.replace(b"a34004-Flag", b"a34004-Avg=9,a34004-Flag")
    assert failure(made(steps, frame=twice)) is None
    assert failure(made(steps, frame=FRAME.replace(b"0.0525", b"0.0526"))) is not None
    assert failure(made(steps, frame=FRAME.replace(b"a34004", b"a34005"))) == "the telegram does not state a34004-Avg"


def test_keys_given_by_the_reader_replace_those_of_the_file() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x08").public_key().public_bytes_raw()
    assert failure(WHOLE, [note.vkey(ORIGIN, Key().public)]) is None
    assert "not signed" in str(failure(WHOLE, [note.vkey(ORIGIN, other)]))
    witness_only = note.vkey("w", Key().public, note.COSIGNATURE)
    assert "not signed" in str(failure(WHOLE, [witness_only]))


PARTS = ["checkpoints", "leaves", "figure", "figure_path", "publication", "steps", "tables", "keys", "limits_of_proof"]
ODD = [None, 0, -1, 1e400, "", "x", [], {}, [None], [[]], {"a": 1}, "1e999999999", 10**30, "\ud800"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_a_part_of_another_form_is_told_and_never_raised(part: str, value: object, tmp_path: Path,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    content = bundle.parse(WHOLE)
    content[part] = value
    path = tmp_path / "odd.bundle"
    path.write_bytes(sealed(content))
    code = verify_bundle.main([str(path)])
    assert code == (0 if (part, value) in ACCEPTABLE else 1), capsys.readouterr().out
    del content[part]
    path.write_bytes(sealed(content))
    assert verify_bundle.main([str(path)]) == 1


ACCEPTABLE = [("figure", None), ("tables", {}), *(("limits_of_proof", limits) for limits in ([], [None], [[]]))]


def leaves_of(value: Any, path: tuple = ()) -> list[tuple]:
    """Places of all single values in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in pairs for place in leaves_of(item, (*path, key))] or [path]


def test_no_single_value_of_another_form_raises_or_stalls() -> None:
    steps = steps_to({**MDA8, "limit": "51", "out": "52"}, {"op": "iaqi", "in": ["s1"], "table": "T", "out": "72"},
                     {"op": "mean", "in": ["s1"], "digits": 0, "mode": "half_even", "out": "52"})
    content = bundle.parse(made(steps))
    for place in leaves_of(content):
        for value in ODD:
            changed = copy.deepcopy(content)
            at = changed
            for key in place[:-1]:
                at = at[key]
            at[place[-1]] = value
            assert verify_bundle.check(sealed(changed)), place


def test_a_publication_counts_from_the_office_ledger_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ORIGIN", "qingyuan/home/gw1")
    monkeypatch.setattr(Key, "name", "qingyuan/home/gw1")
    elsewhere = made(steps_to({"op": "round", "in": ["s0"], "digits": 0, "mode": "half_even", "out": "52"}))
    assert failure(elsewhere) == "publication: the leaf named is none"
