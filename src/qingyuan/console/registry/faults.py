"""What is wrong with an entry, in the reader's language: the registry's own sentences are told apart by their form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as N_

from qingyuan.console.registry.fieldset import NAMES
from qingyuan.registry import EntryError

V = r"(?P<value>'.*'|\".*\"|[^ ]+)"
WHAT: tuple[tuple[str, Any], ...] = (
    (r"is missing", N_("is missing")),
    (rf"{V} is not a text", N_("{value} is not a text")),
    (r"is not a list of texts", N_("is not a list of texts")),
    (r"is not a table of texts", N_("is not a table of texts")),
    (rf"{V} is not known", N_("{value} is not known")),
    (rf"{V} is not a whole number.*", N_("{value} is not a whole number")),
    (rf"{V} is too small", N_("{value} is too small")),
    (rf"{V} is too large", N_("{value} is too large")),
    (rf"{V} is neither true nor false", N_("{value} is neither true nor false")),
    (rf"{V} is not a number", N_("{value} is not a number")),
    (rf"corner (?P<number>\d+): {V} is outside ±(?P<limit>\d+) degrees",
     N_("corner {number}: {value} is outside ±{limit} degrees")),
    (r"corner (?P<number>\d+) is not a longitude and a latitude",
     N_("corner {number} is not a longitude and a latitude")),
    (r"is no polygon in GeoJSON", N_("is no polygon in GeoJSON")),
    (r"has a hole or more than one part", N_("has a hole or more than one part")),
    (r"has more than (?P<value>\d+) corners", N_("has more than {value} corners")),
    (r"has fewer than three corners", N_("has fewer than three corners")),
    (r"cannot stand in the address of a page", N_("cannot stand in the address of a page")),
    (r"is not closed", N_("is not closed")), (r"crosses itself", N_("crosses itself")),
    (r"is not the MN of this site", N_("is not the MN of this site")),
    (rf"{V} is outside ±(?P<limit>\d+) degrees", N_("{value} is outside ±{limit} degrees")),
    (rf"{V} is not above zero", N_("{value} is not above zero")),
    (r"is missing beside the other coordinate", N_("is missing beside the other coordinate")),
    (r"is not 1 to 64 letters, digits, _ or -", N_("is not 1 to 64 letters, digits, _ or -")),
    (r"is not a keyed hash of 64 hexadecimal digits", N_("is not a keyed hash of 64 hexadecimal digits")),
    (r"is not below the upper limit", N_("is not below the upper limit")),
    (r"is missing, and so is the permit", N_("is missing, and so is the permit")),
    (r"is not after valid_from_us", N_("is not after the beginning")),
    (r"is missing or no table", N_("is missing or no table")),
    (r"is no field of such an entry", N_("is no field of such an entry")),
    (rf"{V} is no kind of entry", N_("{value} is no kind of entry")),
    (r"is missing or too long", N_("is missing or too long")),
    (r"holds a control character or '/'", N_("holds a control character or '/'")),
    (r"holds a control character", N_("holds a control character")),
    (rf"{V} stands there twice", N_("{value} stands there twice")),
    (r"this column is there twice", N_("this column is there twice")),
    (r"begins like the name of a city's figures", N_("begins like the name of a city's figures")),
    (r"is also the MN of a site that you may not see", N_("is also the MN of a site that you may not see")),
    (r"is also the MN of site (?P<value>.+)", N_("is also the MN of site {value}")),
    (r"is being given to a site by another change at this moment",
     N_("is being given to a site by another change at this moment")),
    (r"could not be opened", N_("could not be opened")),
    (rf"{V} is no time", N_("{value} is no time")),
    (rf"{V} is not readable here", N_("{value} is not readable here")),
    (r"is no table of fields", N_("is no table of fields")),
    (r"is not UTF-8", N_("is not UTF-8")),
    (r"holds no entry", N_("holds no entry")),
    (r"is no JSON \((?P<value>.*)\)", N_("is no JSON")),
    (r"is no CSV \((?P<value>.*)\)", N_("is no CSV")),
    (r"is no list of entries", N_("is no list of entries")),
    (r"there is no such column", N_("there is no such column")),
    (r"has not (?P<value>\d+) columns", N_("has not {value} columns")),
    (r"is no text", N_("is not a text")),
    (r"such entries are not made here", N_("such entries are not made here")),
    (r"you may not change this entry", N_("you may not change this entry")),
    (r"cannot be taken now: the worker has not run here since it can open passwords",
     N_("cannot be taken now: the worker has not run here since it can open passwords")),
    (r"is no password that a telegram can carry", N_("is no password that a telegram can carry")),
)
REMEDY: tuple[tuple[str, Any], ...] = (
    (r"give a text", N_("give a text")), (r"put it in quotation marks", N_("put it in quotation marks")),
    (r"choose (?:one of|from) (?P<value>.+)", N_("choose from {value}")),
    (r"give a whole number", N_("give a whole number")), (r"give at least (?P<value>.+)", N_("give at least {value}")),
    (r"give at most (?P<value>.+)", N_("give at most {value}")),
    (r"take it out", N_("take it out")), (r"keep one of them", N_("keep one of them")),
    (r"give degrees, or leave it out", N_("give degrees, or leave it out")),
    (r"check whether longitude and latitude are exchanged", N_("check whether longitude and latitude are exchanged")),
    (r"give `password` in an import file.*",
     N_("give the password itself, in the column password or on the page of the site")),
    (r"exchange the two, or leave the lower one out", N_("exchange the two, or leave the lower one out")),
    (r"say what the limit rests on", N_("say what the limit rests on")),
    (r"write it in digits, as the permit prints it", N_("write it in digits, as the permit prints it")),
    (r"give the content of the entry", N_("give the content of the entry")),
    (r"leave it out or check its spelling", N_("leave it out or check its spelling")),
    (r"give 1 to (?P<value>\d+) characters", N_("give 1 to {value} characters")),
    (r"figures are named by it", N_("figures are named by it")),
    (r"choose another beginning", N_("choose another beginning")),
    (r"one of the two sites must name another logger", N_("one of the two sites must name another logger")),
    (r"give a type Polygon and its coordinates", N_("give a type Polygon and its coordinates")),
    (r"give the outer ring only", N_("give the outer ring only")), (r"draw it more simply", N_("draw it more simply")),
    (r"name them all, and the first one again at the end", N_("name them all, and the first one again at the end")),
    (r"name the first corner again at the end", N_("name the first corner again at the end")),
    (r"give two numbers, degrees", N_("give two numbers, degrees")),
    (r"name the corners in the order in which one walks round",
     N_("name the corners in the order in which one walks round")),
    (r"give it a letter or digit", N_("give it a letter or digit")),
    (r"register it first", N_("register it first")),
    (r"look again when that change stands", N_("look again when that change stands")),
    (r"start it by: qingyuan serve --home DIR", N_("start it by: qingyuan serve --home DIR")),
    (r"write 1 to 64 visible characters of ASCII, without ; and &",
     N_("write 1 to 64 visible characters of ASCII, without ; and &")),
    (r"give it anew", N_("give it anew")),
    (r"write 2020-04-01T14:00", N_("write it as 2020-04-01T14:00")),
    (r"write \{.*", N_("write one table of fields for each entry")),
    (r"save the file as UTF-8", N_("save the file as UTF-8")),
    (r"write one entry a line", N_("write one entry a line")),
    (r"correct it, or name the file .*", N_("correct it, or use CSV or JSON lines")),
    (r"begin with a line of column names", N_("begin with a line of column names")),
    (r"put texts that hold a comma in quotation marks", N_("put texts that hold a comma in quotation marks")),
    (r"check the quotation marks", N_("check the quotation marks")),
    (r"use the command qingyuan import", N_("use the command qingyuan import")),
    (r"ask a registrar whose right covers it", N_("ask a registrar whose right covers it")),
)


def told(what: str, table: Iterable[tuple[str, Any]] = WHAT) -> str:
    """A sentence of the registry in the reader's language; one that nobody knows stays as it is."""
    for pattern, words in table:
        if found := re.fullmatch(pattern, what):
            return str(words).format(**found.groupdict())
    return what


def remedy(text: str) -> str:
    """What to do about a fault."""
    return told(text, REMEDY) if text else ""


def field_words(name: str) -> str:
    """The words of a field; a field nobody knows is called by its name."""
    return str(NAMES.get(name, name))


def sentence(error: EntryError) -> str:
    """A fault of one field with its remedy."""
    return _("{what}; {remedy}").format(what=told(error.what), remedy=remedy(error.remedy)) if error.remedy else told(
        error.what)
