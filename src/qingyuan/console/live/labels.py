"""Words that charts and maps show; the scripts hold none (frontend/README.md)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from qingyuan.console.shell import words
from qingyuan.pipeline.reasons import Stage

CHART: dict[str, Any] = {
    "menu": _("menu"), "csv": _("export as CSV"), "png": _("save as picture"), "link": _("copy link"),
    "whole": _("show the whole period"), "table": _("table"),
    "empty": _("No figure in this period. Choose a longer one, or look whether the site is silent."),
    "error": _("The chart could not be fetched; the data are untouched. Load the page again in a moment."),
    "no_limit": _("no limit of this averaging time exists, none is drawn"), "original": _("original"),
    "period": _("period"), "from": _("from"), "to": _("to"), "series": _("series"), "averaging": _("averaging time"),
    "value": _("value"), "unit": _("unit"), "state": _("state"), "stage": _("stage"), "flags": _("flags"),
}
STATES = (_("valid"), _("suspect"), _("invalid"), _("substituted"), _("missing"))       # columns.js STATE
MAP: dict[str, Any] = {
    "title": _("Map of the sites"), "zoom_in": _("closer"), "zoom_out": _("farther"),
    "two_fingers": _("Move the map with two fingers"), "ctrl_zoom": _("Hold Ctrl and scroll to zoom"),
    "close": _("close"), "source": _("boundaries: Tianditu"),
    "error": _("The sites could not be fetched. The list beside is whole."), "empty": _("no site in view"),
    "count": _("{seen} of {all} in view"), "time": _("hour shown"), "play": _("play"), "pause": _("pause"),
}


def chart_labels() -> dict[str, Any]:
    """Words of a chart in the reader's language."""
    return {**{name: str(text) for name, text in CHART.items()}, "states": [str(text) for text in STATES],
            "stages": [f"{glyph} {words.word(stage)}" for glyph, stage in zip("◔◑●", Stage, strict=True)]}


def map_labels() -> dict[str, str]:
    """Words of a map in the reader's language."""
    return {name: str(text) for name, text in MAP.items()}
