"""Words for the members of closed lists, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from qingyuan.cli.i18n import _
from qingyuan.evidence.leaf import Kind, Verdict
from qingyuan.pipeline.explain.steps import Rule
from qingyuan.pipeline.reasons import Reason, Stage, Unplaced
from qingyuan.quality import Level, What
from qingyuan.registry import Origin, SiteKind


def _by_member(*words: Mapping[Enum, Callable[[], str]]) -> dict[tuple[type[Enum], str], Callable[[], str]]:
    """One table of all lists: members of different lists may be equal numbers."""
    return {(type(member), member.name): word for table in words for member, word in table.items()}


LABELS = _by_member({
    Stage.PROVISIONAL: lambda: _("provisional"), Stage.REVIEWED: lambda: _("reviewed"),
    Stage.FINAL: lambda: _("final"),
}, {
    Reason.FIRST: lambda: _("first"), Reason.LATE_DATA: lambda: _("late data"),
    Reason.CORRECTED_DATA: lambda: _("corrected data"), Reason.REGISTRY: lambda: _("changed registry"),
    Reason.SOFTWARE: lambda: _("other rules or software"),
}, {
    Unplaced.NOT_DATA: lambda: _("not data"), Unplaced.NO_TIME: lambda: _("no time of data"),
    Unplaced.NO_FACTOR: lambda: _("no factor"), Unplaced.UNKNOWN_SITE: lambda: _("unknown site"),
}, {
    Rule.MINUTES: lambda: _("at least 45 minutes"), Rule.HOURS: lambda: _("at least 20 hours"),
    Rule.MDA8: lambda: _("6 hours a window, 14 windows or above the limit; which windows count is a setting"),
    Rule.DROPPED: lambda: _("the telegram was dropped at the end of its retention, only its hash is left"),
    Rule.POINTS: lambda: _("concentrations of the points first, three quarters of them valid"),
}, {
    What.RANGE: lambda: _("outside the range"), What.RATE: lambda: _("sudden step"),
    What.FLAT_LINE: lambda: _("flat line"), What.PM_INVERSION: lambda: _("PM2.5 above PM10"),
    What.NEGATIVE: lambda: _("negative"), What.SENTINEL: lambda: _("a number that stands for no value"),
    What.MARK: lambda: _("device mark"), What.DUPLICATE_CONFLICT: lambda: _("two telegrams contradict each other"),
    What.HOUR_SOURCE_DIFFERENCE: lambda: _("sent hour differs from its minutes"), What.LATE: lambda: _("late"),
    What.CLOCK: lambda: _("ahead of time"),
}, {
    Level.GOOD: lambda: _("good"), Level.NOT_EVALUATED: lambda: _("not evaluated"),
    Level.SUSPECT: lambda: _("suspect"), Level.FAIL: lambda: _("fails"), Level.MISSING: lambda: _("missing"),
}, {
    Verdict.ACCEPTED: lambda: _("accepted"), Verdict.UNKNOWN_MN: lambda: _("unknown MN"),
    Verdict.WRONG_PASSWORD: lambda: _("wrong password"), Verdict.BAD_CRC: lambda: _("wrong CRC"),
    Verdict.BAD_LENGTH: lambda: _("wrong length"), Verdict.UNREADABLE: lambda: _("unreadable"),
    Verdict.EDITION_NOT_ALLOWED: lambda: _("edition not allowed"),
}, {
    Kind.FRAME: lambda: _("telegram"), Kind.FILE: lambda: _("file"), Kind.MANUAL: lambda: _("manual result"),
    Kind.TICK: lambda: _("tick"), Kind.REGISTRY: lambda: _("registry entry"), Kind.RULING: lambda: _("ruling"),
    Kind.RULESET: lambda: _("rule set"), Kind.COMMAND: lambda: _("command"), Kind.DRAW: lambda: _("draw"),
    Kind.PUBLICATION: lambda: _("publication"), Kind.ERASURE: lambda: _("erasure"),
}, {
    SiteKind.AIR: lambda: _("air"), SiteKind.WATER: lambda: _("water"), SiteKind.GAS: lambda: _("waste gas"),
    SiteKind.NOISE: lambda: _("noise"), SiteKind.UNKNOWN: lambda: _("unknown"),
}, {
    Origin.MEASURED: lambda: _("measured"), Origin.SIMULATED: lambda: _("simulated"),
    Origin.UNSTATED: lambda: _("not stated"),
})


def label(member: Enum) -> str:
    """The word for a member of a closed list. Raises KeyError for one without a word."""
    return LABELS[type(member), member.name]()


def citation(clause: str) -> str:
    """A clause as the reader's language writes it: `GB 3095-2012 table 4`."""
    standard, table, number = clause.partition(" table ")
    return _("{standard} table {number}").format(standard=standard, number=number) if table else clause
