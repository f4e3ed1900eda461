"""A ledger that cannot go on, and the one after it."""

import os

import pytest
from sample_ledger import append, fill, small_ledger

from qingyuan.evidence.merkle import verify_inclusion
from qingyuan.evidence.note import parse_checkpoint
from qingyuan.ledger import Ledger, LedgerClosed, LedgerDamaged, LedgerWriter, open_or_succeed
from qingyuan.ledger.files import open_text
from qingyuan.ledger.store import CLOSED_KIND
from qingyuan.ledger.succession import successor_of


@pytest.mark.parametrize(("name", "after"), [
    ("gw1", "gw1-2"), ("gw1-2", "gw1-3"), ("gw-9", "gw-10"), ("gw-1", "gw-1-2"),
    ("gw1.quarantine", "gw1-2.quarantine"), ("gw1-2.quarantine", "gw1-3.quarantine")])
def test_names_go_on(name, after):
    assert successor_of(name) == after


def shorten(home, name):
    log = sorted(home.ledger_path(name).glob("*.log"))[-1]
    os.truncate(log, log.stat().st_size - 3)


def test_a_whole_ledger_is_opened_as_it_is(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    with open_or_succeed(home, keyring, "gw1") as writer:
        assert (writer.name, writer.size) == ("gw1", 5)


def test_a_shortened_ledger_is_closed_for_good_and_a_new_name_begins(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    shorten(home, "gw1")
    kept = next(home.ledger_path("gw1").glob("*.log")).read_bytes()
    with open_or_succeed(home, keyring, "gw1") as writer:
        assert (writer.name, writer.size) == ("gw1-2", 0)
        fill(writer, 7)
    assert next(home.ledger_path("gw1").glob("*.log")).read_bytes() == kept
    said = open_text(home.ledger_path("gw1") / "closed", CLOSED_KIND)
    assert (said["have"], said["signed"], said["successor"]) == (4, 5, "gw1-2")
    with pytest.raises(LedgerClosed):
        LedgerWriter.open(home.ledger_path("gw1"), keyring, home.id)
    with open_or_succeed(home, keyring, "gw1") as writer:
        assert (writer.name, writer.size) == ("gw1-2", 7)
    assert home.ledgers() == ["gw1", "gw1-2", "office"]
    with Ledger(home.ledger_path("gw1")) as ledger:
        assert [leaf.index for leaf in ledger.leaves()] == [0, 1, 2, 3]
        signed = parse_checkpoint(ledger.checkpoint())
        assert (ledger.size, signed.size) == (4, 5)
        verify_inclusion(3, 5, ledger.leaf(3).hash, ledger.inclusion(3, 5), signed.root)
    shorten(home, "gw1-2")
    with open_or_succeed(home, keyring, "gw1") as writer:
        assert writer.name == "gw1-3"
        append(writer, 0)


def test_damage_is_not_succeeded(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    log = next(home.ledger_path("gw1").glob("*.log"))
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 1
    log.write_bytes(data)
    with pytest.raises(LedgerDamaged):
        open_or_succeed(home, keyring, "gw1")
    assert home.ledgers() == ["gw1", "office"]
