"""Catalogues: what is marked is translated, and what a mark cannot hold is refused."""

from __future__ import annotations

import ast
import gettext
from pathlib import Path

import polib
import pytest

from qingyuan.cli import i18n
from qingyuan.cli.messages import (
    PACKAGE,
    Catalogue,
    Text,
    Unreadable,
    catalogues,
    compile_all,
    extract,
    main,
    problems,
    template_texts,
    texts,
)

SOURCE = '''
from qingyuan.cli.i18n import N_, _, ngettext
GREETING = N_("good day")
def run(n):
    print(_("one" " text of {name}").format(name=n), ngettext("{n} leaf", "{n} leaves", n), _(GREETING))
'''


@pytest.fixture
def package(tmp_path: Path) -> Catalogue:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "verb.py").write_text(SOURCE, "utf-8")
    return Catalogue("verbs", "qingyuan", tmp_path / "locale", (folder,))


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda c: c.name)
def test_every_text_is_in_both_catalogues_and_translated(catalogue: Catalogue) -> None:
    assert problems(catalogue) == []


@pytest.mark.parametrize("catalogue", catalogues(), ids=lambda c: c.name)
def test_chinese_texts_hold_chinese_unless_they_are_only_names_and_signs(catalogue: Catalogue) -> None:
    same = [e.msgid for e in polib.pofile(str(catalogue.path("zh_Hans"))) if e.msgstr == e.msgid]
    assert [text for text in same if any(word.islower() and len(word) > 3 for word in text.split())] == []


def test_no_help_text_of_a_verb_is_left_unmarked() -> None:
    bare = [f"{file.name}:{node.lineno}" for file in sorted((PACKAGE / "cli").rglob("*.py"))
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
            if isinstance(node, ast.keyword) and node.arg in ("help", "title")
            and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)]
    assert bare == []


def test_texts_are_found_in_their_three_forms() -> None:
    assert sorted(texts(SOURCE)) == [Text("good day"), Text("one text of {name}"), Text("{n} leaf", "{n} leaves")]


def test_texts_of_templates_are_found_with_their_plurals() -> None:
    source = """{% load i18n %}{% translate "one" %} {% translate 'two words' as x %}
    {% blocktranslate with n=a.b %}of {{ n }}{% endblocktranslate %}
    {% blocktranslate count n=x %}{{ n }} site{% plural %}{{ n }} sites{% endblocktranslate %} _("shown")"""
    assert sorted(template_texts(source)) == [
        Text("%(n)s site", "%(n)s sites"), Text("of %(n)s"), Text("one"), Text("two words")]


@pytest.mark.parametrize("call", ['_(f"{x} files")', '_("a" + x)', '_("{x}".format(x=1))', '_("a" if x else "b")',
                                  'ngettext("a", f"{x}", 2)'])
def test_a_computed_text_is_refused_with_its_line(call: str) -> None:
    with pytest.raises(Unreadable, match=r"verb\.py:1: .*plain text"):
        list(texts(call, "verb.py"))


def test_extract_keeps_translations_drops_what_is_gone_and_fills_english(package: Catalogue) -> None:
    assert extract(package) == {"zh_Hans": 3, "en": 0}
    catalogue = polib.pofile(str(package.path("zh_Hans")))
    catalogue.find("good day").msgstr = "您好"
    catalogue.append(polib.POEntry(msgid="gone", msgstr="不再使用"))
    catalogue.save()
    assert extract(package) == {"zh_Hans": 2, "en": 0}
    again = polib.pofile(str(package.path("zh_Hans")))
    assert {e.msgid: e.msgstr for e in again} == {"good day": "您好", "one text of {name}": "", "{n} leaf": ""}


def test_problems_names_each_fault(package: Catalogue) -> None:
    extract(package)
    catalogue = polib.pofile(str(package.path("zh_Hans")))
    catalogue.find("good day").msgstr = "您好"
    catalogue.find("good day").flags = ["fuzzy"]
    catalogue.find("one text of {name}").msgstr = "一个文本 {title}"
    catalogue.remove(catalogue.find("{n} leaf"))
    catalogue.append(polib.POEntry(msgid="gone", msgstr="不再使用"))
    catalogue.save()
    assert problems(package) == [
        "verbs, zh_Hans: not in the catalogue: '{n} leaf'", "verbs, zh_Hans: no longer used: 'gone'",
        "verbs, zh_Hans: not translated: 'good day'", "verbs, zh_Hans: other placeholders: 'one text of {name}'"]


def test_compiled_catalogues_give_text_and_plural(package: Catalogue) -> None:
    extract(package)
    catalogue = polib.pofile(str(package.path("zh_Hans")))
    catalogue.find("{n} leaf").msgstr_plural = {0: "{n} 片叶"}
    catalogue.save()
    assert len(compile_all([package])) == 2
    chinese, english = (gettext.translation("qingyuan", str(package.locale), [tag]) for tag in ("zh_Hans", "en"))
    assert chinese.ngettext("{n} leaf", "{n} leaves", 7) == "{n} 片叶"
    assert english.ngettext("{n} leaf", "{n} leaves", 7) == "{n} leaves"
    assert english.ngettext("{n} leaf", "{n} leaves", 1) == "{n} leaf"


@pytest.mark.parametrize(("tag", "language"), [
    ("zh", "zh_Hans"), ("zh_CN.UTF-8", "zh_Hans"), ("zh-Hans", "zh_Hans"), ("ZH_tw", "zh_Hans"),
    ("en_GB.UTF-8", "en"), ("C", "en"), ("de_DE", "en"), ("", "en")])
def test_any_tag_has_a_language(tag: str, language: str) -> None:
    assert i18n.language_of(tag) == language


@pytest.mark.parametrize(("environment", "language"), [
    ({}, "en"), ({"LANG": "zh_CN.UTF-8"}, "zh_Hans"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
    ({"LANG": "en_GB", "LC_MESSAGES": "zh_CN"}, "zh_Hans"), ({"LANGUAGE": "zh:en", "LC_ALL": "en_GB"}, "zh_Hans")])
def test_the_first_locale_variable_decides(environment: dict[str, str], language: str) -> None:
    assert i18n.from_environment(environment) == language


def test_without_catalogues_texts_come_out_in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(i18n, "LOCALE", tmp_path)
    monkeypatch.setattr(i18n, "_current", gettext.NullTranslations())
    monkeypatch.setenv("LANGUAGE", "en")
    assert i18n.set_language("zh") == "zh_Hans"
    assert i18n._("Folder of the system") == "Folder of the system"


@pytest.mark.parametrize(("arguments", "code"), [(["compile"], 0), (["check"], 0), ([], 2), (["other"], 2)])
def test_exit_codes(arguments: list[str], code: int) -> None:
    assert main(arguments) == code


def test_pages_of_libraries_belong_to_the_app_that_dresses_them() -> None:
    folders = {c.name: {folder.name for folder in c.folders} for c in catalogues()}
    own = {"account", "allauth", "mfa", "socialaccount", "usersessions"}
    assert own <= folders["accounts"]
    assert all(not own & found for name, found in folders.items() if name != "accounts")
