"""An explanation as the bundle's steps: what a stranger can do again, the leaves needed for it, and nothing else.

Sentences that help a reader (clauses, rules, reasons) stay in the explanation: no proof holds what nobody can check.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from qingyuan import hj212
from qingyuan.evidence.leaf import FrameLeaf, Kind, Verdict, head, parse
from qingyuan.ledger import Home
from qingyuan.pipeline.explain.leaves import Leaves
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.feed import OFFICE
from qingyuan.registry import EntryError, EntryKind, Registry, Site, fold
from qingyuan.registry.entries import Entry
from qingyuan.registry.entries import parse as parse_entry
from qingyuan.registry.records import Admission


@dataclass
class Proof:
    """Steps of a bundle, numbered from 0, and the leaves that they name."""

    leaves: Leaves
    publication: int                                  # its number in `leaves`
    steps: list[dict[str, Any]] = field(default_factory=list)


class Entries:
    """The registry entries that a publication took in: office leaves below its cut."""

    def __init__(self, leaves: Leaves, size: int) -> None:
        self._found: list[tuple[int, Entry]] = []
        taken = []
        for stored in leaves.ledger(OFFICE).leaves(0, size):
            if head(stored.data)[0] is not Kind.REGISTRY:
                continue
            leaf = parse(stored.data)
            taken.append((leaf.received_us, leaf.payload))
            try:
                self._found.append((stored.index, parse_entry(leaf.payload, leaf.received_us)))
            except EntryError:
                continue                              # the registry leaves it out too
        self._registry: Registry = fold(taken)

    def needed(self, telegrams: Iterable[tuple[str, int, bytes]]) -> set[int]:
        """Office leaves that say whose the telegrams' MNs are, what holds of those sites, and what was admitted.

        Of a site the version in force at the time of the data is needed, and of each other site of the same bundle that
        ever named the MN too: it may be what has taken the MN from it.
        """
        sent = [(ledger, index, frame, hj212.decode(frame.masked)) for ledger, index, data in telegrams
                if isinstance(frame := parse(data).payload, FrameLeaf)]
        owners = {site.id for _, _, _, telegram in sent if (site := self._owner(telegram)) is not None}
        out: set[int] = set()
        for ledger, index, frame, telegram in sent:
            mn, at_us = telegram.mn or "", telegram.data_time_us or 0
            if (owner := self._owner(telegram)) is not None:
                out |= self._said_of(owner, mn, at_us)
            for name in owners.intersection(self._registry.named_by.get(mn, ())):
                out |= {at for at, e in self._of(name) if e.covers(at_us)}
            if frame.verdict is Verdict.UNKNOWN_MN:
                out |= set([at for at, e in self._found if isinstance(e.record, Admission) and e.record.mn == mn
                            and e.record.ledger == ledger and e.record.from_leaf <= index < e.record.to_leaf][:1])
        return out

    def owner(self, data: bytes) -> str | None:
        """Id of the site whose a frame leaf is; None where two sites that were named have its MN at once."""
        frame = parse(data).payload
        if not isinstance(frame, FrameLeaf):
            return None
        telegram = hj212.decode(frame.masked)
        mn, at_us = telegram.mn or "", telegram.data_time_us or 0
        named = [self._registry.sites[name] for name in self._registry.named_by.get(mn, ())]
        claims = [one for one in named if not one.registered_itself and (then := one.at(at_us)) and then.mn == mn]
        site = self._registry.owner(mn, at_us)
        return None if site is None or len(claims) > 1 else site.id

    def _owner(self, telegram: hj212.Telegram) -> Site | None:
        return self._registry.owner(telegram.mn or "", telegram.data_time_us or 0)

    def _of(self, site: str) -> list[tuple[int, Entry]]:
        return [(at, e) for at, e in self._found if e.kind is EntryKind.SITE and e.id == site]

    def _said_of(self, site: Site, mn: str, at_us: int) -> set[int]:
        """The entry that names the MN and the one that holds of the data: mostly one and the same."""
        own, holds = self._of(site.id), site.during(at_us)
        named = [at for at, e in own if isinstance(e.record, Site) and e.record.mn == mn]
        then = [at for at, e in own if e.covers(at_us)] or [at for at, e in own if e.record == holds]
        return {then[-1]} if then[-1] in named else {named[-1], then[-1]}


def prove(home: Home, steps: list[dict[str, Any]], leaves: Leaves, publication: int) -> Proof:
    """The steps that lead to the last one, in the bundle's form, with registry steps before them.

    `leaves` are those of the explanation, `publication` the office leaf that published its figure. A telegram stays
    with the site it was placed at when it came; where the registry gave its MN to another site afterwards, from before
    the time of the data, what it says is stated and not proven.
    """
    proof = Proof(Leaves(home), 0)
    content = parse(leaves.ledger(OFFICE).leaf(publication).data).payload
    entries = Entries(leaves, content["cut"][OFFICE])
    kept = _leading_to_the_last(steps)
    telegrams = {step["id"]: leaves.item(step["leaf"]) for step in kept
                 if step["op"] == "telegram" and entries.owner(leaves.item(step["leaf"])[2]) == step["site"]}
    for at in sorted(entries.needed(telegrams.values())):
        number, leaf = proof.leaves.use(OFFICE, at)
        entry = leaf.payload
        proof.steps.append({"op": "registry", "leaf": number, "mn": entry["data"]["mn"], "out": entry["id"]})
    numbers: dict[str, int] = {}
    stated = set[str]()                               # what rests on a stated step can only be stated
    for step in kept:
        numbers[step["id"]] = len(proof.steps)
        if step["id"] in telegrams:
            ledger, index, _ = telegrams[step["id"]]
            more: dict[str, Any] = {"leaf": proof.leaves.use(ledger, index)[0], "factor": step["factor"],
                                    "unit_exp": step["unit_exp"]}
        elif step["op"] in ("text", "telegram") or (step["op"] != "max" and stated.intersection(step["in"])):
            stated.add(step["id"])
            proof.steps.append({"op": "text", "out": step["out"]})
            continue
        else:
            more = {"in": [None if at is None else numbers[at] for at in step["in"]]}
        op = "points" if step.get("rule") == Rule.POINTS.value else step["op"]
        proof.steps.append({"op": op, "out": step["out"], **more})
    proof.publication = proof.leaves.use(OFFICE, publication)[0]
    return proof


def _leading_to_the_last(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_id = {step["id"]: step for step in steps}
    wanted, ahead = set(), [steps[-1]["id"]]
    while ahead:
        at = ahead.pop()
        if at not in wanted:
            wanted.add(at)
            ahead += [inner for inner in by_id[at].get("in", ()) if inner is not None]
    return [step for step in steps if step["id"] in wanted]

