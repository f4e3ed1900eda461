"""The keyring."""

import json
import os
import pickle
import threading

import pytest

from qingyuan.evidence.note import sign_checkpoint, verify
from qingyuan.ledger import Keyring, KeyringError
from qingyuan.ledger.keyring import successor_statement


@pytest.fixture
def keyring(tmp_path):
    return Keyring.open(tmp_path / "keys", create=True, home_id="abc")


def test_a_missing_keyring_is_not_made_unless_asked(tmp_path):
    with pytest.raises(KeyringError, match="there is no keyring"):
        Keyring.open(tmp_path / "keys")
    assert not (tmp_path / "keys").exists()


def test_key_files_are_private(keyring, tmp_path):
    keyring.signer("gw1")
    for name in ("master.key", "keyring.json"):
        assert (tmp_path / "keys" / name).stat().st_mode & 0o077 == 0


def test_a_master_key_others_can_read_is_refused(keyring, tmp_path):
    (tmp_path / "keys" / "master.key").chmod(0o644)
    with pytest.raises(KeyringError, match="0600"):
        Keyring.open(tmp_path / "keys")


def test_keys_salts_and_checks_are_the_same_after_opening_again(keyring, tmp_path):
    again = Keyring.open(tmp_path / "keys")
    assert keyring.vkey("gw1") if keyring.signer("gw1") else None
    assert again.vkey("gw1") == keyring.vkey("gw1")
    assert again.salt("gw1", 7) == keyring.salt("gw1", 7)
    assert again.password_check("MN1", "123456") == keyring.password_check("MN1", "123456")
    assert again.home_id == "abc"


def test_salts_differ_by_ledger_and_leaf(keyring):
    salts = {keyring.salt(name, index) for name in ("gw1", "gw11") for index in range(20)}
    assert len(salts) == 40
    assert {len(salt) for salt in salts} == {16}


def test_password_checks_differ_by_logger_and_password(keyring):
    checks = {keyring.password_check(mn, pw) for mn in ("A", "B") for pw in ("1", "2")}
    assert len(checks) == 4
    assert all(len(check) == 64 for check in checks)


def test_a_rotated_key_is_introduced_by_the_old_one_and_both_verify(keyring):
    old = keyring.signer("gw1")
    before = sign_checkpoint(old.name, 3, bytes(32), old)
    new = keyring.rotate("gw1")
    after = sign_checkpoint(new.name, 4, bytes(32), new)
    assert new.vkey != old.vkey
    assert keyring.vkeys("gw1") == [old.vkey, new.vkey]
    for note in (before, after):
        assert len(verify(note, keyring.vkeys("gw1"))) == 1
    assert new.introduced == old.sign(successor_statement(new.vkey))
    assert keyring.signer("gw1") == new


def test_two_processes_worth_of_keyrings_do_not_drop_each_others_keys(keyring, tmp_path):
    others = [Keyring.open(tmp_path / "keys") for _ in range(4)]
    threads = [threading.Thread(target=other.signer, args=(f"gw{n}",)) for n, other in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = Keyring.open(tmp_path / "keys")
    assert len({again.vkey(f"gw{n}") for n in range(4)}) == 4
    assert [other.vkey("gw3") for other in others] == [again.vkey("gw3")] * 4


def test_an_unknown_ledger_has_no_key(keyring):
    with pytest.raises(KeyringError, match="no signing key"):
        keyring.vkey("nobody")


def test_no_secret_shows_in_representations_or_the_file(keyring, tmp_path):
    signer = keyring.signer("gw1")
    shown = repr(keyring) + repr(signer) + (tmp_path / "keys" / "keyring.json").read_text()
    seed = signer._private.private_bytes_raw()
    salt_key = keyring._salt
    for secret in (seed, salt_key):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(keyring)


def test_every_changed_byte_of_the_box_is_refused(keyring, tmp_path):
    path = tmp_path / "keys" / "keyring.json"
    whole = path.read_bytes()
    for at in range(0, len(whole) - 1, 7):
        changed = bytearray(whole)
        changed[at] ^= 4
        path.write_bytes(changed)
        with pytest.raises(KeyringError):
            Keyring.open(tmp_path / "keys")


def test_a_passphrase_opens_instead_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("QINGYUAN_KEYRING_PASSPHRASE", "correct horse")
    first = Keyring.open(tmp_path / "keys", create=True)
    vkey = first.signer("gw1").vkey
    assert not (tmp_path / "keys" / "master.key").exists()
    assert Keyring.open(tmp_path / "keys").vkey("gw1") == vkey
    monkeypatch.setenv("QINGYUAN_KEYRING_PASSPHRASE", "wrong")
    with pytest.raises(KeyringError, match="does not open") as error:
        Keyring.open(tmp_path / "keys")
    assert "wrong" not in str(error.value)
    monkeypatch.delenv("QINGYUAN_KEYRING_PASSPHRASE")
    with pytest.raises(KeyringError, match="QINGYUAN_KEYRING_PASSPHRASE"):
        Keyring.open(tmp_path / "keys")


def test_a_wrapped_key_opens_only_for_its_purpose(keyring):
    box = keyring.wrap(b"k" * 32, b"one")
    assert keyring.unwrap(box, b"one") == b"k" * 32
    for wrong, purpose in ((box, b"two"), (box[:-1], b"one"), (b"", b"one")):
        with pytest.raises(KeyringError):
            keyring.unwrap(wrong, purpose)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"format":"other"}', b"\xff"])
def test_a_file_that_is_no_keyring_is_named(keyring, tmp_path, text):
    (tmp_path / "keys" / "keyring.json").write_bytes(text)
    with pytest.raises(KeyringError, match=r"keyring\.json"):
        Keyring.open(tmp_path / "keys")


def test_a_master_key_that_is_gone_or_short_is_named(keyring, tmp_path):
    path = tmp_path / "keys" / "master.key"
    path.write_bytes(b"short")
    with pytest.raises(KeyringError, match="not a master key"):
        Keyring.open(tmp_path / "keys")
    os.unlink(path)
    with pytest.raises(KeyringError, match="missing"):
        Keyring.open(tmp_path / "keys")


def test_the_file_names_its_form(keyring, tmp_path):
    assert json.loads((tmp_path / "keys" / "keyring.json").read_text())["format"] == "qingyuan-keyring-v1"
