"""The ledger of strangers."""

import os
from dataclasses import replace
from hashlib import sha256

import pytest
from sample_ledger import START_US, append, frame

from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict, parse
from qingyuan.ledger import Home, Keyring, LeafDropped, Ledger, Quarantine, Quota, open_office, verify_home
from qingyuan.ledger.dropped import Dropped, DroppedSegment, read_dropped, write_dropped
from qingyuan.ledger.files import is_locked
from qingyuan.ledger.quarantine import DAY_US

MIDNIGHT = START_US // DAY_US * DAY_US + DAY_US


@pytest.fixture
def home(tmp_path):
    return Home.create(tmp_path / "home")


@pytest.fixture
def keyring(home):
    return Keyring.open(home.path / "keys")


def strange(quarantine, peer="10.0.0.1", at=START_US, raw=b"hello"):
    return quarantine.append_frame(at, raw, [], peer, 1, 2, CrcVariant.UNCHECKED, Verdict.UNREADABLE)


def nobody(first, stop):
    """No leaf was admitted."""
    return False


def opened(home, keyring, **quota):
    return Quarantine.open(home, keyring, "gw1", Quota(**quota))


def test_a_stranger_is_kept_up_to_its_quota_of_leaves_and_counted_beyond(home, keyring):
    quarantine = opened(home, keyring, leaves_a_day=3)
    assert [strange(quarantine) for _ in range(5)] == [0, 1, 2, None, None]
    assert strange(quarantine, "10.0.0.2") == 3
    assert quarantine.counters.kept == {"10.0.0.1": [3, 15], "10.0.0.2": [1, 5]}
    assert quarantine.counters.beyond == {"10.0.0.1": [2, 10]}
    assert quarantine.name == "gw1.quarantine"
    quarantine.close()
    assert home.ledgers() == ["gw1.quarantine", "office"]


def test_bytes_have_a_quota_for_each_peer_and_for_all(home, keyring):
    quarantine = opened(home, keyring, bytes_a_day=12, all_bytes_a_day=18)
    assert [strange(quarantine) for _ in range(3)] == [0, 1, None]
    assert [strange(quarantine, "b") for _ in range(2)] == [2, None]
    assert strange(quarantine, "c", raw=b"xyz") == 3
    assert quarantine.counters.kept_bytes == 18
    quarantine.close()


def test_a_frame_too_large_for_a_leaf_is_only_counted(home, keyring):
    quarantine = opened(home, keyring)
    assert strange(quarantine, raw=bytes(65_536)) is None
    assert strange(quarantine, raw=bytes(65_535)) == 0
    assert quarantine.counters.beyond == {"10.0.0.1": [1, 65_536]}
    quarantine.close()


def test_a_shortened_quarantine_is_succeeded(home, keyring):
    quarantine = opened(home, keyring)
    strange(quarantine)
    quarantine.close()
    log = next(home.ledger_path("gw1.quarantine").glob("*.log"))
    os.truncate(log, log.stat().st_size - 1)
    quarantine = opened(home, keyring)
    assert quarantine.name == "gw1-2.quarantine"
    quarantine.close()


def test_peers_beyond_those_counted_by_name_share_one_quota(home, keyring):
    quarantine = opened(home, keyring, peers=2, leaves_a_day=2)
    assert [strange(quarantine, f"10.0.0.{n}") for n in range(6)] == [0, 1, 2, 3, None, None]
    assert quarantine.counters.beyond == {"others": [2, 10]}
    quarantine.close()


def test_a_new_day_begins_with_a_new_quota(home, keyring):
    quarantine = opened(home, keyring, leaves_a_day=1)
    assert [strange(quarantine, at=MIDNIGHT - 1) for _ in range(2)] == [0, None]
    assert [strange(quarantine, at=MIDNIGHT) for _ in range(2)] == [1, None]
    assert quarantine.counters.beyond == {"10.0.0.1": [1, 5]}
    assert quarantine.counters.beyond_ever == [2, 10]
    quarantine.close()


def test_a_restart_does_not_renew_the_quota(home, keyring):
    quarantine = opened(home, keyring, leaves_a_day=2)
    for _ in range(4):
        strange(quarantine)
    quarantine.close()
    quarantine = opened(home, keyring, leaves_a_day=2)
    assert strange(quarantine) is None
    assert quarantine.counters.beyond_ever == [3, 15]
    assert quarantine.counters.kept == {"10.0.0.1": [2, 10]}
    quarantine.close()


def test_lost_or_changed_counters_do_not_stop_it_and_kept_leaves_still_count(home, keyring):
    quarantine = opened(home, keyring, leaves_a_day=2)
    for _ in range(3):
        strange(quarantine)
    quarantine.close()
    path = home.ledger_path("gw1.quarantine") / "counters"
    for content in (None, b"x"):
        path.unlink() if content is None else path.write_bytes(content)
        quarantine = opened(home, keyring, leaves_a_day=2)
        assert strange(quarantine) is None
        quarantine.close()


def test_secrets_of_strangers_are_withheld_too(home, keyring):
    quarantine = opened(home, keyring)
    append(quarantine, 3, verdict=Verdict.UNKNOWN_MN)
    quarantine.commit()
    quarantine.checkpoint()
    with Ledger(home.ledger_path("gw1.quarantine")) as ledger:
        stored = ledger.leaf(0)
    assert b"pw1234" not in stored.data
    assert stored.private.startswith(b"pw1234")
    assert len(parse(stored.data).payload.masked) == len(frame(3)[0])
    quarantine.close()


@pytest.fixture
def aged(home, keyring):
    """Five sealed segments of day 0, one leaf of day 40."""
    quarantine = opened(home, keyring, retention_days=30, segment_bytes=2_000)
    for n in range(50):
        append(quarantine, n)
        quarantine.commit()
    strange(quarantine, at=START_US + 40 * DAY_US)
    return quarantine


def test_whole_sealed_segments_go_after_the_retention_and_their_hashes_stay(home, keyring, aged):
    folder = home.ledger_path("gw1.quarantine")
    assert aged.drop_expired(START_US + 29 * DAY_US, nobody) == 0
    gone = aged.drop_expired(START_US + 41 * DAY_US, nobody)
    assert gone >= 3
    assert aged.drop_expired(START_US + 41 * DAY_US, nobody) == 0
    aged.close()
    dropped = read_dropped(folder)
    assert len(dropped.segments) == gone
    with Ledger(folder) as ledger:
        assert ledger.first() == dropped.first >= 40
        assert min(segment.first for segment in ledger.segments()) == dropped.first
        with pytest.raises(LeafDropped, match="retention"):
            ledger.leaf(0)
        assert ledger.leaf(dropped.first).index == dropped.first
        assert len(ledger.inclusion(0)) > 0
        told = parse(ledger.leaf(dropped.segments[0].told_by).data)
        assert told.kind is Kind.ERASURE
        assert told.payload == dropped.segments[0].payload()
    report = verify_home(home, keyring)
    assert report.problems == []
    with_more = opened(home, keyring, segment_bytes=2_000)
    append(with_more, 60)
    with_more.close()
    assert verify_home(home, keyring).problems == []


def test_a_kill_between_telling_and_removing_is_finished_at_the_next_opening(home, keyring, aged):
    folder = home.ledger_path("gw1.quarantine")
    assert aged.drop_expired(START_US, nobody) == 0         # waits until full segments are sealed
    first = sorted(folder.glob("*.seal"))[0]
    kept = first.read_bytes()
    aged.drop_expired(START_US + 41 * DAY_US, nobody)
    aged.close()
    first.write_bytes(kept)
    assert [problem.file for problem in verify_home(home, keyring).problems] == [first.name]
    opened(home, keyring, segment_bytes=2_000).close()
    assert not first.exists()
    assert verify_home(home, keyring).problems == []


def test_dropping_cannot_be_invented(home, keyring, aged):
    folder = home.ledger_path("gw1.quarantine")
    aged.close()
    segments = sorted(folder.glob("*.seal"))
    count = int(segments[1].stem)
    hashes = sha256((folder / "hashes.0").read_bytes()[:32 * count]).hexdigest()
    write_dropped(folder, Dropped((DroppedSegment(0, count, "0" * 64, hashes, count + 1),)))
    segments[0].unlink()
    assert [(p.file, p.leaf) for p in verify_home(home, keyring).problems] == [("dropped", 0)]


def test_the_open_segment_of_a_quiet_ledger_ages_too(home, keyring):
    quarantine = opened(home, keyring, retention_days=1)
    strange(quarantine)
    assert quarantine.drop_expired(START_US + DAY_US // 2, nobody) == 0
    assert quarantine.drop_expired(START_US + 3 * DAY_US, nobody) == 1
    quarantine.close()
    assert verify_home(home, keyring).problems == []


@pytest.fixture
def admitted(home, keyring, aged):
    """As `aged`, and leaf 15 was admitted: the retention passes at day 41."""
    asked = []

    def holds_fifteen(first, stop):
        asked.append((first, stop))
        assert is_locked(home.ledger_path("office") / "lock")       # nobody can admit while this is decided
        return first <= 15 < stop

    assert aged.drop_expired(START_US + 41 * DAY_US, holds_fifteen) == len(asked) >= 3
    aged.close()
    return next(run for run in asked if run[0] <= 15 < run[1])


def test_a_segment_with_an_admitted_leaf_is_set_aside_whole_and_read_on(home, keyring, admitted):
    first, stop = admitted
    folder = home.ledger_path("gw1.quarantine")
    assert [path.stem for path in folder.glob("*.kept")] == [f"{first:016d}"]
    with Ledger(folder) as ledger:
        assert [ledger.leaf(index).index for index in range(first, stop)] == list(range(first, stop))
        assert [leaf.index for leaf in ledger.leaves(first, stop)] == list(range(first, stop))
        for gone in (first - 1, stop):
            with pytest.raises(LeafDropped, match="retention"):
                ledger.leaf(gone)
        assert [leaf.index for leaf in ledger.still_there(0, 10_000)] == [
            *range(first, stop), *range(ledger.first(), ledger.size)]
        told = next(one for one in read_dropped(folder).segments if one.kept)
        assert set(parse(ledger.leaf(told.told_by).data).payload) == {"kept"}
    report = verify_home(home, keyring)
    assert report.problems == []
    ours = next(one for one in report.ledgers if one.ledger == "gw1.quarantine")
    assert (ours.kept, ours.dropped) == (stop - first, read_dropped(folder).first - (stop - first))
    for _ in range(2):                                              # also after it was opened and aged again
        again = opened(home, keyring, retention_days=30, segment_bytes=2_000)
        append(again, 60)
        again.drop_expired(START_US + 90 * DAY_US, nobody)
        again.close()
    with Ledger(folder) as ledger:
        assert ledger.leaf(15).index == 15
    assert verify_home(home, keyring).problems == []


@pytest.mark.parametrize("harm", ["gone", "byte", "said-dropped", "stray"])
def test_what_is_set_aside_is_verified_like_the_rest(home, keyring, admitted, harm):
    folder = home.ledger_path("gw1.quarantine")
    file = next(folder.glob("*.kept"))
    if harm == "byte":
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
    elif harm == "stray":
        (folder / f"{7:016d}.kept").write_bytes(b"")
    else:
        file.unlink()
    if harm == "said-dropped":
        known = read_dropped(folder).segments
        write_dropped(folder, Dropped(tuple(replace(one, kept=False) for one in known)))
    files = {problem.file for problem in verify_home(home, keyring).problems}
    assert files == {{"said-dropped": "dropped", "stray": f"{7:016d}.kept"}.get(harm, file.name)}


def test_a_kill_between_the_list_and_the_renaming_is_finished_at_the_next_opening(home, keyring, admitted):
    folder = home.ledger_path("gw1.quarantine")
    kept = next(folder.glob("*.kept"))
    kept.rename(kept.with_suffix(".seal"))
    with Ledger(folder) as ledger:
        assert ledger.leaf(15).index == 15
    opened(home, keyring, segment_bytes=2_000).close()
    assert kept.exists()
    assert not kept.with_suffix(".seal").exists()
    assert verify_home(home, keyring).problems == []


def test_a_reader_goes_on_while_segments_go(home, keyring, aged):
    aged.checkpoint()
    with Ledger(home.ledger_path("gw1.quarantine")) as ledger:
        reading = ledger.still_there(0, ledger.size)
        assert next(reading).index == 0
        assert aged.drop_expired(START_US + 41 * DAY_US, lambda first, stop: first <= 35 < stop) >= 3
        seen = [leaf.index for leaf in reading]
        assert 35 in seen
        assert seen == sorted(seen)
        assert set(range(ledger.first(), ledger.size)) <= set(seen)
    aged.close()


def test_while_others_hold_the_office_ledger_nothing_goes(home, keyring, aged):
    with open_office(home, keyring):
        assert aged.drop_expired(START_US + 41 * DAY_US, nobody) == 0
    assert aged.drop_expired(START_US + 41 * DAY_US, nobody) >= 3
    aged.close()
