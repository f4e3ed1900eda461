"""Words of what a verification finds or leaves unchecked, in the reader's language.

The sentences are those of `qingyuan.ledger.finding`; a run that was kept before there were codes has only English.
"""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from qingyuan.ledger import LedgerDamaged
from qingyuan.ledger.finding import Finding, Unchecked, made_again

FINDINGS: dict[Finding, Any] = {
    Finding.NOT_A_LEDGER: _("not a ledger's name"),
    Finding.STRANGE_FILE: _("a file that does not belong here"),
    Finding.LEFT_OVER: _("left over from a kill"),
    Finding.FILE_MISSING: _("the file is missing"),
    Finding.NOT_AS_WRITTEN: _("not as it was written"),
    Finding.OTHER_NAMES: _("the names are not this ledger's"),
    Finding.OTHER_KEYS: _("the keys are not those of the keyring"),
    Finding.KEY_NOT_INTRODUCED: _("a key was not introduced by the one before it"),
    Finding.NOT_SIGNED: _("not a checkpoint signed by this ledger"),
    Finding.UNKNOWN_SIGNATURE: _("a signature is of a key nobody knows, or the witness's is missing"),
    Finding.SHORTENED: _("covers {size} leaves, but {have} are on disk: the ledger was shortened"),
    Finding.OTHER_ROOT: _("the {size} leaves on disk do not have the root it signs"),
    Finding.LEAVES_MISSING: _("the leaves before {first} are missing"),
    Finding.LEAVES_TWICE: _("its leaves were dropped, or are twice here"),
    Finding.SEGMENT_SHORT: _("the segment ends before the next one begins"),
    Finding.TOO_SHORT: _("the file ends before what a checkpoint covers"),
    Finding.TOO_LONG: _("the file holds more than the log gives"),
    Finding.WRONG_OFFSET: _("the offset is not where the record ends"),
    Finding.WRONG_KEY_DIGEST: _("the entry is not that of the leaf's key"),
    Finding.WRONG_LEAF_HASH: _("the hash is not that of the leaf"),
    Finding.WRONG_NODE_HASH: _("the hash is not its leaves'"),
    Finding.WRONG_HEADER: _("the header is not this ledger's"),
    Finding.NO_RECORD: _("no valid record here"),
    Finding.TORN_OR_DAMAGED: _("no valid record here, and none behind: a torn tail, or damage to the last leaves"),
    Finding.NOT_A_LEAF: _("not a leaf"),
    Finding.TIME_WENT_BACK: _("received before the leaf before it"),
    Finding.PRIVATE_UNCALLED: _("private bytes where nothing is withheld"),
    Finding.PRIVATE_LENGTH: _("private bytes of another length than was withheld"),
    Finding.PRIVATE_CHANGED: _("the private bytes are not those the leaf commits to"),
    Finding.WRONG_TRAILER: _("the SHA-256 trailer is not that of the file"),
    Finding.UNREADABLE_SEAL: _("not a readable sealed segment"),
    Finding.WRONG_INDEX: _("the index does not fit the file"),
    Finding.INDEX_GAP: _("the index does not go on with the next leaf"),
    Finding.BLOCK_UNREADABLE: _("a block does not decompress"),
    Finding.BLOCK_LENGTH: _("a block has another length than the index says"),
    Finding.BLOCK_SHORT: _("the block ends before the leaves the index gives it"),
    Finding.LEAF_COUNT: _("another number of leaves than the header or the next segment says"),
    Finding.DICTIONARY_MISSING: _("the dictionary of a sealed segment is missing"),
    Finding.DICTIONARY_CHANGED: _("the dictionary is not the one its name says"),
    Finding.TORN_CHANGED: _("the bytes moved aside are not those that were"),
    Finding.LOCK_NOT_EMPTY: _("the lock file is not empty"),
    Finding.WRONGLY_DROPPED: _("only a quarantine may drop leaves"),
    Finding.DROP_NOT_TOLD: _("leaves were dropped and no erasure leaf tells of it"),
    Finding.WRONG_DROPPED_HASHES: _("not the hashes kept of dropped leaves"),
    Finding.SET_ASIDE_MISSING: _("the segment set aside is missing"),
    Finding.CONTENT_MISSING: _("the content is missing"),
    Finding.CONTENT_CHANGED: _("the content does not open: blob or key was changed"),
    Finding.ERASURE_NOT_TOLD: _("the key is missing and no erasure leaf tells why"),
}
MADE_AGAIN = _("no leaf is lost by it; stop what writes this ledger, delete the file and start again: it is made "
               "from the log")
WITH_REMEDY = _("{what}; {remedy}")
GAPS: dict[Unchecked, Any] = {
    Unchecked.WITNESS: _("checkpoint.witnessed: the signature of {names} (no witness key known)"),
    Unchecked.WITHHELD: _("withheld parts of {count} leaves (no keyring)"),
    Unchecked.PERSONAL: _("personal content (no keyring)"),
    Unchecked.DROPPED: _("whether leaves 0 to {last} were dropped rightly"),
    Unchecked.NO_KEYRING: _("there is no keyring in {folder}"),
    Unchecked.KEYRING_SHUT: _("the keyring does not open: {detail}"),
}


def problem_words(problem: dict[str, Any]) -> str:
    """What a problem is, with the remedy where there is one; English alone where no code was kept."""
    code = problem.get("code")
    if code not in set(Finding):
        return _english(problem.get("what", ""))
    said = str(FINDINGS[Finding(code)]).format(**problem["facts"])
    if not made_again(problem["file"], Finding(code)):
        return said
    return str(WITH_REMEDY).format(what=said, remedy=MADE_AGAIN)


def damage_words(error: Exception) -> str:
    """Why a ledger cannot be read: file and finding, or what the system said, in English."""
    if isinstance(error, LedgerDamaged) and error.finding is not None:
        return format_html("{}: {}", error.file.name, FINDINGS[error.finding])
    return _english(str(error))


def gap_words(gap: dict[str, Any] | str) -> str:
    """What was not checked; English alone where no code was kept."""
    if isinstance(gap, str) or gap.get("code") not in set(Unchecked):
        return _english(gap if isinstance(gap, str) else gap.get("what", ""))
    return str(GAPS[Unchecked(gap["code"])]).format(**gap["facts"])


def _english(text: str) -> str:
    return format_html('<span lang="en">{}</span>', text)
