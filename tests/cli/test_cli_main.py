"""The frame of the command line: verbs, language, exit codes, errors as one sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from importlib import import_module

import pytest

from qingyuan.cli import errors, i18n, main
from qingyuan.cli.errors import CliError, is_known, sentence
from qingyuan.cli.main import VERBS, peek, run


@pytest.fixture(autouse=True)
def _english() -> object:
    """Each test begins in English and leaves the language as it was."""
    before, texts = os.environ.get("LANGUAGE"), i18n._current
    i18n.set_language("en")
    yield
    i18n._current = texts
    os.environ.pop("LANGUAGE", None)
    if before is not None:
        os.environ["LANGUAGE"] = before


def verbs_of(app: object) -> list[str]:
    named = [c.name for c in app.registered_commands] + [g.name for g in app.registered_groups]
    return [str(name) for name in named]


@pytest.mark.parametrize(("module", "verb"), VERBS)
def test_each_module_registers_its_verb_and_no_other(module: str, verb: str) -> None:
    assert import_module(f"qingyuan.cli.{module}").register is not None
    assert verbs_of(main.build(verb)) == [verb]


def test_the_help_page_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    page = capsys.readouterr().out
    assert [verb for _module, verb in VERBS if f" {verb} " not in page] == []


def test_help_needs_none_of_the_heavy_libraries() -> None:
    heavy = ("numpy", "pyarrow", "duckdb", "numba", "cryptography", "uvloop", "structlog")
    code = (f"import sys; from qingyuan.cli.main import build; build();"
            f"print([m for m in {heavy!r} if m in sys.modules])")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_help_comes_in_chinese_by_option_and_by_environment() -> None:
    for arguments, tag in ((["--lang", "zh", "--help"], "C"), (["--help"], "zh_CN.UTF-8")):
        environment = {**os.environ, "LC_ALL": tag, "PYTHONUTF8": "1"}
        environment.pop("LANGUAGE", None)
        page = subprocess.run([sys.executable, "-m", "qingyuan.cli.main", *arguments], capture_output=True,
                              encoding="utf-8", env=environment, check=True).stdout
        assert "语言" in page
        assert "命令" in page


@pytest.mark.parametrize(("arguments", "expected"), [
    (["explain", "--lang", "zh"], ("explain", None, False)),
    (["--lang", "zh", "explain", "x"], ("explain", "zh", False)),
    (["--debug", "--lang=en", "doctor"], ("doctor", "en", True)),
    (["--help"], (None, None, False)),
    ([], (None, None, False)),
])
def test_verb_language_and_debug_are_read_before_parsing(arguments: list[str], expected: tuple[object, ...]) -> None:
    assert peek(arguments) == expected


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from qingyuan import __version__

    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"qingyuan {__version__}"


@pytest.mark.parametrize("arguments", [["nosuchverb"], ["rebuild"], ["rebuild", "--nosuchoption"]])
def test_wrong_usage_is_exit_code_two(arguments: list[str]) -> None:
    assert run(arguments) == 2


def test_a_folder_that_is_no_home_is_one_sentence_with_a_remedy(
        tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pipeline", "run", "--home", str(tmp_path)]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert str(tmp_path) in shown
    assert "--home" in shown
    assert "Traceback" not in shown


def test_debug_shows_where_the_error_came_from(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--debug", "pipeline", "run", "--home", str(tmp_path)]) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("debug", [[], ["--debug"]])
@pytest.mark.parametrize(("fault", "code"), [
    (ZeroDivisionError("division by zero"), 70), (MemoryError(), 70), (KeyError("a34004"), 70),
    (CliError("the port is in use", "choose another"), 2), (PermissionError(errno.EACCES, "Permission denied", "x"), 2),
])
def test_a_fault_that_nobody_foresaw_has_its_own_code(monkeypatch: pytest.MonkeyPatch, debug: list[str],
                                                      fault: Exception, code: int) -> None:
    """So that `serve` starts a child again that crashed by surprise, and only asks a person where one is needed."""
    def broken(*_arguments: object, **_more: object) -> None:
        raise fault

    monkeypatch.setattr("qingyuan.ledger.Home.open", broken)
    assert run([*debug, "pipeline", "run", "--home", "anywhere"]) == code


def test_every_remedy_by_class_names_a_class_that_exists() -> None:
    from qingyuan.cli.demo import services
    from qingyuan.lake import durable
    from qingyuan.ledger import errors as of_ledger
    from qingyuan.pipeline.explain import explanation

    rooms = (of_ledger, services, durable, explanation)
    assert [name for name in errors.REMEDIES if not any(hasattr(room, name) for room in rooms)] == []


@pytest.mark.parametrize(("error", "expected"), [
    (CliError("the zip has 3 files", "fetch it again"), "the zip has 3 files; fetch it again"),
    (CliError("nothing to show"), "nothing to show"),
    (CliError("line 2: no id\nline 5:  no name"), "line 2: no id\nline 5: no name"),
    (OSError(errno.ENOSPC, "No space left on device", "lake/x"),
     "lake/x: No space left on device; free some space on this disk"),
    (OSError("cannot"), "cannot"),
    (KeyError("a34004"), "a34004"),
    (ValueError(), "ValueError"),
    (ValueError("two\n lines"), "two lines"),
])
def test_sentences(error: Exception, expected: str) -> None:
    assert sentence(error) == expected


def test_known_errors_are_ours_and_the_operating_systems() -> None:
    assert is_known(CliError("x"))
    assert is_known(FileNotFoundError())
    assert not is_known(ValueError("x"))
