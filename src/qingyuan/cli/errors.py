"""Errors as one clear sentence: what, where, remedy. Every exception class of this package is a word of the domain."""

from __future__ import annotations

import errno

from qingyuan.cli.i18n import N_, _

# By class name, so that no room need be imported to explain its errors. A class may also carry its own `remedy`.
REMEDIES = {
    "HomeError": N_("give the folder of a system with --home, or make one with: qingyuan demo"),
    "KeyringError": N_("check the folder keys/ of the home and QINGYUAN_KEYRING_PASSPHRASE"),
    "LedgerLocked": N_("stop the process that writes it, or wait for it to end"),
    "LedgerBroken": N_("check disk and free space, then start again; the sender repeats what was not acknowledged"),
    "LedgerShortened": N_("keep the folder as it is and compare it with the witness: qingyuan evidence verify"),
    "LedgerDamaged": N_("keep the folder as it is, restore this file from a copy, then: qingyuan evidence verify"),
    "ContentErased": N_("the content was erased on request and cannot be shown; its commitment still stands"),
    "LedgerClosed": N_("it goes on under the next name; nothing more is written to this one"),
    "LakeBusy": N_("wait for the pipeline or rebuild that is writing, or stop it"),
    "NoSuchFigure": N_("check name, subject and start; they can be listed with: qingyuan export --table figure"),
    "ServiceFailed": N_("read the file named, then start again"),
}
BY_ERRNO = {
    errno.ENOENT: N_("check the path"),
    errno.EACCES: N_("check who owns the file and its permissions"),
    errno.EPERM: N_("check who owns the file and its permissions"),
    errno.ENOSPC: N_("free some space on this disk"),
    errno.EDQUOT: N_("free some space on this disk"),
    errno.EADDRINUSE: N_("another process uses this port; choose another with --port"),
    errno.ECONNREFUSED: N_("start the service first, or check host and port"),
    errno.EMFILE: N_("raise the limit of open files (ulimit -n); see qingyuan doctor"),
    errno.EROFS: N_("the disk is mounted read-only; choose another folder"),
}


TEMPORARY = ("LakeBusy", "LedgerLocked")       # by class name: another process holds a lock, and will let it go
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
SQLITE_FULL = 13


class CliError(Exception):
    """Something a command cannot do, with what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.remedy = remedy


def is_known(error: BaseException) -> bool:
    """Whether an error is a word of the domain or of the operating system, so that no traceback is needed."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] == "qingyuan"


def is_temporary(error: BaseException) -> bool:
    """Whether what stands in the way passes without a change to the home: another process holds a lock, or the disk
    is full.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("qingyuan.")}
    return not kinds.isdisjoint(TEMPORARY) or _no_room(error) is not None


def _no_room(error: BaseException | None) -> BaseException | None:
    """The error that says that a disk is full, where this one is it or was raised from it."""
    while error is not None:
        full = isinstance(error, OSError) and error.errno in NO_ROOM
        if full or getattr(error, "sqlite_errorcode", None) == SQLITE_FULL:
            return error
        error = error.__cause__
    return None


def sentence(error: BaseException) -> str:
    """One sentence for a person: what and where, then the remedy."""
    what, remedy = _text(error), _remedy(error)
    return f"{what}; {remedy}" if remedy and remedy not in what else what


def _text(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror and type(error).__module__ == "builtins":
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    text = str(error.args[0] if isinstance(error, KeyError) and error.args else error).strip()
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return ("\n" if is_known(error) else " ").join(lines) or type(error).__name__     # faults of a file: one a line


def _remedy(error: BaseException) -> str:
    own = getattr(error, "remedy", "")
    if own:
        return str(own)
    if _no_room(error) is not None:
        return _(BY_ERRNO[errno.ENOSPC])
    for kind in type(error).__mro__:
        if kind.__name__ in REMEDIES and kind.__module__.startswith("qingyuan."):
            return _(REMEDIES[kind.__name__])
    if isinstance(error, OSError) and error.errno in BY_ERRNO:
        return _(BY_ERRNO[error.errno])
    return ""
