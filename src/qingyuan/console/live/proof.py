"""An explanation as a page shows it: steps as a tree, telegrams with the fields in question, the way to the witness."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console import home
from qingyuan.console.live.charts import citation
from qingyuan.console.live.excuses import in_words
from qingyuan.console.reading import Explanation
from qingyuan.evidence.leaf import FrameLeaf, parse
from qingyuan.evidence.merkle import leaf_hash
from qingyuan.evidence.note import NoteError, parse_checkpoint, verify
from qingyuan.pipeline.figure import parse_id

WHOLE_STEPS = 150            # a tree of more steps is cut at the figures inside it
UNFOLDED_STEPS = 30          # smaller trees stand open
TELEGRAMS = 12               # texts shown at once
OPERATIONS: dict[str, Any] = {
    "telegram": _("sent by the logger"), "mean": _("mean, rounded once"),
    "points": _("mean of the points, rounded once"), "round": _("rounded"),
    "mda8": _("largest 8 h mean"), "iaqi": _("sub-index, rounded up"),
    "max": _("largest sub-index"), "text": _("stated"),
}
DOES_NOT_SHOW = (
    _("Telegrams carry no signature. The proof begins at receipt and does not show who sent them."),
    _("It does not show that the instrument measured rightly, or that nobody stood in front of its inlet."),
    _("That no telegram, station or later registry entry was left out is the word of the file's maker."),
    _("To which station a telegram belongs, and in which unit it speaks, is what the registry says."),
    _("The witness saw the ledger and signed that it only grew. It did not check the figures."),
)


@dataclass
class Step:
    """One operation with what went into it."""

    out: str
    what: Any
    clause: str
    rule: str
    figure: Any = None                       # its key where it is a figure of its own
    telegram: int | None = None              # its number among the telegrams
    inner: list[Step] = field(default_factory=list)
    cut: bool = False                        # inputs are left to the figure's own page
    symbol: str = ""                         # pollutant of a sub-index
    open: bool = False                       # shown unfolded


@dataclass(frozen=True)
class Telegram:
    """A telegram as received: pieces of its text, those in question marked, and its way to the checkpoint."""

    number: int
    ledger: str
    leaf: int
    received_us: int
    peer: str
    pieces: list[tuple[str, bool]]
    digest: str
    path: list[str]


@dataclass(frozen=True)
class Checkpoint:
    """The signed size of a ledger under which the leaves are proven. `witnesses`: (name, epoch s)."""

    ledger: str
    origin: str
    size: int
    root: str
    note: str
    signed: bool
    witnesses: list[tuple[str, int]]


def tree(found: Explanation, whole: bool = False) -> Step:
    """The steps as a tree from the figure down; large ones stop at the figures inside unless `whole`."""
    by_id = {step["id"]: step for step in found.steps}
    return _step(by_id, found.steps[-1], whole or len(found.steps) <= WHOLE_STEPS, 0,
                 len(found.steps) <= UNFOLDED_STEPS)


def _step(by_id: dict[str, Any], step: dict[str, Any], whole: bool, figures: int, unfolded: bool) -> Step:
    made = Step(step["out"] or "–", OPERATIONS[step["op"]], citation(step["clause"]) if step.get("clause") else "",
                in_words(step["rule"]) if step.get("rule") else in_words(step.get("reason", "")),
                parse_id(step["figure"]) if "figure" in step else None, step.get("leaf"),
                symbol=step["table"].split("/")[1] if step["op"] == "iaqi" else "", open=unfolded)
    inner = [by_id[name] for name in step.get("in", ()) if name is not None]
    depth = figures + ("figure" in step)
    if not whole and depth > 2 and inner:
        made.cut = True
    else:
        made.inner = [_step(by_id, one, whole, depth, unfolded) for one in inner]
    return made


def telegrams(found: Explanation, most: int | None = TELEGRAMS) -> tuple[list[Telegram], int]:
    """The telegrams of an explanation and how many there are; `most`: how many are made ready."""
    wanted: dict[int, set[str]] = {}
    for step in found.steps:
        if step["op"] == "telegram":
            wanted.setdefault(step["leaf"], set()).add(step["factor"])
    numbers = sorted(wanted)
    return [_telegram(found, number, wanted[number]) for number in numbers[:most]], len(numbers)


def _telegram(found: Explanation, number: int, factors: set[str]) -> Telegram:
    name, index, data = found.leaves.item(number)
    leaf = parse(data)
    assert isinstance(leaf.payload, FrameLeaf)
    digest, path = way(found, name, index, data)
    text = leaf.payload.masked.decode("utf-8", "replace").strip()
    return Telegram(number, name, index, leaf.received_us, leaf.payload.peer, pieces(text, factors), digest, path)


def way(found: Explanation, ledger: str, index: int, data: bytes) -> tuple[str, list[str]]:
    """Hash of a leaf (RFC 6962) and the hashes to the root of its checkpoint; no hashes before one covers it."""
    try:
        size = found.leaves.checkpoint(ledger)[1]
    except LookupError:
        return leaf_hash(data).hex(), []
    return leaf_hash(data).hex(), [step.hex() for step in found.leaves.ledger(ledger).inclusion(index, size)]


def pieces(text: str, factors: Iterable[str]) -> list[tuple[str, bool]]:
    """The text cut at what speaks of some factors, each piece with whether it does."""
    names = "|".join(re.escape(code) for code in sorted(factors))
    if not names:
        return [(text, False)]
    parts = re.split(rf"((?:(?:{names})-\w+=[^,;&]*[,;]?)+)", text)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def checkpoints(found: Explanation) -> tuple[list[Checkpoint], bool]:
    """The checkpoints that cover the leaves, and whether all ledgers have one."""
    made, complete = [], True
    for name in found.leaves.names():
        try:
            note, size = found.leaves.checkpoint(name)
        except LookupError:
            complete = False
            continue
        ledger = found.leaves.ledger(name)
        seen = parse_checkpoint(note)
        made.append(Checkpoint(name, ledger.origin, size, seen.root.hex(), note, bool(_signatures(note, ledger.vkeys)),
                               [(one.name, one.time_s) for one in _signatures(note, home.home().witness_keys())
                                if one.time_s is not None]))
    return made, complete


def _signatures(note: str, keys: list[str]) -> list[Any]:
    try:
        return verify(note, keys)
    except NoteError:
        return []


def changes(found: Explanation) -> list[dict[str, Any]]:
    """Every version with what it replaced; `instant` is the last one at which the version before was believed."""
    return [{"version": change.after.version, "before": change.before, "after": change.after,
             "entered": change.new_leaves, "left": change.gone_leaves,
             "instant": change.after.believed_from - 1} for change in found.changes]


def unlooked(found: Explanation) -> str:
    """A sentence about versions of which only the root is on record; empty where there are none."""
    if not found.not_held:
        return ""
    return str(_("Of versions {numbers} only the root of their publication is on record.")).format(
        numbers=", ".join(map(str, found.not_held)))
