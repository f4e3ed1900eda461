"""Every sentence with which the registry refuses an entry has its words in the reader's language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.utils import translation

import qingyuan.registry
from qingyuan.console.registry.faults import REMEDY, WHAT, told
from qingyuan.console.registry.importing import check

FOLDER = Path(qingyuan.registry.__file__).parent
NOT_HERE = ("access.py", "clock.py")                    # of entries that have no form and are in no file taken here
# of settings, and one that only adds which entry it is
FOREIGN = {"7: 7", "is not between 0.01 and 3600 seconds", "is more than a fortnight"}
PLACES = {"fault": (1, 2), "EntryError": (2, 3), "Fault": (2, 3)}                        # of what and remedy


def _text(node: ast.expr) -> str:
    """A sentence as it may come: `7` for whatever is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return ""


def sentences() -> list[tuple[str, str]]:
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        if path.name in NOT_HERE:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                for kind, place in zip(("what", "remedy"), PLACES.get(name, ()), strict=False):
                    if len(node.args) > place and (text := _text(node.args[place])) and text not in FOREIGN:
                        found.append((kind, text))
    found += [("what", check.NOT_HERE), ("what", check.NO_RIGHT), ("what", check.NO_KEY), ("what", check.NOT_SENT),
              ("remedy", check.BY_COMMAND), ("remedy", check.ASK), ("remedy", check.START),
              ("remedy", check.VISIBLE)]
    return found


def test_there_are_many() -> None:
    assert len(sentences()) > 50


@pytest.mark.parametrize(("kind", "text"), sentences())
def test_each_sentence_is_known_and_has_chinese_words(kind: str, text: str) -> None:
    with translation.override("zh-hans"):
        found = told(text, WHAT if kind == "what" else REMEDY)
    assert found != text
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found)


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert told("is blue") == "is blue"
