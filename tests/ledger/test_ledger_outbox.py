"""The outbox on its way into the office ledger."""

import json

import pytest
from sample_ledger import die, killed

from qingyuan.evidence.leaf import Kind, parse
from qingyuan.ledger import Home, Keyring, Ledger, drain, outbox_put


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / "home")


@pytest.fixture
def keyring(home):
    return Keyring.open(home.path / "keys")


def entries(home):
    with Ledger(home.ledger_path("office")) as ledger:
        return [(leaf.kind, leaf.payload) for leaf in (parse(stored.data) for stored in ledger.leaves())]


EXPECTED = [(Kind.REGISTRY, {"key": f"k{n}", "n": n}) for n in range(3)]


def test_entries_go_in_by_name_and_the_files_go(home, keyring):
    for n in range(3):
        outbox_put(home, f"k{n}", Kind.REGISTRY, {"n": n})
    done = drain(home, keyring)
    assert sorted(done.leaves.values()) == [0, 1, 2]
    assert done.refused == {}
    assert entries(home) == EXPECTED
    assert list(home.outbox.iterdir()) == []
    assert drain(home, keyring).leaves == {}


def test_the_same_key_again_gives_the_first_leaf(home, keyring):
    outbox_put(home, "k", Kind.RULING, {"n": 1})
    drain(home, keyring)
    path = outbox_put(home, "k", Kind.RULING, {"n": 2})
    outbox_put(home, "k", Kind.RULING, {"n": 3})
    assert drain(home, keyring).leaves[path.name] == 0
    assert entries(home) == [(Kind.RULING, {"key": "k", "n": 1})]


@pytest.mark.parametrize("text", [
    "", "{", "[]", "{}", '{"key":"a","kind":"registry"}', '{"key":"","kind":"registry","payload":{}}',
    '{"key":"a","kind":"nothing","payload":{}}', '{"key":"a","kind":"frame","payload":{}}',
    '{"key":"a","kind":3,"payload":{}}', '{"key":"a","kind":"registry","payload":[]}', "\udcff"])
def test_what_is_no_entry_is_set_aside_and_does_not_stop_the_rest(home, keyring, text):
    bad = home.outbox / "0.json"
    bad.write_bytes(text.encode("utf-8", "surrogateescape"))
    outbox_put(home, "k0", Kind.REGISTRY, {"n": 0})
    done = drain(home, keyring)
    assert list(done.refused) == ["0.json"]
    assert entries(home) == EXPECTED[:1]
    assert [path.name for path in home.outbox.iterdir()] == ["0.json.refused"]


def test_files_being_written_are_left_alone(home, keyring):
    (home.outbox / "1.json.tmp").write_text('{"key":')
    drain(home, keyring)
    assert [path.name for path in home.outbox.iterdir()] == ["1.json.tmp"]


@pytest.mark.parametrize("stop", range(12))
def test_a_kill_behind_each_step_neither_loses_nor_doubles(home, stop):
    for n in range(3):
        outbox_put(home, f"k{n}", Kind.REGISTRY, {"n": n})
    steps = []

    def work():
        def step(name):
            steps.append(name)
            if len(steps) == stop:
                die()

        drain(home, Keyring.open(home.path / "keys"), step)

    assert killed(work) == (0 if stop == 0 else -9)
    done = drain(home, Keyring.open(home.path / "keys"))
    assert set(done.leaves.values()) <= {0, 1, 2}
    assert entries(home) == EXPECTED
    assert list(home.outbox.iterdir()) == []


def test_the_steps_are_these(home, keyring):
    for n in range(3):
        outbox_put(home, f"k{n}", Kind.REGISTRY, {"n": n})
    steps = []
    drain(home, keyring, steps.append)
    assert steps == ["read", "append"] * 3 + ["commit", "sign"] + ["remove"] * 3


def test_an_entry_is_readable_json_with_key_kind_and_payload(home):
    path = outbox_put(home, "站点/1", Kind.DRAW, {"名": "南京"})
    assert json.loads(path.read_text("utf-8")) == {"key": "站点/1", "kind": "draw", "payload": {"名": "南京"}}
    assert path.stat().st_mode & 0o077 == 0
