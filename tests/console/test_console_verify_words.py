"""The words of the verifier in the browser are complete: a sentence for every code, a word for every key."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.test import Client
from django.utils import translation

from qingyuan.console.shell.verify_words import CODES, FACE, words

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [*(ROOT / "frontend/src/verify").glob("*.js"), ROOT / "frontend/src/entries/verify.js"]


def test_every_documented_code_has_a_sentence() -> None:
    page = (ROOT / "docs/formats.md").read_text("utf-8")
    assert set(re.findall(r"^\| [0-9] `(\w+)` \|", page, re.MULTILINE)) == set(CODES)


def test_the_scripts_ask_for_just_these_words() -> None:
    source = "".join(path.read_text("utf-8") for path in SCRIPTS)
    asked = set(re.findall(r'"(ui\.[a-z_.]+)"', source))
    asked |= {f"ui.at.{what}" for what in re.findall(r'what: "(\w+)"', source)}
    assert asked == set(FACE)


def test_both_languages_say_the_same_values() -> None:
    with translation.override("en"):
        english = words()
    with translation.override("zh-hans"):
        chinese = words()
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", chinese[key])), key
        assert re.search("[\u3000-\u9fff\uff00-\uffef]", chinese[key]), key
        assert text.isascii() or "…" in text, key


def test_every_page_brings_them(console: Path) -> None:
    page = Client(headers={"accept-language": "en"}).get("/evidence/check/").content.decode()
    found = re.search(r'<script id="qy-verify-words" type="application/json">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1])["form"].startswith("This is no proof")
