"""The command `qingyuan`. One file a verb; only the verb that was asked for is imported.

Exit codes: 0 done and well; 1 done, and the answer is no (a check failed, figures differ); 2 could not be done, and a
person must put something right first; 70 a fault that nobody foresaw (EX_SOFTWARE of sysexits.h). A child of `serve`
ends with 75 (EX_TEMPFAIL) in place of 2 where it need only be started again later: another process holds a lock, or the
disk is full.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated

import typer

from qingyuan.cli.i18n import _, set_language

COULD_NOT, UNFORESEEN, TRY_AGAIN = 2, 70, 75

# (module of this package, verb), in the order of the help page.
VERBS = (
    ("demo", "demo"),
    ("serve", "serve"),
    ("gateway", "gateway"),
    ("witness", "witness"),
    ("pipeline", "pipeline"),
    ("console", "console"),
    ("worker", "worker"),
    ("rebuild", "rebuild"),
    ("explain", "explain"),
    ("evidence", "evidence"),
    ("stations", "stations"),
    ("import_", "import"),
    ("export", "export"),
    ("simulate", "simulate"),
    ("data_fetch", "data"),
    ("hj212_decode", "hj212"),
    ("conformance", "conformance"),
    ("doctor", "doctor"),
)


def build(verb: str | None = None) -> typer.Typer:
    """The command line with one verb, or with all of them."""
    app = typer.Typer(name="qingyuan", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                      rich_markup_mode="rich", context_settings={"help_option_names": ["-h", "--help"]})
    app.callback(help=_("From an instrument's telegram to a public figure that proves where it came from."))(_frame)
    for module, name in VERBS:
        if verb in (None, name):
            import_module(f"qingyuan.cli.{module}").register(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from qingyuan import __version__

        typer.echo(f"qingyuan {__version__}")
        raise typer.Exit(0)


def _frame(
    lang: Annotated[str | None, typer.Option("--lang", help=_("Language: zh or en; else from LANG"))] = None,
    debug: Annotated[bool, typer.Option("--debug", help=_("Show where an error came from"))] = False,
    version: Annotated[bool, typer.Option("--version", help=_("Print the version"), is_eager=True,
                                          callback=_show_version)] = False,
) -> None:
    """Options in front of the verb; language and debug were read by `peek` already."""


def peek(arguments: Sequence[str]) -> tuple[str | None, str | None, bool]:
    """(verb, language, debug) before the command line is parsed, because help texts need the language first."""
    lang, debug = None, False
    rest = iter(arguments)
    for word in rest:
        if word == "--lang":
            lang = next(rest, None)
        elif word.startswith("--lang="):
            lang = word.partition("=")[2]
        elif word == "--debug":
            debug = True
        elif not word.startswith("-"):
            return word, lang, debug
    return None, lang, debug


def run(arguments: Sequence[str]) -> int:
    """Run one command line and give its exit code."""
    verb, lang, debug = peek(arguments)
    set_language(lang)
    known = {name for _module, name in VERBS}
    try:
        build(verb if verb in known else None)(list(arguments), prog_name="qingyuan")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception as error:
        return _end(error, arguments, debug)
    return 0


def _end(error: Exception, arguments: Sequence[str], debug: bool) -> int:
    """Say what went wrong where it is looked for; the exit code."""
    from qingyuan.cli.errors import is_known, is_temporary, sentence
    from qingyuan.cli.served import is_served, tell

    later, known = is_served() and is_temporary(error), is_known(error)
    words = sentence(error)
    if not (known or later):
        from qingyuan.cli.logs import log_fault, plain

        log_fault(error)
        if is_served() and not debug:
            _print(plain(error))
        words = _("unexpected fault: {kind}: {what}; run again with: qingyuan --debug {arguments}").format(
            kind=type(error).__name__, what=words, arguments=" ".join(arguments))
    _print("".join(traceback.format_exception(error)) if debug else words)
    tell(words)
    return TRY_AGAIN if later else COULD_NOT if known else UNFORESEEN


def _print(text: str) -> None:
    with suppress(OSError):              # a full disk must not hide the exit code
        print(text.rstrip("\n"), file=sys.stderr, flush=True)


def main() -> None:
    """Entry point of the installed command."""
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:                  # what has no room would turn our exit code into 120
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
