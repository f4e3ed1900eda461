"""What the witness signs and what it refuses."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from sample_ledger import SMALL, append, fill, frame, small_ledger

from qingyuan.evidence.leaf import CrcVariant, Verdict
from qingyuan.evidence.note import COSIGNATURE, parse_checkpoint, verify
from qingyuan.ledger import Ledger, LedgerDamaged, LedgerWriter, verify_home
from qingyuan.ledger.files import open_text, sealed_text
from qingyuan.ledger.meta import KIND as META_KIND
from qingyuan.witness import Store, What, visit, visit_all, visit_once


class Case:
    """A home with gw1 of 60 leaves, seen once by a witness with a store elsewhere."""

    def __init__(self, tmp_path):
        self.home, self.keyring = small_ledger(tmp_path / "home", 60)
        self.folder = self.home.ledger_path("gw1")
        self.path = tmp_path / "elsewhere" / "store"
        self.store = Store(self.path)
        self.first = visit_all(self.home, self.store)

    def write(self, more):
        with LedgerWriter.open(self.folder, self.keyring, self.home.id, SMALL) as writer:
            fill(writer, more)

    def witnessed(self):
        return (self.folder / "checkpoint.witnessed").read_text()

    def refused(self, what):
        """The next visit raises this alarm, signs nothing, and keeps what was seen."""
        before, seen = self.witnessed(), self.store.seen("gw1")
        outcome = next(o for o in visit_all(self.home, self.store) if o.ledger == "gw1")
        assert outcome.alarm is not None
        assert (outcome.alarm.what, outcome.cosigned, outcome.size) == (what, False, 60)
        assert self.store.seen("gw1") == seen
        if (self.folder / "checkpoint.witnessed").exists():
            assert self.witnessed() == before
        recorded = self.store.alarms()
        assert [(alarm["ledger"], alarm["what"]) for alarm in recorded] == [("gw1", what.value)]
        visit_all(self.home, self.store)
        assert len(self.store.alarms()) == 1
        return outcome.alarm

    def rebuild(self, numbers):
        """An attacker with the ledger's key writes the whole ledger anew."""
        kept = {name: (self.folder / name).read_bytes() for name in ("meta", "checkpoint.witnessed")}
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        (self.folder / "meta").write_bytes(kept["meta"])
        with LedgerWriter.open(self.folder, self.keyring, self.home.id, SMALL) as writer:
            for number in numbers:
                append(writer, number)
            writer.commit()
        (self.folder / "checkpoint.witnessed").write_bytes(kept["checkpoint.witnessed"])


@pytest.fixture
def case(tmp_path):
    return Case(tmp_path)


def test_a_checkpoint_is_cosigned_into_the_ledger_folder(case):
    assert [(o.ledger, o.size, o.cosigned, o.alarm) for o in case.first] == [
        ("gw1", 60, True, None), ("office", 0, True, None)]
    assert case.home.witness_keys() == [case.store.vkey]
    note = case.witnessed()
    assert parse_checkpoint(note).size == 60
    signatures = verify(note, [*case.keyring.vkeys("gw1"), case.store.vkey])
    assert [s.algorithm for s in signatures][1] == COSIGNATURE
    assert signatures[1].time_s > 1_600_000_000
    with Ledger(case.folder) as ledger:
        assert ledger.witnessed() == note
    assert verify_home(case.home, case.keyring).problems == []
    assert verify_home(case.home, case.keyring).ledgers[0].witnessed == 60


def test_nothing_new_is_not_signed_again_and_growth_is(case):
    assert [o.cosigned for o in visit_all(case.home, case.store)] == [False, False]
    case.write(100)
    assert [(o.size, o.cosigned) for o in visit_all(case.home, Store(case.path))] == [(160, True), (0, False)]
    assert case.store.seen("gw1").size == 160
    assert verify_home(case.home, case.keyring).problems == []


def test_a_lost_cosignature_is_given_again(case):
    for change in (lambda p: p.unlink(), lambda p: p.write_text("x"), lambda p: p.write_bytes(b"\xff")):
        change(case.folder / "checkpoint.witnessed")
        assert [o.cosigned for o in visit_all(case.home, case.store)] == [True, False]


def test_a_rotated_key_that_the_old_one_introduced_is_followed(case):
    case.keyring.rotate("gw1")
    case.write(5)
    assert [o.alarm for o in visit_all(case.home, case.store)] == [None, None]
    assert list(case.store.seen("gw1").keys) == case.keyring.vkeys("gw1")


def test_a_ledger_written_anew_with_the_same_key_is_refused(case):
    case.rebuild([*range(59), 999, *range(60, 80)])
    alarm = case.refused(What.REWRITTEN)
    assert alarm.size == 80
    assert alarm.note == (case.folder / "checkpoint").read_text()


def test_an_old_leaf_changed_at_the_same_size_is_refused(case):
    case.rebuild([0, 1, 777, *range(3, 60)])
    assert case.refused(What.REWRITTEN).size == 60


def test_a_ledger_written_anew_alike_is_the_same_ledger(case):
    case.rebuild(range(60))
    case.write(3)
    assert [o.alarm for o in visit_all(case.home, case.store)] == [None, None]


def test_a_ledger_written_anew_and_shorter_is_refused(case):
    case.rebuild(range(50))
    alarm = case.refused(What.SHORTENED)
    assert (alarm.seen_size, alarm.size) == (60, 50)


def test_a_checkpoint_nobody_known_signed_is_refused(case, tmp_path):
    other, _ = small_ledger(tmp_path / "other", 70)
    (case.folder / "checkpoint").write_bytes((other.ledger_path("gw1") / "checkpoint").read_bytes())
    case.refused(What.UNSIGNED)


def test_other_keys_in_the_meta_file_are_refused(case, tmp_path):
    other, _ = small_ledger(tmp_path / "other", 70)
    mine = open_text(case.folder / "meta", META_KIND)
    theirs = open_text(other.ledger_path("gw1") / "meta", META_KIND)
    (case.folder / "meta").write_bytes(sealed_text(META_KIND, mine | {"keys": theirs["keys"]}))
    case.refused(What.UNKNOWN_KEY)


def test_a_new_key_that_was_not_introduced_is_refused(case):
    case.keyring.rotate("gw1")
    case.write(5)
    content = open_text(case.folder / "meta", META_KIND)
    content["keys"][1]["introduced"] = content["keys"][0]["introduced"]
    (case.folder / "meta").write_bytes(sealed_text(META_KIND, content))
    case.refused(What.UNKNOWN_KEY)


@pytest.mark.parametrize("name", ["meta", "checkpoint"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x\n\nx\n"])
def test_files_that_cannot_be_read_are_refused(case, name, content):
    (case.folder / name).write_bytes(content)
    case.refused(What.UNREADABLE)


def test_hash_files_that_do_not_reach_the_checkpoint_are_refused(case):
    case.write(5)
    (case.folder / "hashes.0").write_bytes((case.folder / "hashes.0").read_bytes()[:32 * 62])
    case.refused(What.UNPROVEN)


def test_hash_files_of_another_tree_are_refused(case):
    case.write(5)
    data = bytearray((case.folder / "hashes.0").read_bytes())
    data[32 * 63] ^= 1
    (case.folder / "hashes.0").write_bytes(data)
    case.refused(What.REWRITTEN)


def test_a_ledger_that_is_gone_is_missed(case):
    shutil.move(case.folder, case.home.path / "gone")
    outcome = next(o for o in visit_all(case.home, case.store) if o.ledger == "gw1")
    assert outcome.alarm.what is What.MISSING
    shutil.move(case.home.path / "gone", case.folder)
    assert [o.alarm for o in visit_all(case.home, case.store)] == [None, None]
    assert len(case.store.alarms()) == 1


def test_every_reason_is_raised_here():
    source = Path(__file__).read_text("utf-8")
    assert [what for what in What if f"What.{what.name}" not in source] == []


def test_a_ledger_being_made_is_not_taken_for_one_without_a_checkpoint(tmp_path):
    home, keyring = small_ledger(tmp_path / "home", 5)
    folder = home.ledger_path("gw1")
    store = Store(tmp_path / "store")
    with LedgerWriter.open(folder, keyring, home.id, SMALL) as writer:
        note = (folder / "checkpoint").read_bytes()
        (folder / "checkpoint").unlink()
        threading.Timer(0.05, (folder / "checkpoint").write_bytes, (note,)).start()
        assert visit(folder, store).alarm is None
        assert writer.size == 5


def test_a_witness_that_was_killed_between_remembering_and_signing_signs_later(case):
    case.write(10)
    seen = case.witnessed()
    visit_all(case.home, case.store)
    (case.folder / "checkpoint.witnessed").write_text(seen)
    assert [o.cosigned for o in visit_all(case.home, Store(case.path))] == [True, False]
    assert parse_checkpoint(case.witnessed()).size == 70


def test_a_changed_record_of_its_own_stops_the_witness(case):
    path = case.path / "seen" / "gw1"
    path.write_bytes(path.read_bytes().replace(b'"size":60', b'"size":10'))
    with pytest.raises(LedgerDamaged):
        visit_all(case.home, case.store)


def test_an_alarm_keeps_the_note_and_shows_no_secret(case):
    raw, spans = frame(1, "sehr-geheim")
    with LedgerWriter.open(case.folder, case.keyring, case.home.id, SMALL) as writer:
        writer.append_frame(2 * 10**15, raw, spans, "p", 1, 2, CrcVariant.STANDARD, Verdict.ACCEPTED)
    case.rebuild(range(30))
    case.refused(What.SHORTENED)
    text = (case.path / "alarms.jsonl").read_text()
    assert json.loads(text)["note"] == (case.folder / "checkpoint").read_text()
    assert "sehr-geheim" not in text


def test_the_status_is_left_for_people(case):
    visit_once(case.home, case.store)
    status = json.loads((case.home.path / "run" / "witness.status.json").read_text())
    assert status["ledgers"] == {"gw1": {"size": 60, "alarm": None}, "office": {"size": 0, "alarm": None}}
    assert status["alarms"] == 0
    assert status["vkey"] == case.store.vkey
