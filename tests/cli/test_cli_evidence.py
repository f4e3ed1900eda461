"""`qingyuan evidence`."""

import base64
import json
import subprocess
import sys

import pytest
from sample_ledger import SMALL, START_US, append, fill, frame, full_home, small_ledger

from qingyuan.cli.evidence_export import text_of
from qingyuan.cli.main import run
from qingyuan.evidence import merkle
from qingyuan.evidence.bundle import parse as parse_bundle
from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict
from qingyuan.evidence.note import parse_checkpoint
from qingyuan.ledger import Home, LedgerWriter, office_append, personal
from qingyuan.witness import Store, visit_all

SECRETS = ("pw1234", "Geheim-77", "neu&neu", "张三")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A witnessed home with secrets of every sort, and two leaves no witness has seen yet."""
    path = tmp_path_factory.mktemp("evidence") / "home"
    home, keyring = full_home(path)
    raw = b"##0000QN=1;CN=1072;PW=Geheim-77;MN=1;CP=&&NewPW=neu&neu&&FFFF\r\n"
    spans = [(raw.index(b"Geheim"), 9), (raw.index(b"neu&"), 7), (len(raw) - 6, 4)]
    person = personal.keep(home, keyring, "张三".encode())
    office_append(home, keyring, Kind.RULING, {"proposer": person.payload()})
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        writer.append_frame(2 * START_US, raw, spans, "::1", 1, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)
    visit_all(home, Store(home.path / "witness"))
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        append(writer, 5)
        append(writer, 6)
    return home


@pytest.fixture
def evidence(capfd):
    def call(*words):
        capfd.readouterr()
        code = run(["--lang", "en", "evidence", *map(str, words)])
        said = capfd.readouterr()
        return code, said.out, said.err

    return call


def test_a_clean_home_verifies(evidence, made):
    code, out, _ = evidence("verify", "--home", made.path)
    assert code == 0
    assert out.splitlines() == [
        "ledger gw1: 373 leaves, 373 under its checkpoint, 371 witnessed",
        "ledger gw1.quarantine: 6 leaves, 46 under its checkpoint, 46 witnessed",
        "  past their retention: 40 leaves dropped, 0 kept since figures rest on them",
        "ledger office: 6 leaves, 6 under its checkpoint, 6 witnessed",
        "every byte is as it was written"]


def test_every_problem_is_named_and_the_exit_code_is_1(evidence, tmp_path):
    home, _ = small_ledger(tmp_path / "home", 57)
    path = sorted(home.ledger_path("gw1").glob("*.log"))[-1]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (home.ledger_path("office") / "notes.txt").touch()
    code, out, _ = evidence("verify", "--home", home.path)
    assert code == 1
    assert f"PROBLEM gw1/{path.name}, leaf 56, offset " in out
    assert "PROBLEM office/notes.txt: a file that does not belong here" in out
    code, out, _ = evidence("verify", "--home", home.path, "--json")
    report = json.loads(out)
    assert (code, report["ok"]) == (1, False)
    first = report["problems"][0]
    assert (first["ledger"], first["file"], first["leaf"]) == ("gw1", path.name, 56)
    assert [one["ledger"] for one in report["ledgers"]] == ["gw1", "office"]
    assert evidence("verify", "--home", home.path, "--ledger", "office", "--json")[0] == 1


def test_without_a_keyring_it_says_what_was_not_checked(evidence, tmp_path):
    home, _ = small_ledger(tmp_path / "home", 3)
    (home.path / "keys").rename(tmp_path / "away")
    code, out, _ = evidence("verify", "--home", home.path)
    assert code == 0
    assert "not checked: withheld parts of 3 leaves (no keyring)" in out
    assert out.splitlines()[-1] == "every byte that was checked is as it was written; not all were checked"


@pytest.mark.parametrize("given", ["guess", ""])
def test_a_keyring_that_does_not_open_is_no_good_answer(evidence, tmp_path, monkeypatch, given):
    monkeypatch.setenv("QINGYUAN_KEYRING_PASSPHRASE", "correct horse")
    home, _ = small_ledger(tmp_path / "home", 57)
    assert evidence("verify", "--home", home.path)[0] == 0
    monkeypatch.setenv("QINGYUAN_KEYRING_PASSPHRASE", given)
    code, out, err = evidence("verify", "--home", home.path)
    assert code == 2
    assert "not checked: withheld parts of 57 leaves" in out
    assert [line.split(",")[0] for line in out.splitlines() if line.startswith("ledger ")] == [
        "ledger gw1: 57 leaves", "ledger office: 0 leaves"]
    assert "not checked: the keyring does not open: " in out
    assert "every byte is as it was written" not in out
    assert "QINGYUAN_KEYRING_PASSPHRASE" in err
    assert len(err.splitlines()) == 1
    code, out, _ = evidence("verify", "--home", home.path, "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["problems"]) == (2, False, [])
    (home.ledger_path("office") / "notes.txt").touch()
    assert evidence("verify", "--home", home.path)[0] == 1


@pytest.mark.parametrize("words", [
    ("verify", "--home", "nowhere"), ("verify", "--home", "HOME", "--ledger", "gw9"),
    ("prove", "--home", "HOME", "--ledger", "gw1", "--leaf", "373", "--out", "OUT"),
    ("prove", "--home", "HOME", "--ledger", "gw9", "--leaf", "0", "--out", "OUT"),
    ("dump", "--home", "HOME", "--ledger", "gw9"), ("tiles", "--home", "HOME", "--ledger", "gw9", "--out", "OUT"),
    ("check", "OUT"), ("prove",)])
def test_what_cannot_be_done_exits_2(evidence, made, tmp_path, words):
    places = {"HOME": made.path, "OUT": tmp_path / "out"}
    code, _, err = evidence(*[places.get(word, word) for word in words])
    assert code == 2
    assert "unexpected fault" not in err


@pytest.mark.parametrize(("ledger", "leaf", "said"), [
    ("gw1", 0, "under a witnessed checkpoint"), ("gw1", 370, "under a witnessed checkpoint"),
    ("gw1", 372, "not yet witnessed"), ("office", 5, "under a witnessed checkpoint"),
    ("gw1.quarantine", 43, "under a witnessed checkpoint")])
def test_a_proof_checks_in_a_process_of_its_own_and_any_flipped_bit_fails(evidence, made, tmp_path, ledger, leaf, said):
    out = tmp_path / "leaf.bundle"
    code, text, _ = evidence("prove", "--home", made.path, "--ledger", ledger, "--leaf", leaf, "--out", out)
    assert code == 0
    assert said in text
    code, text, _ = evidence("check", out)
    assert code == 0, text
    whole = out.read_bytes()
    assert parse_bundle(whole)["leaves"][0]["index"] == leaf
    assert not any(secret.encode() in whole for secret in SECRETS)
    for bit in (3, 8 * 40 + 1, 8 * (len(whole) // 2), 8 * len(whole) - 10):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        out.write_bytes(changed)
        assert evidence("check", out)[0] == 1


def test_a_proof_under_an_old_key_checks_after_rotation(evidence, tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 3)
    visit_all(home, Store(home.path / "witness"))
    keyring.rotate("gw1")
    with LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id, SMALL) as writer:
        fill(writer, 1)
    out = tmp_path / "b"
    for leaf in (0, 3):
        assert evidence("prove", "--home", home.path, "--ledger", "gw1", "--leaf", leaf, "--out", out)[0] == 0
        assert evidence("check", out)[0] == 0


def test_only_a_key_that_is_trusted_counts(evidence, made, tmp_path):
    out = tmp_path / "b"
    evidence("prove", "--home", made.path, "--ledger", "office", "--leaf", 0, "--out", out)
    bundle = parse_bundle(out.read_bytes())
    assert evidence("check", out, "--key", bundle["keys"][0])[0] == 0
    other, _ = small_ledger(tmp_path / "other", 1)
    from qingyuan.ledger import Ledger

    assert evidence("check", out, "--key", Ledger(other.ledger_path("office")).vkey)[0] == 1


def test_the_copied_verifier_runs_alone(evidence, made, tmp_path):
    evidence("prove", "--home", made.path, "--ledger", "gw1", "--leaf", 1, "--out", tmp_path / "b")
    assert evidence("verifier", "--out", tmp_path / "v.py")[0] == 0
    outcome = subprocess.run([sys.executable, "-I", "-S", tmp_path / "v.py", tmp_path / "b"], cwd=tmp_path)
    assert outcome.returncode == 0


def test_the_dump_has_a_line_a_leaf_and_no_secret(evidence, made):
    code, out, _ = evidence("dump", "--home", made.path)
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(one["ledger"], one["leaf"]) for one in lines] == [
        *(("gw1", n) for n in range(373)), *(("gw1.quarantine", n) for n in range(40, 46)),
        *(("office", n) for n in range(6))]
    raw, spans = frame(7)
    text = raw.decode()
    for offset, length in spans:
        text = text[:offset] + "*" * length + text[offset + length:]
    assert {name: lines[7][name] for name in ("kind", "received", "peer", "verdict", "text")} == {
        "kind": "frame", "received": "2020-09-13T12:26:40.007000Z", "peer": "10.0.0.7", "verdict": "accepted",
        "text": text}
    assert base64.b64decode(lines[7]["bytes"])[:5] == b"QYL1\x01"
    assert {one["kind"] for one in lines} == {kind.name.lower() for kind in Kind}
    assert "PW=*********;MN=1;CP=&&NewPW=*******&&****\r\n" in lines[370]["text"]
    everything = out + "".join(base64.b64decode(one["bytes"]).decode("latin-1") for one in lines)
    assert not any(secret in everything or secret.encode().decode("latin-1") in everything for secret in SECRETS)


def test_a_dump_of_one_ledger_read_by_a_pipe_that_closes_early(made):
    command = f"'{sys.executable}' -m qingyuan.cli.main evidence dump --home '{made.path}' --ledger gw1 | head -n 1"
    outcome = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert json.loads(outcome.stdout)["leaf"] == 0
    assert outcome.stderr == ""


@pytest.mark.parametrize(("data", "text"), [
    (b"##", "##"), ("南京".encode(), "南京"), ("南京".encode("gb18030"), "南京"), (b"\xff\xff\xff", r"\xff\xff\xff")])
def test_bytes_become_text(data, text):
    assert text_of(data) == text


def test_tiles_and_checkpoint_prove_every_leaf_and_hold_only_hashes(evidence, made, tmp_path):
    out = tmp_path / "tiles"
    code, said, _ = evidence("tiles", "--home", made.path, "--ledger", "gw1", "--out", out)
    assert code == 0
    assert said.startswith("3 tiles and the checkpoint of 373 leaves")
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()) == [
        "checkpoint", "tile/0/000", "tile/0/001.p/117", "tile/1/000.p/1"]
    hashes = (out / "tile/0/000").read_bytes() + (out / "tile/0/001.p/117").read_bytes()
    seen = parse_checkpoint((out / "checkpoint").read_text())
    rows = [hashes[at:at + 32] for at in range(0, len(hashes), 32)]
    assert (seen.size, seen.root) == (373, merkle.root_of(rows))
    assert (out / "tile/1/000.p/1").read_bytes() == merkle.root_of(rows[:256])


def test_nothing_secret_lies_in_the_open_anywhere_but_in_ledgers(made):
    opened = Home.open(made.path)
    for path in opened.path.rglob("*"):
        if path.is_file() and opened.path / "ledgers" not in path.parents:
            data = path.read_bytes()
            assert not any(secret.encode() in data for secret in SECRETS), path


def test_what_is_found_is_said_in_chinese(capfd, tmp_path):
    home, _ = small_ledger(tmp_path / "home", 57)
    (home.ledger_path("office") / "notes.txt").touch()
    next(home.ledger_path("gw1").glob("*.ends")).unlink()
    (home.path / "keys").rename(tmp_path / "away")
    assert run(["--lang", "zh", "evidence", "verify", "--home", str(home.path)]) == 1
    out = capfd.readouterr().out
    assert "office/notes.txt: 此处不应有的文件" in out
    assert "文件缺失；叶节点并未因此丢失" in out
    assert "57 个叶节点的隐去部分（没有密钥环）" in out


def test_a_program_goes_by_codes(evidence, tmp_path):
    home, _ = small_ledger(tmp_path / "home", 57)
    (home.ledger_path("office") / "notes.txt").touch()
    _code, out, _ = evidence("verify", "--home", home.path, "--json")
    found, = json.loads(out)["problems"]
    assert (found["code"], found["what"], found["facts"]) == ("strange-file", "a file that does not belong here", {})


def test_every_finding_and_gap_is_translated():
    from qingyuan.cli import i18n
    from qingyuan.ledger.finding import MADE_AGAIN, UNCHECKED, WORDS

    for text in (*WORDS.values(), *UNCHECKED.values(), MADE_AGAIN):
        i18n.set_language("zh")
        assert i18n._(text) != text
    i18n.set_language("en")
