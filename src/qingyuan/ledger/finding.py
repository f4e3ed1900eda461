"""What a verification can find, and what it can leave unchecked: two closed lists with their English sentences.

The command line and the console say them in the reader's language; a program goes by the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

OFFSETS = ".ends"


def N_(text: str) -> str:
    """Mark a text for the catalogues."""
    return text


class Finding(StrEnum):
    """What can be wrong with a file or a leaf."""

    NOT_A_LEDGER = "not-a-ledger"
    STRANGE_FILE = "strange-file"
    LEFT_OVER = "left-over"
    FILE_MISSING = "file-missing"
    NOT_AS_WRITTEN = "not-as-written"
    OTHER_NAMES = "other-names"
    OTHER_KEYS = "other-keys"
    KEY_NOT_INTRODUCED = "key-not-introduced"
    NOT_SIGNED = "not-signed"
    UNKNOWN_SIGNATURE = "unknown-signature"
    SHORTENED = "shortened"
    OTHER_ROOT = "other-root"
    LEAVES_MISSING = "leaves-missing"
    LEAVES_TWICE = "leaves-twice"
    SEGMENT_SHORT = "segment-short"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    WRONG_OFFSET = "wrong-offset"
    WRONG_KEY_DIGEST = "wrong-key-digest"
    WRONG_LEAF_HASH = "wrong-leaf-hash"
    WRONG_NODE_HASH = "wrong-node-hash"
    WRONG_HEADER = "wrong-header"
    NO_RECORD = "no-record"
    TORN_OR_DAMAGED = "torn-or-damaged"
    NOT_A_LEAF = "not-a-leaf"
    TIME_WENT_BACK = "time-went-back"
    PRIVATE_UNCALLED = "private-uncalled"
    PRIVATE_LENGTH = "private-length"
    PRIVATE_CHANGED = "private-changed"
    WRONG_TRAILER = "wrong-trailer"
    UNREADABLE_SEAL = "unreadable-seal"
    WRONG_INDEX = "wrong-index"
    INDEX_GAP = "index-gap"
    BLOCK_UNREADABLE = "block-unreadable"
    BLOCK_LENGTH = "block-length"
    BLOCK_SHORT = "block-short"
    LEAF_COUNT = "leaf-count"
    DICTIONARY_MISSING = "dictionary-missing"
    DICTIONARY_CHANGED = "dictionary-changed"
    TORN_CHANGED = "torn-changed"
    LOCK_NOT_EMPTY = "lock-not-empty"
    WRONGLY_DROPPED = "wrongly-dropped"
    DROP_NOT_TOLD = "drop-not-told"
    WRONG_DROPPED_HASHES = "wrong-dropped-hashes"
    SET_ASIDE_MISSING = "set-aside-missing"
    CONTENT_MISSING = "content-missing"
    CONTENT_CHANGED = "content-changed"
    ERASURE_NOT_TOLD = "erasure-not-told"


WORDS: dict[Finding, str] = {
    Finding.NOT_A_LEDGER: N_("not a ledger's name"),
    Finding.STRANGE_FILE: N_("a file that does not belong here"),
    Finding.LEFT_OVER: N_("left over from a kill"),
    Finding.FILE_MISSING: N_("the file is missing"),
    Finding.NOT_AS_WRITTEN: N_("not as it was written"),
    Finding.OTHER_NAMES: N_("the names are not this ledger's"),
    Finding.OTHER_KEYS: N_("the keys are not those of the keyring"),
    Finding.KEY_NOT_INTRODUCED: N_("a key was not introduced by the one before it"),
    Finding.NOT_SIGNED: N_("not a checkpoint signed by this ledger"),
    Finding.UNKNOWN_SIGNATURE: N_("a signature is of a key nobody knows, or the witness's is missing"),
    Finding.SHORTENED: N_("covers {size} leaves, but {have} are on disk: the ledger was shortened"),
    Finding.OTHER_ROOT: N_("the {size} leaves on disk do not have the root it signs"),
    Finding.LEAVES_MISSING: N_("the leaves before {first} are missing"),
    Finding.LEAVES_TWICE: N_("its leaves were dropped, or are twice here"),
    Finding.SEGMENT_SHORT: N_("the segment ends before the next one begins"),
    Finding.TOO_SHORT: N_("the file ends before what a checkpoint covers"),
    Finding.TOO_LONG: N_("the file holds more than the log gives"),
    Finding.WRONG_OFFSET: N_("the offset is not where the record ends"),
    Finding.WRONG_KEY_DIGEST: N_("the entry is not that of the leaf's key"),
    Finding.WRONG_LEAF_HASH: N_("the hash is not that of the leaf"),
    Finding.WRONG_NODE_HASH: N_("the hash is not its leaves'"),
    Finding.WRONG_HEADER: N_("the header is not this ledger's"),
    Finding.NO_RECORD: N_("no valid record here"),
    Finding.TORN_OR_DAMAGED: N_("no valid record here, and none behind: a torn tail, or damage to the last leaves"),
    Finding.NOT_A_LEAF: N_("not a leaf"),
    Finding.TIME_WENT_BACK: N_("received before the leaf before it"),
    Finding.PRIVATE_UNCALLED: N_("private bytes where nothing is withheld"),
    Finding.PRIVATE_LENGTH: N_("private bytes of another length than was withheld"),
    Finding.PRIVATE_CHANGED: N_("the private bytes are not those the leaf commits to"),
    Finding.WRONG_TRAILER: N_("the SHA-256 trailer is not that of the file"),
    Finding.UNREADABLE_SEAL: N_("not a readable sealed segment"),
    Finding.WRONG_INDEX: N_("the index does not fit the file"),
    Finding.INDEX_GAP: N_("the index does not go on with the next leaf"),
    Finding.BLOCK_UNREADABLE: N_("a block does not decompress"),
    Finding.BLOCK_LENGTH: N_("a block has another length than the index says"),
    Finding.BLOCK_SHORT: N_("the block ends before the leaves the index gives it"),
    Finding.LEAF_COUNT: N_("another number of leaves than the header or the next segment says"),
    Finding.DICTIONARY_MISSING: N_("the dictionary of a sealed segment is missing"),
    Finding.DICTIONARY_CHANGED: N_("the dictionary is not the one its name says"),
    Finding.TORN_CHANGED: N_("the bytes moved aside are not those that were"),
    Finding.LOCK_NOT_EMPTY: N_("the lock file is not empty"),
    Finding.WRONGLY_DROPPED: N_("only a quarantine may drop leaves"),
    Finding.DROP_NOT_TOLD: N_("leaves were dropped and no erasure leaf tells of it"),
    Finding.WRONG_DROPPED_HASHES: N_("not the hashes kept of dropped leaves"),
    Finding.SET_ASIDE_MISSING: N_("the segment set aside is missing"),
    Finding.CONTENT_MISSING: N_("the content is missing"),
    Finding.CONTENT_CHANGED: N_("the content does not open: blob or key was changed"),
    Finding.ERASURE_NOT_TOLD: N_("the key is missing and no erasure leaf tells why"),
}
MADE_AGAIN = N_("no leaf is lost by it; stop what writes this ledger, delete the file and start again: it is made from "
                "the log")
_MADE_FROM_LOG = (Finding.FILE_MISSING, Finding.TOO_SHORT, Finding.TOO_LONG, Finding.WRONG_OFFSET)


def made_again(file: str, code: Finding) -> bool:
    """True where the file is made from the log, so that it may be deleted."""
    return file.endswith(OFFSETS) and code in _MADE_FROM_LOG


class Unchecked(StrEnum):
    """What could not be checked, and why."""

    WITNESS = "witness"
    WITHHELD = "withheld"
    PERSONAL = "personal"
    DROPPED = "dropped"
    NO_KEYRING = "no-keyring"
    KEYRING_SHUT = "keyring-shut"


UNCHECKED: dict[Unchecked, str] = {
    Unchecked.WITNESS: N_("checkpoint.witnessed: the signature of {names} (no witness key known)"),
    Unchecked.WITHHELD: N_("withheld parts of {count} leaves (no keyring)"),
    Unchecked.PERSONAL: N_("personal content (no keyring)"),
    Unchecked.DROPPED: N_("whether leaves 0 to {last} were dropped rightly"),
    Unchecked.NO_KEYRING: N_("there is no keyring in {folder}"),
    Unchecked.KEYRING_SHUT: N_("the keyring does not open: {detail}"),
}


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was written: where, as exactly as can be said, and what.

    facts: what the sentence is filled with, and `detail` where a program has more to say in English.
    """

    ledger: str
    file: str
    leaf: int | None
    offset: int | None
    code: Finding
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The sentence in English, with the remedy where there is one."""
        said = WORDS[self.code].format(**self.facts)
        return f"{said}; {MADE_AGAIN}" if made_again(self.file, self.code) else said

    def where(self, leaf: str = "leaf", offset: str = "offset") -> str:
        """File and place, in the words given."""
        number = "" if self.leaf is None else f", {leaf} {self.leaf}"
        at = "" if self.offset is None else f", {offset} {self.offset}"
        return f"{self.ledger + '/' if self.ledger else ''}{self.file}{number}{at}"

    def __str__(self) -> str:
        return f"{self.where()}: {self.what}"

    def payload(self) -> dict[str, Any]:
        """Plain data."""
        return {"ledger": self.ledger, "file": self.file, "leaf": self.leaf, "offset": self.offset,
                "code": self.code.value, "facts": dict(self.facts), "what": self.what}


@dataclass(frozen=True)
class Gap:
    """Something that was not checked."""

    code: Unchecked
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return UNCHECKED[self.code].format(**self.facts)

    def payload(self) -> dict[str, Any]:
        """Plain data."""
        return {"code": self.code.value, "facts": dict(self.facts), "what": str(self)}
