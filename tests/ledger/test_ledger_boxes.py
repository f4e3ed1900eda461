"""A box closed with the public key opens with the keyring only, for its purpose only, and shows nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingyuan.ledger import Keyring, KeyringError
from qingyuan.ledger.boxes import close_box

PURPOSE = b"logger password\0MN-1"


def test_a_box_opens_with_the_keyring_opened_anew_and_two_of_one_secret_differ(tmp_path: Path) -> None:
    keyring = Keyring.open(tmp_path / "keys", create=True)
    boxes = [close_box(keyring.box_key, b"pw-12345", PURPOSE) for _ in range(2)]
    assert boxes[0] != boxes[1]
    assert all(b"pw-12345" not in box for box in boxes)
    again = Keyring.open(tmp_path / "keys")
    assert again.box_key == keyring.box_key
    assert [again.open_box(box, PURPOSE) for box in boxes] == [b"pw-12345"] * 2


def test_another_purpose_another_keyring_and_every_changed_byte_are_refused(tmp_path: Path) -> None:
    keyring, other = (Keyring.open(tmp_path / name, create=True) for name in ("a", "b"))
    box = close_box(keyring.box_key, b"pw", PURPOSE)
    wrong = [(keyring, box, b"logger password\0MN-2"), (other, box, PURPOSE), (keyring, b"", PURPOSE),
             (keyring, bytes(32) + box[32:], PURPOSE),
             *((keyring, bytes([*box[:at], box[at] ^ 1, *box[at + 1:]]), PURPOSE) for at in range(len(box)))]
    for ring, changed, purpose in wrong:
        with pytest.raises(KeyringError):
            ring.open_box(changed, purpose)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)])
def test_what_is_no_key_closes_nothing(public: bytes) -> None:
    with pytest.raises(KeyringError):
        close_box(public, b"pw", PURPOSE)
