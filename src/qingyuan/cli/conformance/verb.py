"""The verb `conformance`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qingyuan.cli.i18n import _

if TYPE_CHECKING:
    from qingyuan.cli.conformance.outcome import Outcome


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("conformance", help=_("Run vector files (HJ 212, assessment) through the product itself"))(run)


def run(
    files: Annotated[list[Path], typer.Argument(help=_("Files of JSON lines"))],
    only: Annotated[str, typer.Option("--only", help=_("Prefixes of op, topic or function, joined by commas"))] = "",
    edition: Annotated[str, typer.Option("--edition", help=_("Editions of HJ 212, joined by commas"))] = "",
    as_json: Annotated[bool, typer.Option("--json", help=_("Print JSON"))] = False,
) -> None:
    """Exit 0: all passed. 1: something failed or was not recognised. 2: a file cannot be read, or no row was run."""
    from qingyuan.cli.conformance.runner import BadFile
    from qingyuan.cli.conformance.runner import read as read_rows
    from qingyuan.cli.conformance.runner import run as run_rows

    try:
        outcomes = [o for path in files for o in run_rows(read_rows(path), _list(only), _list(edition))]
    except BadFile as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    failed = [o for o in outcomes if o.differences]
    unknown = [o for o in outcomes if o.unrecognised]
    passed = sum(o.passed for o in outcomes)
    certainty = Counter(o.certainty for o in outcomes)
    if as_json:
        typer.echo(json.dumps({"passed": passed, "failed": [_plain(o) for o in failed],
                               "unrecognised": [_plain(o) for o in unknown], "certainty": certainty},
                              ensure_ascii=False, default=str))
    else:
        for outcome in failed:
            for d in outcome.differences:
                typer.echo(_("{id}: {key}: expected {expected}, got {got}").format(
                    id=outcome.id, key=d.key, expected=_shown(d.expected), got=_shown(d.got)))
        for outcome in unknown:
            typer.echo(_("{id}: not known: {what}").format(id=outcome.id, what=outcome.unrecognised))
        for name, count in sorted(certainty.items()):
            typer.echo(_("certainty {name}: {count} rows").format(name=name, count=count))
    if not outcomes:
        typer.echo(_("no row was run; check the files, --only and --edition"), err=True)
    typer.echo(f"{passed} passed, {len(failed)} failed, {len(unknown)} unrecognised")
    raise typer.Exit(2 if not outcomes else 1 if failed or unknown else 0)


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _plain(outcome: Outcome) -> dict:
    return {"id": outcome.id, "unrecognised": outcome.unrecognised,
            "differences": [{"key": d.key, "expected": d.expected, "got": d.got} for d in outcome.differences]}


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
