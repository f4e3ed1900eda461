"""Rows of a file held against the registry: new, changed, unchanged or faulty, and what each would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console import home
from qingyuan.console.accounts.scope import Scope
from qingyuan.console.office.sealing import NoBoxKey, seal, stand_in
from qingyuan.console.registry.changing import clashes
from qingyuan.console.registry.known import EDITABLE, Subject, Version, base_of, everything, timeline
from qingyuan.console.registry.rights import may_change
from qingyuan.registry import EntryError, EntryKind, changing, parse
from qingyuan.registry.files import entry_of
from qingyuan.registry.forms import Fault


class State(StrEnum):
    """What a row of a file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


STATE_WORDS = {State.NEW: _("new"), State.CHANGED: _("changed"), State.UNCHANGED: _("unchanged")}
NOT_HERE = "such entries are not made here"
NO_RIGHT = "you may not change this entry"
NO_KEY = "cannot be taken now: the worker has not run here since it can open passwords"
START = "start it by: qingyuan serve --home DIR"
NOT_SENT = "is no password that a telegram can carry"
VISIBLE = "write 1 to 64 visible characters of ASCII, without ; and &"
BY_COMMAND = "use the command qingyuan import"
ASK = "ask a registrar whose right covers it"


def check(rows: Iterable[tuple[int, Any]], scope: Scope) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Rows as a draft keeps them ({"line", "payload", "state", "base", "sealed"}) and every fault found.

    A password is sealed for the worker as soon as its row is read; of it only the box goes on, in `sealed`.
    """
    good: list[tuple[int, dict[str, Any]]] = []
    boxes: dict[str, str] = {}
    faults: list[Fault] = []
    for line, row in rows:
        if isinstance(row, Fault):
            faults.append(row)
            continue
        try:
            good.append((line, _entry(line, row, scope, boxes)))
        except EntryError as error:
            faults.append(Fault(line, error.field, error.what, error.remedy))
    faults += _clashes(good, scope)
    return _states(good, boxes), sorted(faults, key=lambda fault: fault.line)


def _sealed(mn: str, password: str, boxes: dict[str, str]) -> str:
    """What stands for the keyed hash of a password; its box goes into `boxes` under that. Raises EntryError."""
    try:
        box = seal(home.home(), mn, password)
    except NoBoxKey:
        raise EntryError("", "password", NO_KEY, START) from None
    except ValueError:
        raise EntryError("", "password", NOT_SENT, VISIBLE) from None
    boxes[stand_in(box)] = box
    return stand_in(box)


def _entry(line: int, row: Any, scope: Scope, boxes: dict[str, str]) -> dict[str, Any]:
    if isinstance(row, dict) and row.get("entry") in [kind.value for kind in EntryKind if kind not in EDITABLE]:
        raise EntryError("", "entry", NOT_HERE, BY_COMMAND)
    payload = entry_of(line, row, lambda mn, password: _sealed(mn, password, boxes)).payload
    kind = EntryKind(payload["entry"])
    known = everything().get((kind, payload["id"]), ())
    if kind is EntryKind.SITE and not payload["data"].get("password_check"):
        _keep_secret(payload, known)
    records = [parse(payload).record, *(v.entry.record for v in known[-1:])]
    if not all(may_change(scope, record) for record in records):
        raise EntryError("", "id", NO_RIGHT, ASK)
    return payload


def _keep_secret(payload: dict[str, Any], known: Sequence[Version]) -> None:
    """A file without passwords leaves that of the logger as it is while the MN stays."""
    begin = payload.get("valid_from_us")
    held = [s.version for s in timeline(known)
            if s.version and (s.from_us is None or (begin is not None and s.from_us <= begin))]
    before = held[-1] if held else known[-1] if known else None
    if before and before.data.get("mn") == payload["data"].get("mn") and before.data.get("password_check"):
        payload["data"]["password_check"] = before.data["password_check"]


def _clashes(good: Sequence[tuple[int, dict[str, Any]]], scope: Scope) -> list[Fault]:
    lines = {f"{payload['entry']} {payload['id']}": line for line, payload in good}
    return [Fault(lines[problem.entry], problem.field, problem.what, problem.remedy)
            for problem in clashes([payload for _line, payload in good], scope) if problem.entry in lines]


def _states(good: Sequence[tuple[int, dict[str, Any]]], boxes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of one entry are taken together: all of them are needed, or none."""
    subjects: dict[Subject, list[int]] = defaultdict(list)
    for number, (_line, payload) in enumerate(good):
        subjects[EntryKind(payload["entry"]), payload["id"]].append(number)
    said = [(v.entry.learned_us, dict(v.payload)) for subject in subjects for v in everything().get(subject, ())]
    needed = set(changing(sorted(said, key=lambda item: item[0]), [payload for _line, payload in good]))
    out = []
    for number, (line, payload) in enumerate(good):
        known = everything().get((EntryKind(payload["entry"]), payload["id"]), ())
        state = State.UNCHANGED if number not in needed else State.CHANGED if known else State.NEW
        out.append({"line": line, "payload": payload, "state": state.value, "base": base_of(known),
                    "sealed": boxes.get(payload["data"].get("password_check"), "")})
    return out
