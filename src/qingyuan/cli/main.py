"""The command `qingyuan`. One file a verb; only the verb that was asked for is imported.

Exit codes: 0 done and well; 1 done, and the answer is no (a check failed, figures differ); 2 could not be done, and a
person must put something right first; 70 a fault that nobody foresaw (EX_SOFTWARE of sysexits.h).
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from qingyuan.cli.i18n import _, set_language

COULD_NOT, UNFORESEEN = 2, 70

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
    from qingyuan.cli.errors import is_known, sentence

    verb, lang, debug = peek(arguments)
    set_language(lang)
    known = {name for _module, name in VERBS}
    try:
        build(verb if verb in known else None)(list(arguments), prog_name="qingyuan")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except Exception as error:
        known_to_us = is_known(error)
        if debug:
            traceback.print_exc()
        elif known_to_us:
            print(sentence(error), file=sys.stderr)
        else:
            print(_("unexpected fault: {kind}: {what}; run again with: qingyuan --debug {arguments}").format(
                kind=type(error).__name__, what=sentence(error), arguments=" ".join(arguments)), file=sys.stderr)
        return COULD_NOT if known_to_us else UNFORESEEN
    return 0


def main() -> None:
    """Entry point of the installed command."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
