"""Writing a ledger."""

import os
import resource
import threading

import pytest
from sample_ledger import SMALL, START_US, append, fill, frame

from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, parse
from qingyuan.evidence.merkle import root_of
from qingyuan.evidence.note import parse_checkpoint, verify
from qingyuan.ledger import (
    Home,
    Keyring,
    LeafTooLarge,
    Ledger,
    LedgerBroken,
    LedgerClosed,
    LedgerLocked,
    LedgerWriter,
    Settings,
    raw_digest,
    raw_of,
    writer_alive,
)
from qingyuan.ledger.segment import segment_path


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / "home")


@pytest.fixture
def keyring(home):
    return Keyring.open(home.path / "keys")


@pytest.fixture
def path(home):
    return home.ledger_path("gw1")


@pytest.fixture
def writer(home, keyring, path):
    with LedgerWriter.open(path, keyring, home.id, SMALL) as opened:
        yield opened


def test_appends_are_numbered_and_nothing_is_on_disk_before_commit(writer, path):
    log = next(path.glob("*.log"))
    before = log.stat().st_size
    assert [append(writer, n) for n in range(3)] == [0, 1, 2]
    assert (writer.size, writer.durable, log.stat().st_size) == (3, 0, before)
    assert writer.commit() == 3
    assert (writer.durable, log.stat().st_size > before) == (3, True)
    assert writer.commit() == 3


def test_a_checkpoint_signs_what_is_synced_and_never_more(writer, keyring):
    append(writer, 0)
    writer.commit()
    append(writer, 1)
    note = writer.checkpoint()
    assert parse_checkpoint(note).size == 1
    assert len(verify(note, keyring.vkeys("gw1"))) == 1
    assert writer.checkpoint() == note
    writer.commit()
    assert parse_checkpoint(writer.checkpoint()).size == 2


def test_root_is_that_of_rfc_6962_over_the_leaves(writer, path):
    for size in (1, 2, 3, 7, 8, 255, 256, 257, 600):
        fill(writer, size - writer.size, group=7)
        seen = parse_checkpoint(writer.checkpoint())
        with Ledger(path) as ledger:
            assert (seen.size, seen.root) == (size, root_of([leaf.hash for leaf in ledger.leaves()]))


def test_secrets_are_in_the_private_bytes_only(writer, path, keyring):
    raw, spans = frame(7, "geheim99")
    writer.append_frame(START_US, raw, spans, "::1", 1, 2, CrcVariant.MODBUS, Verdict.WRONG_PASSWORD)
    writer.commit()
    writer.checkpoint()
    with Ledger(path) as ledger:
        stored = ledger.leaf(0)
    assert b"geheim99" not in stored.data
    assert stored.private == b"geheim99" + raw[-6:-2]
    assert "geheim99" not in repr(stored)
    leaf = parse(stored.data).payload
    assert (leaf.peer, leaf.peer_port, leaf.local_port, leaf.crc_variant, leaf.verdict) == (
        "::1", 1, 2, CrcVariant.MODBUS, Verdict.WRONG_PASSWORD)


def test_receive_times_never_go_back(home, keyring, path):
    with LedgerWriter.open(path, keyring, home.id) as writer:
        writer.append_json(Kind.TICK, {}, START_US + 9)
        writer.append_json(Kind.TICK, {}, START_US)
    with LedgerWriter.open(path, keyring, home.id) as writer:
        append(writer, -1000)
        index = writer.append_json(Kind.TICK, {})
    with Ledger(path) as ledger:
        times = [parse(leaf.data).received_us for leaf in ledger.leaves()]
    assert times[:3] == [START_US + 9] * 3
    assert times[index] > START_US + 9


def test_a_second_writer_is_kept_out_until_the_first_closes(home, keyring, path):
    first = LedgerWriter.open(path, keyring, home.id)
    assert writer_alive(path)
    with pytest.raises(LedgerLocked):
        LedgerWriter.open(path, keyring, home.id, Settings(wait_s=0.05))
    threading.Timer(0.1, first.close).start()
    LedgerWriter.open(path, keyring, home.id, Settings(wait_s=5)).close()
    assert not writer_alive(path)


def test_a_closed_writer_takes_nothing_and_closes_twice(home, keyring, path):
    writer = LedgerWriter.open(path, keyring, home.id)
    writer.close()
    writer.close()
    with pytest.raises(LedgerClosed):
        append(writer, 0)


def test_too_large_a_leaf_is_refused_and_the_ledger_goes_on(writer):
    with pytest.raises(LeafTooLarge):
        writer.append_json(Kind.FILE, {"x": "y" * (1 << 24)})
    assert append(writer, 0) == 0
    assert writer.commit() == 1


def test_more_secrets_than_a_leaf_has_room_for_are_all_withheld(writer, path):
    raw = b"##" + b"PW=abc;" * 1000 + b"X"
    spans = [(5 + 7 * n, 3) for n in range(1000)]
    writer.append_frame(START_US, raw, spans, "p", 1, 2, CrcVariant.UNCHECKED, Verdict.UNREADABLE)
    writer.commit()
    writer.checkpoint()
    with Ledger(path) as ledger:
        stored = ledger.leaf(0)
    leaf = parse(stored.data).payload
    assert b"abc" not in stored.data
    assert len(leaf.spans) == 255
    assert leaf.masked.endswith(b"*;X")
    assert raw_of(leaf, stored.private) == raw


def test_a_frame_longer_than_a_leaf_holds_is_refused_and_the_ledger_goes_on(writer):
    with pytest.raises(LeafTooLarge):
        writer.append_frame(START_US, bytes(65_536), [], "p", 1, 2, CrcVariant.UNCHECKED, Verdict.UNREADABLE)
    assert writer.append_frame(START_US, bytes(65_535), [], "p", 1, 2, CrcVariant.UNCHECKED, Verdict.UNREADABLE) == 0
    assert writer.commit() == 1


def test_after_a_failed_sync_nothing_more_is_taken(home, keyring, path):
    writer = LedgerWriter.open(path, keyring, home.id)
    append(writer, 0)
    writer.commit()
    append(writer, 1)
    reader, pipe = os.pipe()
    os.dup2(pipe, writer._log)                       # a pipe takes the bytes and cannot be synced
    with pytest.raises(LedgerBroken, match="nothing more is taken"):
        writer.commit()
    for refused in (lambda: append(writer, 2), writer.commit, writer.checkpoint):
        with pytest.raises(LedgerBroken):
            refused()
    writer.close()
    os.close(reader)
    os.close(pipe)
    with LedgerWriter.open(path, keyring, home.id) as again:
        assert again.size == 1


def test_a_write_cut_short_by_a_full_disk_is_not_acknowledged_and_is_cut_at_the_next_opening(home, keyring, path):
    writer = LedgerWriter.open(path, keyring, home.id)
    append(writer, 0)
    writer.commit()
    writer.checkpoint()
    append(writer, 1)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (next(path.glob("*.log")).stat().st_size + 50, limit[1]))
    try:
        with pytest.raises(LedgerBroken):
            writer.commit()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    writer.close()
    with LedgerWriter.open(path, keyring, home.id) as again:
        assert again.size == 1
        assert again.torn is not None
        assert again.torn.name.endswith(".log.torn-1")
        assert append(again, 1) == 1


def test_a_new_segment_that_cannot_be_made_is_told_once_and_the_ledger_is_let_go(home, keyring, path):
    writer = LedgerWriter.open(path, keyring, home.id, Settings(segment_bytes=1))
    taken = segment_path(path, 1).with_suffix(".log.tmp")
    taken.mkdir()                                    # in the way of the next segment
    append(writer, 0)
    with pytest.raises(LedgerBroken, match="nothing more is taken"):
        writer.commit()
    writer.close()
    taken.rmdir()
    with LedgerWriter.open(path, keyring, home.id) as again:
        assert (again.size, append(again, 1)) == (1, 1)


def test_repeats_are_known_before_and_after_opening_again(home, keyring, path):
    digests = [raw_digest(frame(n)[0]) for n in range(60)]
    with LedgerWriter.open(path, keyring, home.id, SMALL) as writer:
        assert not writer.seen(digests[0])
        append(writer, 0)
        assert writer.seen(digests[0])
        fill(writer, 49)
    with LedgerWriter.open(path, keyring, home.id, Settings(repeats=20)) as writer:
        assert [writer.seen(d) for d in digests] == [False] * 30 + [True] * 20 + [False] * 10


def test_the_memory_for_repeats_is_bounded(home, keyring, path):
    with LedgerWriter.open(path, keyring, home.id, Settings(repeats=10)) as writer:
        fill(writer, 50)
        known = [writer.seen(raw_digest(frame(n)[0])) for n in range(50)]
    assert known[-10:] == [True] * 10
    assert sum(known) <= 20


def test_a_key_leads_to_its_first_leaf(home, keyring, path):
    settings = Settings(keyed=True, repeats=0)
    with LedgerWriter.open(path, keyring, home.id, settings) as writer:
        assert writer.find_key("a") is None
        assert [writer.append_json(Kind.DRAW, {"key": key}) for key in "abac"] == [0, 1, 2, 3]
        assert [writer.find_key(key) for key in "abcd"] == [0, 1, 3, None]
        writer.commit()
        assert [writer.find_key(key) for key in "abcd"] == [0, 1, 3, None]
    with LedgerWriter.open(path, keyring, home.id, settings) as writer:
        assert [writer.find_key(key) for key in "abcd"] == [0, 1, 3, None]


def test_a_rotated_key_signs_from_the_next_opening_and_old_notes_still_verify(home, keyring, path):
    with LedgerWriter.open(path, keyring, home.id) as writer:
        append(writer, 0)
        writer.commit()
        old = writer.checkpoint()
    keyring.rotate("gw1")
    with LedgerWriter.open(path, keyring, home.id) as writer:
        append(writer, 1)
    with Ledger(path) as ledger:
        assert ledger.vkeys == keyring.vkeys("gw1")
        assert len(ledger.vkeys) == 2
        assert ledger.vkey == ledger.vkeys[1]
        assert len(verify(old, ledger.vkeys)) == 1
        assert len(verify(ledger.checkpoint(), [ledger.vkey])) == 1


def test_a_reader_at_work_sees_the_new_key(home, keyring, path):
    LedgerWriter.open(path, keyring, home.id).close()
    with Ledger(path) as ledger:
        keyring.rotate("gw1")
        with LedgerWriter.open(path, keyring, home.id) as writer:
            append(writer, 0)
        assert ledger.refresh() == 1
        assert len(ledger.vkeys) == 2
