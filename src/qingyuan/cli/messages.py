"""Catalogues of the command line: extract marked texts, compile, check. Needs polib and nothing else.

    python -m qingyuan.cli.messages extract|compile|check

`extract` reads every `_("…")`, `N_("…")` and `ngettext("…", "…", n)` of the package and brings both catalogues up to
date, keeping what is translated. `compile` writes the .mo files. `check` names every text that lacks a translation.
"""

from __future__ import annotations

import ast
import os
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "locale"
DOMAIN = "qingyuan"
PLURALS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
MARKS = {"_": 1, "N_": 1, "ngettext": 2}     # name of the call -> number of leading texts
COMPUTED = (ast.JoinedStr, ast.BinOp, ast.Call, ast.IfExp)


@dataclass(frozen=True, order=True)
class Text:
    """A marked text."""

    singular: str
    plural: str = ""


class Unreadable(ValueError):
    """A marked call does not hold a plain text, so nobody could translate it."""


def texts(source: str, name: str = "<text>") -> Iterator[Text]:
    """Marked texts of one source file; raises Unreadable for a call whose text is computed."""
    for node in ast.walk(ast.parse(source, name)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS):
            continue
        wanted = node.args[:MARKS[node.func.id]]
        if any(isinstance(a, COMPUTED) for a in wanted):
            raise Unreadable(f"{name}:{node.lineno}: {node.func.id}() needs plain text; put values in with .format()")
        found = [a.value for a in wanted if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if found:                                    # none: a name whose text is marked by N_() elsewhere
            yield Text(*found)


def marked(package: Path = PACKAGE) -> list[Text]:
    """Every marked text of the package, sorted; one text marked with and without a plural counts as the plural."""
    found: dict[str, Text] = {}
    for file in sorted(package.rglob("*.py")):
        for text in texts(file.read_text("utf-8"), str(file.relative_to(package))):
            if text.singular and (text.plural or text.singular not in found):
                found[text.singular] = text
    return sorted(found.values())


def path_of(language: str, locale: Path = LOCALE) -> Path:
    """Catalogue of a language."""
    return locale / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def extract(package: Path = PACKAGE, locale: Path = LOCALE) -> dict[str, int]:
    """Bring the catalogues up to date; number of untranslated texts by language. English translates itself."""
    wanted, missing = marked(package), {}
    for language, plurals in PLURALS.items():
        path = path_of(language, locale)
        old = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
        catalogue = polib.POFile(wrapwidth=110)
        catalogue.metadata = {"Project-Id-Version": DOMAIN, "Language": language, "MIME-Version": "1.0",
                              "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
                              "Plural-Forms": plurals}
        catalogue.extend(_entry(text, old.get(text.singular), language) for text in wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        missing[language] = len(catalogue.untranslated_entries())
    return missing


def _entry(text: Text, old: polib.POEntry | None, language: str) -> polib.POEntry:
    if text.plural:
        forms = {0: text.singular, 1: text.plural} if language == "en" else {0: ""}
        if old is not None and old.msgid_plural == text.plural and language != "en":
            forms = {0: old.msgstr_plural.get(0, "")}
        return polib.POEntry(msgid=text.singular, msgid_plural=text.plural, msgstr_plural=forms)
    kept = old.msgstr if old is not None else ""
    return polib.POEntry(msgid=text.singular, msgstr=text.singular if language == "en" else kept)


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write the .mo file beside each catalogue."""
    written = []
    for path in sorted(locale.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        target = path.with_suffix(".mo")
        part = target.with_name(f"{target.name}.{os.getpid()}")      # a running command may be reading the old one
        polib.pofile(str(path)).save_as_mofile(str(part))
        written.append(part.replace(target))
    return written


def problems(package: Path = PACKAGE, locale: Path = LOCALE) -> list[str]:
    """What is wrong with the catalogues: missing, obsolete, empty or fuzzy texts, placeholders that differ."""
    wanted, found = {t.singular: t for t in marked(package)}, []
    for language in PLURALS:
        path = path_of(language, locale)
        have = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
        found += [f"{language}: not in the catalogue: {text!r}" for text in wanted if text not in have]
        found += [f"{language}: no longer used: {text!r}" for text in have if text not in wanted]
        for msgid, entry in have.items():
            forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if entry.fuzzy or not all(forms):
                found.append(f"{language}: not translated: {msgid!r}")
            elif any(_placeholders(form) != _placeholders(msgid) for form in forms):
                found.append(f"{language}: other placeholders: {msgid!r}")
    return found


def _placeholders(text: str) -> set[str]:
    return {f"{name}!{conversion}:{spec}" for _literal, name, spec, conversion in string.Formatter().parse(text)
            if name is not None}


def main(arguments: list[str]) -> int:
    """Run one of the three commands; exit code 0, 1 (check found something) or 2 (usage, unreadable source)."""
    if arguments == ["compile"]:
        compile_all()
        return 0
    if arguments == ["extract"]:
        try:
            missing = extract()
        except Unreadable as error:
            print(error, file=sys.stderr)
            return 2
        for language, count in missing.items():
            print(f"{language}: {count} to translate")
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) if found else "every text is translated")
        return 1 if found else 0
    print("usage: python -m qingyuan.cli.messages extract|compile|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
