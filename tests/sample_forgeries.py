"""Forgeries of genuine bundles by someone who mends the digest, each with the code and words that must convict it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sample_bundle import (
    ALONE,
    GATEWAY,
    LINES,
    OFFICE,
    PM25_HOURS,
    WITNESS,
    WITNESS_KEY,
    Content,
    Key,
    Scene,
    read_from,
    said_of,
    sealed,
    steps_over,
)

from qingyuan.evidence import bundle, figures, note

OTHER_WITNESS = note.vkey(WITNESS, Key(WITNESS, 99).public, note.COSIGNATURE)
OTHER_LEDGER = note.vkey(GATEWAY, Key(GATEWAY, 98).public)


@dataclass(frozen=True)
class Forgery:
    """What was done to which genuine bundle, and how it is found out."""

    what: str
    base: str
    code: str
    why: str                                          # words of the sentence
    change: Callable[[Content, Scene], Any]
    pinned: tuple[str, ...] = ()


def _leaf(content: Content, scene: Scene, number: int, origin: str, index: int) -> Content:
    """Put the proof of another leaf of the same home in place of one (or behind the last)."""
    proof = scene.trees[origin].prove(index)
    content["leaves"][number:number + 1] = [{
        "origin": origin, "index": index, "leaf": base64.b64encode(proof.data).decode(),
        "path": [base64.b64encode(node).decode() for node in proof.path]}]
    return content


def _steps(content: Content, *steps: Content) -> Content:
    content["steps"] = list(steps)
    return content


def _set(content: Content, *path: Any) -> Content:
    """Set the last item of the path at the place that the others name."""
    *way, name, value = path
    at: Any = content
    for part in way:
        at = at[part]
    at[name] = value
    return content


def _only_publication(content: Content, *steps: Content) -> Content:
    content["leaves"], content["publication"] = content["leaves"][-1:], 0
    content["checkpoints"] = {OFFICE: content["checkpoints"][OFFICE]}
    return _steps(content, *steps)


def _never_published(content: Content, _: Scene) -> Content:
    content["figure"] = ALONE
    content["figure_path"] = figures.figure_path([figures.canonical(ALONE)], 0)
    return content


def _without_registry(content: Content, _: Scene) -> Content:
    del content["leaves"][0]
    content["publication"] -= 1
    return _steps(content, read_from(0, "42"))


def _bytes_of_leaf(content: Content, _: Scene) -> Content:
    data = base64.b64decode(content["leaves"][1]["leaf"]).replace(b"-Avg=42", b"-Avg=24")
    return _set(content, "leaves", 1, "leaf", base64.b64encode(data).decode())


def _unsigned(content: Content, _: Scene) -> Content:
    text, tail = content["checkpoints"][GATEWAY].split("\n\n")
    return _set(content, "checkpoints", GATEWAY, text + "\n\n" + tail.partition("\n")[2])


def _signature(content: Content, _: Scene) -> Content:
    head, _blank, packed = content["checkpoints"][GATEWAY][:-1].rpartition(" ")
    raw = bytearray(base64.b64decode(packed))
    raw[-1] ^= 1
    return _set(content, "checkpoints", GATEWAY, f"{head} {base64.b64encode(raw).decode()}\n")


def _witness_key(content: Content, _: Scene) -> Content:
    content["keys"] = [OTHER_WITNESS if key == WITNESS_KEY else key for key in content["keys"]]
    return content


def _blank(content: Content, _: Scene) -> bytes:
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    return sealed(content).partition(b"\n")[0] + b"\n" + body


HOURS = [read_from(hour + 1, PM25_HOURS[hour]) for hour in range(24)]
SITE = said_of(0, "S1")
FORGERIES = {
    # steps
    "one-text-step": Forgery("one stated step in place of all", "hour-sent", "not_recomputed", "NOT recomputed",
                             lambda c, _: _only_publication(c, {"op": "text", "out": "42"})),
    "text-then-max": Forgery("a stated value led through an operation", "index-realtime", "not_recomputed",
                             "NOT recomputed", lambda c, _: _only_publication(
                                 c, {"op": "text", "out": "59"}, {"op": "max", "in": [0], "out": "59"})),
    "text-with-leaves": Forgery("a stated step beside leaves that no step reads", "hour-sent", "unused", "no step",
                                lambda c, _: _steps(c, {"op": "text", "out": "42"})),
    "text-of-another-value": Forgery("a stated step with another value than the published one", "hour-sent", "value",
                                     "not 42", lambda c, _: _only_publication(c, {"op": "text", "out": "24"})),
    "swapped-operation": Forgery("the largest hour in place of the mean", "day-mean", "step", "there is no max of hour",
                                 lambda c, _: _set(c, "steps", 25, "op", "max")),
    "swapped-order": Forgery("two steps in each other's place", "hour-of-a-city", "form", "there is no number",
                             lambda c, _: _steps(c, *c["steps"][:3], c["steps"][4], c["steps"][3])),
    "another-outcome": Forgery("another outcome of a step", "day-mean", "step", "gives 31, not 13",
                               lambda c, _: _set(c, "steps", 2, "out", "13")),
    "telegram-twice": Forgery("a telegram that counts twice", "day-mean", "step", "a telegram twice",
                              lambda c, _: _set(c, "steps", 25, "in", 3, 2)),
    "nineteen-hours": Forgery("a day of nineteen hours", "day-mean", "step", "20 hours", lambda c, _: _steps(
        c, SITE, *HOURS, steps_over(3, 19, "mean", "41"))),
    "hours-misplaced": Forgery("the hours of a day turned round", "day-ozone", "period", "in their places",
                               lambda c, _: c["steps"][25]["in"].reverse() or c),
    "step-too-many": Forgery("a step that leads nowhere", "hour-sent", "unused", "lead nowhere",
                             lambda c, _: _steps(c, SITE, read_from(1, "42"), read_from(1, "42"))),
    "minutes-for-an-hour": Forgery("ten minutes in place of the hour", "hour-of-minutes", "value", "minute",
                                   lambda c, _: _steps(c, *c["steps"][:3], *c["steps"][4:6], c["steps"][3])),
    "text-field": Forgery("a reason beside a step, which nobody can check", "older-rules", "form", "has not the fields",
                          lambda c, _: _set(c, "steps", 2, "reason", "as published by the ministry")),
    # telegrams
    "another-station": Forgery("a telegram of another station, with its registry entry", "hour-sent", "site",
                               "not of S1", lambda c, s: _steps(
                                   _leaf(_leaf(c, s, 0, OFFICE, s.sites["S3"]), s, 1, GATEWAY, s.other),
                                   said_of(0, "S3"), c["steps"][1])),
    "another-station-unnamed": Forgery("a telegram of a station that no entry in the file names", "hour-sent",
                                       "registry", "whose MN MN-S3", lambda c, s: _leaf(c, s, 1, GATEWAY, s.other)),
    "another-hour": Forgery("a telegram of another hour", "hour-sent", "period", "20260101130000",
                            lambda c, s: _leaf(c, s, 1, GATEWAY, s.hours[13])),
    "after-the-cut": Forgery("a telegram from after the publication's cut", "hour-sent", "cut", "came after the cut",
                             lambda c, s: _leaf(c, s, 1, GATEWAY, s.late)),
    "value-of-a-log-text": Forgery("a value that stands in a log text only", "hour-sent", "telegram",
                                   "does not state a34004-Avg", lambda c, s: _leaf(c, s, 1, GATEWAY, s.only_log)),
    "log-text-before-the-value": Forgery("the value of a log text, not that of the item", "hour-sent", "step",
                                         "gives 42, not 98", lambda c, _: _set(c, "steps", 1, "out", "98")),
    "refused-telegram": Forgery("a telegram whose CRC was wrong", "hour-sent", "telegram", "was not accepted",
                                lambda c, s: _leaf(c, s, 1, GATEWAY, s.refused)),
    "not-admitted": Forgery("a quarantined telegram without its admission", "hour-admitted", "telegram",
                            "no entry admits it", lambda c, _: _steps(
                                _set(c, "leaves", [c["leaves"][0], *c["leaves"][2:]]) and _set(c, "publication", 2),
                                c["steps"][0], read_from(1, "31"))),
    "another-factor": Forgery("ozone in place of PM2.5", "hour-sent", "factor", "a05024",
                              lambda c, _: _set(c, "steps", 1, "factor", "a05024")),
    "another-unit": Forgery("a power of ten that the registered unit does not give", "hour-sent", "unit",
                            "does not lead", lambda c, _: _set(c, "steps", 1, "unit_exp", 1)),
    "unit-through-nothing": Forgery("a power of ten between units that none leads between", "unit-not-led", "unit",
                                    "does not lead", lambda c, _: _set(c, "steps", 1, "unit_exp", -3)),
    "unit-passed-over": Forgery("a unit that a power leads from, shown as sent", "hour-pressure", "unit",
                                "does not lead", lambda c, _: _set(c, "steps", 1, "unit_exp", 0)),
    "broken-period": Forgery("an hour that begins at a fraction", "hour-sent", "form", "whole numbers",
                             lambda _, s: s.broken_period()),
    "password-shown": Forgery("a withheld password that is shown", "hour-sent", "withheld", "not overwritten",
                              lambda c, s: _leaf(c, s, 1, GATEWAY, s.shown)),
    # registry
    "dropped-registry": Forgery("the registry entry left out", "hour-sent", "registry", "whose MN MN-S1",
                                _without_registry),
    "another-mn": Forgery("another MN than the registry entry states", "hour-sent", "registry", "of MN MN-S1",
                          lambda c, _: _set(c, "steps", 0, "mn", "MN-S2")),
    "registry-after-the-cut": Forgery("a registry entry from after the publication's cut", "hour-sent", "cut",
                                      "came after the cut", lambda c, s: _leaf(c, s, 0, OFFICE, s.late_entry)),
    "two-owners": Forgery("two sites that have a logger at once", "hour-after-a-move", "registry", "or several",
                          lambda _, s: s.moving_logger(1, (0, 2))),
    "passed-on": Forgery("an hour after a move under the site that had the logger before", "hour-after-a-move",
                         "registry", "no entry or several", lambda _, s: s.moving_logger(1, (1,))),
    "earlier-owner": Forgery("an hour of the logger's later site under the entry of the earlier one",
                             "hour-after-a-move", "site", "not of S7", lambda _, s: s.moving_logger(1, (0,))),
    "registry-of-a-tick": Forgery("the publication passed off as a registry entry", "hour-sent", "registry",
                                  "no entry of the registry", lambda c, _: _set(c, "steps", 0, "leaf", 2)),
    # figure and publication
    "about": Forgery("a sentence about the figure beside it", "hour-sent", "form", "another form",
                     lambda c, _: _set(c, "about", {"figure": "hour.PM2.5/S2/2026-01-01T12:00"})),
    "another-site-in-the-figure": Forgery("another station in the published line", "hour-sent", "figure",
                                          "not in that publication", lambda c, _: _set(c, "figure", "subject", "S3")),
    "another-period-in-the-figure": Forgery("another hour in the published line", "hour-sent", "figure",
                                            "not in that publication", lambda c, _: _set(
                                                c, "figure", "start", c["figure"]["start"] + 3_600_000_000)),
    "another-value": Forgery("another value in line, telegram step and all", "hour-sent", "figure",
                             "not in that publication", lambda c, _: _set(
                                 _set(c, "figure", "value", "24"), "steps", 1, "out", "24")),
    "never-published": Forgery("a figure that was never published", "hour-sent", "figure", "not in that publication",
                               _never_published),
    "another-line": Forgery("the line of another figure, with its path", "hour-sent", "site", "not of S3",
                            lambda c, _: _set(
        _set(c, "figure", LINES[4]), "figure_path", figures.figure_path([*map(figures.canonical, LINES)], 4))),
    "another-publication": Forgery("a registry entry passed off as the publication", "hour-sent", "publication",
                                   "is not the figure's", lambda c, _: _set(c, "publication", 0)),
    # ledgers, keys, file
    "changed-leaf": Forgery("a changed digit in a leaf", "hour-sent", "leaf", "not under its checkpoint",
                            _bytes_of_leaf),
    "short-path": Forgery("a shortened path", "hour-sent", "leaf", "another length",
                          lambda c, _: c["leaves"][1]["path"].pop() and c),
    "needless-leaf": Forgery("a leaf that no step names", "hour-sent", "unused", "no step names",
                             lambda c, s: _leaf(c, s, 3, GATEWAY, s.hours[0])),
    "signature": Forgery("a changed signature of the witness", "hour-sent", "signature",
                         "witness.example: bad signature", _signature),
    "witness-key": Forgery("another key under the witness's name", "hour-sent", "signature",
                           "a key that the file does not hold", _witness_key),
    "key-line": Forgery("a key line under another name", "hour-sent", "signature", "wrong key id",
                        lambda c, _: _set(c, "keys", 0, c["keys"][0].replace("gw1", "gw2"))),
    "unsigned": Forgery("the ledger's signature left out", "hour-sent", "unsigned", "unsigned by a trusted key",
                        _unsigned),
    "another-ledger-key-pinned": Forgery("a genuine bundle, read by someone who trusts another ledger key", "hour-sent",
                                         "unsigned", "unsigned by a trusted key", lambda c, _: c, (OTHER_LEDGER,)),
    "blank": Forgery("a blank in the JSON", "hour-sent", "form", "first line", _blank),
    "leaf-proof-with-a-step": Forgery("a step in the proof of a leaf", "leaf-telegram", "form", "no steps",
                                      lambda c, _: _steps(c, {"op": "text", "out": "42"})),
}


def forged(forgery: Forgery, scene: Scene, whole: dict[str, bytes]) -> bytes:
    """The bytes of a forgery."""
    out = forgery.change(bundle.parse(whole[forgery.base]), scene)
    return out if isinstance(out, bytes) else sealed(out)
