"""Documentation cannot lag behind: commands, options, decisions, links and both READMEs are compared with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from qingyuan.cli.main import VERBS, build
from qingyuan.evidence.leaf import CrcVariant, Kind, Verdict
from qingyuan.lake.schema import FIGURE, FLAG, OBSERVATION
from qingyuan.registry import EntryKind

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
GUIDES = sorted((DOCS / "guide").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md",
         *sorted(DOCS.rglob("*.md"))]


def read(*pages: Path) -> str:
    return "\n".join(page.read_text("utf-8") for page in pages)


def commands(command: object, words: tuple[str, ...] = ("qingyuan",)) -> Iterator[tuple[str, list[str]]]:
    """Every command with its long options."""
    inner = getattr(command, "commands", None)
    if inner:
        for name, child in inner.items():
            yield from commands(child, (*words, name))
    else:
        yield " ".join(words), [o for p in command.params for o in (*p.opts, *p.secondary_opts)
                                if o.startswith("--") and o != "--help"]


COMMANDS = dict(commands(typer.main.get_command(build())))


def headings(page: Path) -> list[str]:
    outside = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^(#+) ", outside, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_a_guide(command: str) -> None:
    assert re.search(rf"{command}\b", " ".join(read(*GUIDES).split()))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_the_guide_that_explains_its_command(command: str) -> None:
    where = [page for page in GUIDES if re.search(rf"{command}\b", " ".join(read(page).split()))]
    missing = [o for o in COMMANDS[command] if not re.search(rf"{o}(?![\w-])", read(*where))]
    assert missing == []


def test_no_guide_shows_a_command_or_option_that_does_not_exist() -> None:
    known = {option for options in COMMANDS.values() for option in options} | {
        "--lang", "--debug", "--version", "--help", "--universal"}
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", read(*PAGES)))
    assert sorted(shown - known) == []
    verbs = {verb for _module, verb in VERBS} | {"VERB"}
    after = r"(?= (?:run|follow|fetch|decode|verify|--|[A-Z]))"
    named = set(re.findall(rf"qingyuan (?:--debug )?([a-zA-Z0-9]+){after}", read(*PAGES)))
    assert sorted(named - verbs) == []


def test_decisions_are_numbered_without_gaps_and_say_what_was_rejected() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:3] for page in pages] == [f"{n:03d}" for n in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text("utf-8")
        assert text.startswith(f"# {page.name[:3]} ")
        assert [mark for mark in ("**Decided.**", "**Why.**", "**Rejected.**", "**Costs.**") if mark not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    local = [target for target in targets if "://" not in target]
    written_by_a_command = {"docs/benchmarks.md", "docs/soak.md"}
    assert [t for t in local if not (page.parent / t).exists() and t not in written_by_a_command] == []


def test_both_readmes_show_the_two_commands_and_have_the_same_parts() -> None:
    readmes = ROOT / "README.md", ROOT / "README.zh-CN.md"
    for page in readmes:
        text = page.read_text("utf-8")
        assert "\nmake demo " in text
        assert "\nmake test " in text
        assert "verify_bundle.py" in text
    assert headings(readmes[0]) == headings(readmes[1])
    fences = [read(page).count("\n```") for page in readmes]
    assert fences[0] == fences[1]


def test_recipes_named_in_the_documentation_exist() -> None:
    recipes = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?= ARGS|`|,|\.|\n|  +#)", read(*PAGES)))
    assert sorted(named - recipes) == []
    assert {"setup", "demo", "test", "bench", "soak", "help"} <= recipes


def test_formats_name_every_kind_verdict_and_column() -> None:
    text = (DOCS / "formats.md").read_text("utf-8")
    for kind in Kind:
        assert f"| {kind.value} | `{kind.name.lower()}` |" in text
    for verdict in Verdict:
        assert re.search(rf"\b{verdict.value} {verdict.name.replace('_', ' ')}\b", text, re.IGNORECASE)
    for variant in CrcVariant:
        assert re.search(rf"\b{variant.value} {variant.name.replace('_', ' ')}\b", text, re.IGNORECASE)
    columns = {name for schema in (OBSERVATION, FIGURE, FLAG) for name in schema.names if not name.endswith("_scale")}
    assert [name for name in sorted(columns) if not re.search(rf"\b{name}\b", text)] == []
    assert [kind for kind in EntryKind if f"| `{kind}` |" not in text] == []


def test_formats_name_every_operation_of_the_verifier() -> None:
    from qingyuan.evidence import verify_bundle

    operations = set(verify_bundle.STEPS)
    assert operations >= {"telegram", "mean", "mda8", "iaqi"}
    table = read(DOCS / "formats.md").split("| `op` |")[1]
    assert sorted(operations) == sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    assert next(line for line in lines if line.startswith("## ")) == "## Unreleased"


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert len(text.split()) > 1500
