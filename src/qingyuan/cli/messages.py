"""Catalogues of the command line and of each app of the console: extract marked texts, compile, check.

    python -m qingyuan.cli.messages extract|compile|check [APP …]

`extract` reads every `_("…")`, `N_("…")` and `ngettext("…", "…", n)` of Python and every translate tag of templates
and brings the catalogues up to date, keeping what is translated; with names of apps only theirs. `compile` writes the
.mo files. `check` names every text that lacks a translation.
"""

from __future__ import annotations

import ast
import os
import re
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parents[1]
CONSOLE = PACKAGE / "console"
TEMPLATES = CONSOLE / "templates"
FOREIGN = {"accounts": ("account", "allauth", "mfa", "socialaccount", "usersessions")}   # folders named by libraries
SHARED = "shell"                       # the app that owns the templates of no app of its own
PLURALS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
MARKS = {"_": 1, "N_": 1, "ngettext": 2, "gettext": 1}     # name of the call -> number of leading texts
_TEXT = r"""(u?'(?:[^'\\\\]|\\\\.)*'|u?"(?:[^"\\\\]|\\\\.)*")"""
_CALL = re.compile(r"\b(_|gettext|ngettext)\(\s*" + _TEXT + r"(?:,\s*" + _TEXT + r")?", re.DOTALL)
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


@dataclass(frozen=True)
class Catalogue:
    """The texts of some folders in both languages."""

    name: str
    domain: str
    locale: Path
    folders: tuple[Path, ...]
    without: tuple[Path, ...] = ()

    def path(self, language: str) -> Path:
        """Catalogue of a language."""
        return self.locale / language / "LC_MESSAGES" / f"{self.domain}.po"

    def marked(self) -> list[Text]:
        """Every marked text, sorted; one text marked with and without a plural counts as the plural."""
        found: dict[str, Text] = {}
        for folder in self.folders:
            for file in sorted((*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt"))):
                if any(file.is_relative_to(other) for other in self.without):
                    continue
                reader = texts if file.suffix == ".py" else template_texts
                for text in reader(file.read_text("utf-8"), file.name):
                    if text.singular and (text.plural or text.singular not in found):
                        found[text.singular] = text
        return sorted(found.values())


def catalogues() -> list[Catalogue]:
    """The command line's, then one for each app of the console."""
    own = [Catalogue("cli", "qingyuan", PACKAGE / "locale", (PACKAGE,), (CONSOLE,))]
    apps = sorted(file.parent for file in CONSOLE.glob("*/apps.py"))
    names = {app.name for app in apps} | {name for found in FOREIGN.values() for name in found}
    rest = tuple(folder for folder in sorted(TEMPLATES.iterdir()) if folder.is_dir() and folder.name not in names)
    for app in apps:
        folders = (app, *(TEMPLATES / name for name in (app.name, *FOREIGN.get(app.name, ()))))
        if app.name == SHARED:
            folders = (*folders, *rest)
        own.append(Catalogue(app.name, "django", app / "locale", folders))
    return own


def template_texts(source: str, name: str = "<template>") -> Iterator[Text]:
    """Marked texts of a template; raises Unreadable where a tag cannot be read."""
    from django.template import TemplateSyntaxError
    from django.utils.translation.template import templatize

    try:
        python = templatize(source, origin=name)
    except (TemplateSyntaxError, SyntaxError) as error:
        raise Unreadable(f"{name}: {error}") from None
    for call, first, second in _CALL.findall(python):
        found = [ast.literal_eval(first)] + ([ast.literal_eval(second)] if call == "ngettext" else [])
        yield Text(*found)


def extract(catalogue: Catalogue) -> dict[str, int]:
    """Bring a catalogue up to date; number of untranslated texts by language. English translates itself."""
    wanted, missing = catalogue.marked(), {}
    for language, plurals in PLURALS.items():
        path = catalogue.path(language)
        old = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
        file = polib.POFile(wrapwidth=110)
        file.metadata = {"Project-Id-Version": catalogue.domain, "Language": language, "MIME-Version": "1.0",
                         "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
                         "Plural-Forms": plurals}
        file.extend(_entry(text, old.get(text.singular), language) for text in wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(str(path))
        missing[language] = len(file.untranslated_entries())
    return missing


def _entry(text: Text, old: polib.POEntry | None, language: str) -> polib.POEntry:
    if text.plural:
        forms = {0: text.singular, 1: text.plural} if language == "en" else {0: ""}
        if old is not None and old.msgid_plural == text.plural and language != "en":
            forms = {0: old.msgstr_plural.get(0, "")}
        return polib.POEntry(msgid=text.singular, msgid_plural=text.plural, msgstr_plural=forms)
    kept = old.msgstr if old is not None else ""
    return polib.POEntry(msgid=text.singular, msgstr=text.singular if language == "en" else kept)


def compile_all(found: Iterable[Catalogue] | None = None) -> list[Path]:
    """Write the .mo file beside each catalogue."""
    written = []
    for path in sorted(p for catalogue in found or catalogues() for p in map(catalogue.path, PLURALS) if p.exists()):
        target = path.with_suffix(".mo")
        part = target.with_name(f"{target.name}.{os.getpid()}")      # a running command may be reading the old one
        polib.pofile(str(path)).save_as_mofile(str(part))
        written.append(part.replace(target))
    return written


def problems(catalogue: Catalogue) -> list[str]:
    """What is wrong with a catalogue: missing, obsolete, empty or fuzzy texts, placeholders that differ."""
    wanted, found = {t.singular: t for t in catalogue.marked()}, []
    for language in PLURALS:
        path, where = catalogue.path(language), f"{catalogue.name}, {language}"
        have = {e.msgid: e for e in polib.pofile(str(path))} if path.exists() else {}
        found += [f"{where}: not in the catalogue: {text!r}" for text in wanted if text not in have]
        found += [f"{where}: no longer used: {text!r}" for text in have if text not in wanted]
        for msgid, entry in have.items():
            forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if entry.fuzzy or not all(forms):
                found.append(f"{where}: not translated: {msgid!r}")
            elif any(_placeholders(form) != _placeholders(msgid) for form in forms):
                found.append(f"{where}: other placeholders: {msgid!r}")
    return found


def _placeholders(text: str) -> set[str]:
    percent = set(re.findall(r"%\(\w+\)[sd]", text))
    try:
        return percent | {f"{name}!{conversion}:{spec}"
                          for _literal, name, spec, conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:                            # a lone brace: the text is never formatted
        return percent


def main(arguments: list[str]) -> int:
    """Run one of the three commands; exit code 0, 1 (check found something) or 2 (usage, unreadable source)."""
    command, names = (arguments or [""])[0], arguments[1:]
    known = catalogues()
    if command not in ("extract", "compile", "check") or set(names) - {c.name for c in known}:
        print("usage: python -m qingyuan.cli.messages extract|compile|check [cli|APP …]", file=sys.stderr)
        return 2
    chosen = [c for c in known if not names or c.name in names]
    if command == "compile":
        compile_all(chosen)
        return 0
    try:
        if command == "extract":
            for catalogue in chosen:
                for language, count in extract(catalogue).items():
                    print(f"{catalogue.name}, {language}: {count} to translate")
            return 0
        found = [line for catalogue in chosen for line in problems(catalogue)]
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(found) if found else "every text is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
