"""Passwords of loggers on their way from a form to the worker, which holds the keyring: sealed as soon as read.

The worker leaves the public key of its keyring in `run/box.json`; what a web process seals to it only the worker opens.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from qingyuan.ledger import Home, Keyring, KeyringError
from qingyuan.ledger.boxes import close_box
from qingyuan.ledger.files import put
from qingyuan.registry import EntryError

FILE, FORM = "box.json", "qingyuan-box-key-v1"
SEALED = "sealed"                                   # in a row of the outbox, beside the entry
PASSWORD = re.compile(r"[!-%'-:<-~]{1,64}")         # what an HJ 212 packet can carry: no blank, ';' or '&'
BOX = re.compile(r"[A-Za-z0-9+/]{64,200}={0,2}")


class NoBoxKey(LookupError):
    """The worker has not run here yet, so that nothing can be sealed for it."""


def publish_key(home: Home, keyring: Keyring) -> None:
    """Leave the public key where the console reads it."""
    text = json.dumps({"form": FORM, "key": base64.b64encode(keyring.box_key).decode()})
    put(home.path / "run" / FILE, text.encode() + b"\n", mode=0o644)


def seal(home: Home, mn: str, password: str) -> str:
    """A password as only the worker can read it, for one MN (base64). Raises NoBoxKey, ValueError."""
    if not PASSWORD.fullmatch(password):
        raise ValueError("a password has 1 to 64 visible ASCII characters but ; and &")
    try:
        found = json.loads((home.path / "run" / FILE).read_bytes())
        box = close_box(base64.b64decode(found["key"]), password.encode(), _purpose(mn))
    except (OSError, ValueError, KeyError, TypeError, KeyringError) as error:
        raise NoBoxKey(FILE) from error
    return base64.b64encode(box).decode()


def stand_in(box: str) -> str:
    """What stands for the keyed hash in an entry until the worker has made it: it differs from every other."""
    return sha256(box.encode()).hexdigest()


def is_box(text: str) -> bool:
    """True for what may be a sealed password."""
    return bool(BOX.fullmatch(text))


def opened(payload: Mapping[str, Any], box: str, keyring: Keyring) -> dict[str, Any]:
    """An entry with the keyed hash of its sealed password. Raises EntryError where it does not open."""
    data = dict(payload["data"])
    try:
        password = keyring.open_box(base64.b64decode(box, validate=True), _purpose(data["mn"])).decode()
    except (KeyringError, ValueError):
        raise EntryError(f"site {payload.get('id')}", "password", "could not be opened", "give it anew") from None
    return {**payload, "data": data | {"password_check": keyring.password_check(data["mn"], password)}}


def _purpose(mn: str) -> bytes:
    return b"logger password\0" + mn.encode()
